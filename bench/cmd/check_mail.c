// SPDX-License-Identifier: GPL-2.0
/*
 * faultline check-mail: a patch on standard input, what it adds to a fault as a
 * reviewer's tool reads it. b4 calls it in the kernel's tree, once for a mail.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "checked_report.h"
#include "cmd.h"
#include "diff_run.h"
#include "limit_options.h"
#include "mail_place.h"
#include "options.h"
#include "tables.h"
#include "text.h"

enum { OPT_ONTO = 256, OPT_SERIES, OPT_TOOL, OPT_FORMAT, OPT_WORKLOADS, OPT_PROFILES };

struct options {
	struct diff_options diff;
	struct mail_wish wish;
	const char *tool, *format;
};

static const struct argp_option option_table[] = {
	{ "series", OPT_SERIES, NULL, 0, "All patches of the series that the mail begins (its cover letter)", 0 },
	{ "onto", OPT_ONTO, "COMMIT", 0, "What a patch is applied to that is not in the tree yet (default HEAD)", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "json for b4 review, lines for b4 prep and b4 am (default json)", 0 },
	{ "tool", OPT_TOOL, "NAME", 0, "What the column is called (default faultline; faultline-series)", 0 },
	{ "workloads", OPT_WORKLOADS, "LIST", 0, "Names or globs, separated by commas (default those of diff)", 0 },
	{ "profiles", OPT_PROFILES, "LIST", 0, "Names or globs, separated by commas (default off)", 0 },
	{ 0 }
};

static const char doc[] =
	"Measure the patch on standard input and say what it adds to a fault, for the check "
	"hooks of b4.\v"
	"A fault that costs more is a warning, with --more-than N one that costs more than\n"
	"N more a failure, as is a patch that does not apply, build or boot.\n\n"
	"In the kernel's tree:\n"
	"  git config --add b4.review-perpatch-check-cmd 'faultline check-mail'\n"
	"  git config --add b4.review-series-check-cmd 'faultline check-mail --series'\n"
	"  git config --add b4.prep-perpatch-check-cmd 'faultline check-mail --format lines'\n"
	"By hand:\n"
	"  faultline check-mail --onto v6.12 --more-than 5 <0001-kvm.patch\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_ONTO:
		o->wish.onto = arg;
		break;
	case OPT_SERIES:
		o->wish.series = true;
		break;
	case OPT_TOOL:
		o->tool = arg;
		break;
	case OPT_FORMAT:
		o->format = options__format(state, arg, "json, lines");
		break;
	case OPT_WORKLOADS:
		strlist__split(&o->diff.workloads, arg, ',');
		break;
	case OPT_PROFILES:
		strlist__split(&o->diff.profiles, arg, ',');
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->diff.run;
		state->child_inputs[1] = &o->diff.limit;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	case ARGP_KEY_END:
		if (!o->tool)
			o->tool = o->wish.series ? "faultline-series" : "faultline";
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { RUN_OPTIONS_SHARED, LIMIT_OPTIONS, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

/*
 * Standard output is the verdict's alone. What else is said goes to stderr where
 * somebody looks at it, else into a file of ours: b4 prep takes every line of
 * stderr for a failure.
 */
static struct {
	int out, log;		/* log: -1 where stderr is a terminal */
	bool said;
	const struct options *o;
} voice = { -1, -1, false, NULL };

static void print_verdict(enum checked_status status, const char *summary,
			  const char *details, const struct checked *c)
{
	fflush(stdout);
	dup2(voice.out, STDOUT_FILENO);
	if (!strcmp(voice.o->format, "lines"))
		checked_lines__print(stdout, status, summary, c);
	else
		checked_json__print(stdout, voice.o->tool, status, summary, details);
	fflush(stdout);
	voice.said = true;
}

/* The last message of what was said, allocated. */
static char *last_words(void)
{
	char *path = xasprintf("/proc/self/fd/%d", voice.log), *said = path_read(path, NULL);
	const char *mark = "faultline: ", *last = NULL;

	for (char *p = said; p && *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (!strncmp(p, mark, strlen(mark)))
			last = p + strlen(mark);
	}
	free(path);
	path = last ? xasprintf("%.*s", (int)strcspn(last, "\n"), last) :
		      xstrdup("it ended without a word");
	free(said);
	return text__clean(path);
}

/* Whatever ends the program: a verdict that says why there is none. */
static void at_exit(int code, void *arg)
{
	const bool of_patch = code == EXIT_PATCH || code == EXIT_BUILD;
	const bool of_caller = code == EXIT_USAGE || code == EXIT_UNKNOWN_NAME;
	char *words, *summary;

	(void)arg;
	if (voice.said || !code || voice.log < 0)
		return;
	fflush(stderr);
	words = last_words();
	summary = of_patch || of_caller ? xstrdup(words) :
		  xasprintf("cannot be said: %s", words);
	print_verdict(of_patch || of_caller ? CHECKED_FAIL : CHECKED_WARN, summary,
		      words, NULL);
	free(summary);
	free(words);
}

static void take_voice(const struct options *o)
{
	voice.o = o;
	voice.out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	if (!isatty(STDERR_FILENO)) {
		voice.log = memfd_create("said", MFD_CLOEXEC);
		dup2(voice.log, STDERR_FILENO);
	}
	dup2(STDERR_FILENO, STDOUT_FILENO);
	on_exit(at_exit, NULL);
}

static void must(int e, const struct err *err)
{
	if (e)
		die_err(err);
}

static void need_exact(const struct run_options *o)
{
	struct session s = { 0 };

	session__options(&s, o);
	if (rig__facts(s.rig)->figure != RIG_INSTRUCTIONS)
		die(EXIT_USAGE, "--rig %s is not exact: a patch is judged by exact figures; use %s",
		    s.rig->name, rigs__first(RIG_INSTRUCTIONS)->name);
	session__one_model(&s, "what is said of a patch");
}

/* The commits of the mail, ready to be measured. */
static char *find_place(struct diff_subject *d, const struct options *o)
{
	struct mail_place place;
	struct mail m;
	struct err err = { 0 };
	char *how;
	int e;

	*d = (struct diff_subject) { 0 };
	must(mail__read(&m, &err), &err);
	e = repository__find(&d->repository, ".", &err) ?:
	    repository__open_store(&d->repository, &err);
	e = e ?: mail_place__find(&place, &d->repository, &m, &o->wish, &err);
	mail__free(&m);
	must(e, &err);
	d->commits = place.pair;
	how = xstrdup(place.how);
	free(place.how);
	diff_subject__prepare(d);
	return how;
}

/* What was measured, as text: where the patch stands, diff's table, where the run is. */
static char *details_of(const struct session *s, const char *how)
{
	const struct run_tables_pick pick = { .steps = true };
	struct run_tables t = { 0 };
	struct err err = { 0 };
	size_t size;
	char *text;
	FILE *f = xmemstream(&text, &size);

	fprintf(f, "%s\n\n", how);
	if (run_tables__make(&t, &s->run, &pick, &err))
		fprintf(f, "%s\n", err.text);
	else
		table_formats[0].write(f, &t.tables);
	run_tables__free(&t);
	fprintf(f, "\nthe run: %s\n", s->run.dir);
	fclose(f);
	return text;
}

static void judge(const struct session *s, const struct options *o, const char *how)
{
	const struct section *sec = &s->matrix.item[0];
	struct steps *steps = xcalloc(sec->profiles.nr, sizeof(*steps));
	struct checked c;
	char *summary, *details;

	for (size_t i = 0; i < sec->profiles.nr; i++)
		steps[i] = steps__make(&s->run, sec->base, sec->profiles.item[i],
				       STEPS_COMMITS);
	c = checked__make(steps, sec->profiles.nr, &o->diff.limit);
	summary = checked_text__summary(&c);
	details = details_of(s, how);
	print_verdict(c.status, summary, details, &c);
	free(details);
	free(summary);
	checked__free(&c);
	for (size_t i = 0; i < sec->profiles.nr; i++)
		steps__free(&steps[i]);
	free(steps);
}

int cmd_check_mail(int argc, char **argv)
{
	struct options o = {
		.wish = { .onto = "HEAD", .tracking = getenv("B4_TRACKING_FILE") },
		.format = "json", .diff.format = table_formats,
	};
	struct session s = { 0 };
	struct diff_subject d;
	char *how;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	take_voice(&o);
	stop__listen();
	need_exact(&o.diff.run);
	how = find_place(&d, &o);
	diff__measure(&s, &o.diff, &d, argc, argv);
	session__end(&s);
	judge(&s, &o, how);
	free(how);
	diff_subject__free(&d);
	return EXIT_OK;
}

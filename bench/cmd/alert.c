// SPDX-License-Identifier: GPL-2.0
/*
 * faultline alert: what got worse, of all of the history; and what was
 * accepted.
 */
#include <argp.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert_report.h"
#include "attributed.h"
#include "cmd.h"
#include "need.h"
#include "options.h"
#include "select.h"

#define DEFAULT_ACKS	"results/acks.conf"

enum {
	OPT_DB = 256, OPT_WAIT, OPT_ACKS, OPT_SOFT, OPT_HARD, OPT_SOFT_ABS, OPT_HARD_ABS, OPT_ENDED, OPT_WATCH,
	OPT_JUNIT, OPT_GITHUB, OPT_MAIL, OPT_JSON, OPT_RERUN, OPT_BISECT, OPT_ACCEPT,
	OPT_WHY, OPT_WHO, OPT_COMMIT
};

struct options {
	const char *db, *acks, *junit, *mail, *json;
	const char *accept, *why, *who, *commit;
	bool github, rerun, bisect;
	struct select_cells series;
	struct alert_options o;
};

static const struct argp_option option_table[] = {
	{ "db", OPT_DB, "FILE", 0, "The history (default $FAULTLINE_HISTORY, or results/history.db)", 0 },
	{ "wait", OPT_WAIT, "SECONDS", 0, "How long to wait for another process that has it (default 10)", 0 },
	{ "acks", OPT_ACKS, "FILE", 0, "Known changes (default " DEFAULT_ACKS ", where it is there)", 0 },
	{ "ended", OPT_ENDED, "DAYS", 0, "A series that its rig was measured without on more days than this has ended (default 7)", 1 },
	{ "soft", OPT_SOFT, "PERCENT", 0, "Worse by this is a soft regression (default 0.5)", 2 },
	{ "hard", OPT_HARD, "PERCENT", 0, "... a hard one (default 2)", 2 },
	{ "soft-abs", OPT_SOFT_ABS, "N", 0, "... or by this many instructions, for exact figures (default 12; 0: never)", 2 },
	{ "hard-abs", OPT_HARD_ABS, "N", 0, "... (default 48; 0: never)", 2 },
	{ "watch", OPT_WATCH, "LIST", 0, "Judge these figures of attributions as well, as globs: function.kvm_faultin_pfn.stores, path_code_lines", 1 },
	{ "junit", OPT_JUNIT, "FILE", 0, "Write JUnit XML as well (-: instead of the text)", 3 },
	{ "mail", OPT_MAIL, "FILE", 0, "... a mail: Subject and body", 3 },
	{ "json", OPT_JSON, "FILE", 0, "... JSON, for a web hook", 3 },
	{ "github", OPT_GITHUB, NULL, 0, "Print annotations for GitHub instead of the text", 3 },
	{ "rerun", OPT_RERUN, NULL, 0, "Print the commands that measure suspects again, for a shell in the checkout, instead of the text", 3 },
	{ "bisect", OPT_BISECT, NULL, 0, "Print which baselines got worse between which runs, for scripts/nightly/bisect, instead of the text", 3 },
	{ "accept", OPT_ACCEPT, "PATTERN", 0, "Accept the newest figures of the series " SERIES_PATTERN, 4 },
	{ "why", OPT_WHY, "TEXT", 0, "... because", 4 },
	{ "who", OPT_WHO, "NAME", 0, "... says", 4 },
	{ "commit", OPT_COMMIT, "COMMIT", 0, "... and this commit made it so", 4 },
	{ 0 }
};

static const char doc[] =
	"Say what got worse, of all of the history.\v"
	"Exact figures are compared with the accepted value (that of the first run,\n"
	"until another one is accepted), noisy ones with the level before a change\n"
	"point; the newest point alone is a suspect, and no alert.\n\n"
	"The difference of a variant to its baseline is judged first; where a base\n"
	"moved and its variants with it, that is one item. Figures of attributions are\n"
	"listed with what they are part of; --metrics chooses others of them.\n\n"
	"Exit code: 40 regressions, 42 suspects or another instrument, 43 a base moved,\n"
	"41 improvements to accept, 0 nothing, 42 too few points to judge, 31 no data:\n"
	"the first that applies.\n\n"
	"Examples:\n"
	"  faultline history add results/latest && faultline alert\n"
	"  faultline alert --metrics 'function.kvm_*.instructions*,path_code_lines*'\n"
	"  faultline alert --rerun | sh && faultline alert --github --json hook.json\n"
	"  faultline alert --accept 'tcg/v6.1/mine/*/*/*' --who me --why 'the new check'\n";

/* An absolute limit; 0 means no limit. */
static double absolute(struct argp_state *state, const char *name,
		       const char *text)
{
	double v = options__number(state, name, text, 1e9);

	return v > 0 ? v : INFINITY;
}

static void check_fit(struct argp_state *state, const struct options *o)
{
	const struct alert_limits *l = &o->o.limits;

	if (l->soft > l->hard || l->soft_abs > l->hard_abs)
		argp_error(state, "a soft limit is above the hard one: %g and %g %%, %g and %g instructions",
			   l->soft, l->hard, l->soft_abs, l->hard_abs);
	if (!o->accept && (o->why || o->who || o->commit))
		argp_error(state, "--why, --who and --commit go with --accept");
	if (o->accept && (!o->why || !*o->why || !o->who || !*o->who))
		argp_error(state, "--accept needs --why and --who: it is kept for good");
	if (o->accept && (o->junit || o->mail || o->json || o->github || o->rerun || o->bisect))
		argp_error(state, "--accept judges nothing, so it takes no other output option");
	if (o->github && o->rerun)
		argp_error(state, "--github cannot be used with --rerun: each replaces the text");
	if (o->bisect && (o->github || o->rerun))
		argp_error(state, "--bisect cannot be used with --github or --rerun: each replaces the text");
}

static error_t parse_limits(int key, char *arg, struct argp_state *state,
			   struct options *o)
{
	switch (key) {
	case OPT_SOFT:
		o->o.limits.soft = options__number(state, "soft", arg, 1e6);
		break;
	case OPT_HARD:
		o->o.limits.hard = options__number(state, "hard", arg, 1e6);
		break;
	case OPT_SOFT_ABS:
		o->o.limits.soft_abs = absolute(state, "soft-abs", arg);
		break;
	case OPT_HARD_ABS:
		o->o.limits.hard_abs = absolute(state, "hard-abs", arg);
		break;
	case OPT_ENDED:
		o->o.ended_days = options__number(state, "ended", arg, 36500);
		break;
	case OPT_WATCH:
		strlist__split(&o->o.watch, arg, ',');
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

/* An --accept, and what it is to be kept with. */
static error_t parse_accept(int key, char *arg, struct argp_state *state,
			    struct options *o)
{
	switch (key) {
	case OPT_ACCEPT:
		if (!selection__parts(arg))
			argp_error(state, "--accept: '%s' is not " SERIES_PATTERN "; '*' stands for any of them",
				   arg);
		o->accept = arg;
		break;
	case OPT_WHY:
		o->why = arg;
		break;
	case OPT_WHO:
		o->who = arg;
		break;
	case OPT_COMMIT:
		o->commit = arg;
		break;
	default:
		return parse_limits(key, arg, state, o);
	}
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_DB:
		if (!*arg)
			argp_error(state, "--db: which file?");
		o->db = arg;
		break;
	case OPT_WAIT:
		history_wait_s = options__number(state, "wait", arg, 86400);
		break;
	case OPT_ACKS:
		o->acks = arg;
		break;
	case OPT_JUNIT:
		o->junit = arg;
		break;
	case OPT_MAIL:
		o->mail = arg;
		break;
	case OPT_JSON:
		o->json = arg;
		break;
	case OPT_GITHUB:
		o->github = true;
		break;
	case OPT_RERUN:
		o->rerun = true;
		break;
	case OPT_BISECT:
		o->bisect = true;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->series;
		state->child_inputs[1] = &o->series;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': alert is of the history, it takes no RUN; add it first: faultline history add %s",
			   arg, arg);
		break;
	case ARGP_KEY_END:
		check_fit(state, o);
		break;
	default:
		return parse_accept(key, arg, state, o);
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_CELLS, SELECT_SERIES, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

static void read_acks(struct acks *a, const char *path)
{
	char *file = path ? xstrdup(path) : path_in_results("acks.conf");
	char err[512];
	int r = acks__read(a, file, err, sizeof(err));

	if (r == -ENOENT && !path)
		*a = (struct acks) { 0 };
	else if (r)
		die(r == -EINVAL ? EXIT_USAGE : EXIT_MISSING,
		    "%s; --acks names another file", err);
	free(file);
}

static _Noreturn void say_unwritten(const char *path)
{
	die(EXIT_STORAGE, "cannot write %s: %s; free some room, or name another file",
	    path, strerror(errno));
}

/* Into path, "-" being stdout; nothing where path is NULL. */
static void write_to(const char *path, const struct alerts *a, const char *day,
		     void (*report)(FILE *f, const struct alerts *a,
				    const char *day))
{
	FILE *f;

	if (!path)
		return;
	f = strcmp(path, "-") ? fopen(path, "w") : stdout;
	if (!f)
		say_unwritten(path);
	report(f, a, day);
	if (fflush(f) || ferror(f) || (f != stdout && fclose(f)))
		say_unwritten(path);
}

static void junit(FILE *f, const struct alerts *a, const char *day)
{
	(void)day;
	report__alert_junit(f, a);
}

static bool takes_stdout(const char *path)
{
	return path && !strcmp(path, "-");
}

static int judge(struct history *h, const struct options *o, const char *path)
{
	struct acks acks;
	struct alerts a;
	int code;

	read_acks(&acks, o->acks);
	alerts__judge(&a, h, &acks, &o->o);
	need_no_error(h);
	a.db = o->db;
	code = alerts__exit(&a);
	if (code == EXIT_NO_DATA)
		die(EXIT_NO_DATA, "%s has no series that matches; 'faultline history list' shows what there is, 'faultline history add RUN' adds",
		    path);
	if (o->github)
		report__alert_github(stdout, &a);
	else if (o->rerun)
		report__alert_rerun(stdout, &a);
	else if (o->bisect)
		report__alert_bisect(stdout, &a);
	else if (!takes_stdout(o->junit) && !takes_stdout(o->mail) &&
		 !takes_stdout(o->json))
		report__alert_text(stdout, &a, o->o.today);
	write_to(o->junit, &a, o->o.today, junit);
	write_to(o->mail, &a, o->o.today, report__alert_mail);
	write_to(o->json, &a, o->o.today, report__alert_json);
	alerts__free(&a);
	acks__free(&acks);
	return code;
}

/* The figure that is accepted: of a noisy series the newest level. */
static double newest_figure(struct history *h, const struct history_series *s,
			    const struct alert_limits *limits)
{
	size_t nr;
	struct history_point *p = history__points(h, s->id, 0, &nr);
	struct alert_verdict v = alert__is_exact(s->key.metric) ?
		alert__exact(p, nr, NULL, limits) :
		alert__noisy(p, nr, NULL, limits);

	need_no_error(h);
	free(p);
	return v.is == ALERT_SUSPECT ? v.before : v.now;
}

/*
 * Is it meant by --accept? What is accepted of a cell's instructions is accepted of
 * what they are made of: its attribution.
 */
static bool is_meant(const struct options *o, const struct history_key *k)
{
	static const char *const whole[] = { "instructions",
					     "instructions_over_baseline" };
	struct selected is = history__selected(k);
	bool meant = selection__pattern_matches(o->accept, &is);

	for (size_t i = 0; attributed__is(k->metric) && i < ARRAY_SIZE(whole); i++) {
		is.part[BY_METRIC] = whole[i];
		meant |= selection__pattern_matches(o->accept, &is);
	}
	return meant;
}

static int accept(struct history *h, const struct options *o, const char *path)
{
	char when[sizeof("2027-03-01T00:00:00Z")];
	struct history_series *s;
	time_t now = time(NULL);
	size_t nr, accepted = 0;
	struct tm tm;

	strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	s = history__series(h, &o->series.s, &nr);
	need_no_error(h);
	for (size_t i = 0; i < nr; i++) {
		struct history_accepted a = {
			.when = when, .who = o->who, .why = o->why,
			.commit = o->commit ?: "",
		};
		char *name;

		if (!s[i].last_added || !alert__watches(s[i].key.metric) ||
		    !is_meant(o, &s[i].key))
			continue;
		a.value = newest_figure(h, &s[i], &o->o.limits);
		history__accept(h, s[i].id, &a);
		need_no_error(h);
		name = alert__series_name(&s[i].key);
		printf("%s: %.*f accepted\n", name,
		       a.value == floor(a.value) ? 0 : 2, a.value);
		free(name);
		accepted++;
	}
	history__series_free(s, nr);
	if (!accepted)
		die(EXIT_NO_DATA, "%s has no series '%s' (" SERIES_PATTERN ", '*' stands for any of them); 'faultline history list' shows what there is",
		    path, o->accept);
	return EXIT_OK;
}

int cmd_alert(int argc, char **argv)
{
	struct options o = {
		.o = { .limits = alert_defaults, .ended_days = 7 },
	};
	char today[sizeof("2027-03-01")];
	time_t now = time(NULL);
	struct history *h;
	struct tm tm;
	char *path;
	int code;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	strftime(today, sizeof(today), "%Y-%m-%d", gmtime_r(&now, &tm));
	o.o.today = today;
	o.o.match = o.series.s;
	path = o.db ? xstrdup(o.db) : history__default_path();
	if (o.accept && !path_exists(path))
		die(EXIT_NO_DATA, "there is no history %s; make one: faultline history add RUN",
		    path);
	h = need_history(path, o.accept ? HISTORY_WRITE : HISTORY_READ);
	code = o.accept ? accept(h, &o, path) : judge(h, &o, path);
	history__close(h);
	free(path);
	if (fflush(stdout) || ferror(stdout))
		say_unwritten("the output");
	return code;
}

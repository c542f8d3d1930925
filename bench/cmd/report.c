// SPDX-License-Identifier: GPL-2.0
/*
 * faultline report: a run as files to read, to mail and to feed to programs.
 * A section is what another command prints of the same run, so that no figure
 * is worked out twice, and one that cannot be had costs no other.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "draw.h"
#include "full.h"
#include "run_text.h"
#include "util.h"

enum { OPT_OUT = 256, OPT_BESIDE, OPT_AGAINST };

#define LIMIT_S		300	/* of another command */
#define MOST_PICTURES	32	/* in a page */

struct options {
	const char *run, *out, *beside, *against;
};

static const struct argp_option option_table[] = {
	{ "out", OPT_OUT, "DIR", 0, "Where the files go (default RUN/report)", 0 },
	{ "beside", OPT_BESIDE, "RUN", 0, "A run of the other kind: cycles beside instructions", 0 },
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are held against (default baseline)", 0 },
	{ 0 }
};

static const char doc[] =
	"Write report.txt, .md, .html, .json, junit.xml and gbench.json of a run.\v"
	"Examples:\n"
	"  faultline report results/latest\n"
	"  faultline report results/reference --beside results/reference/vitro --out /tmp/r\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_BESIDE:
		o->beside = arg;
		break;
	case OPT_AGAINST:
		o->against = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one RUN, not '%s' as well", arg);
		o->run = arg;
		break;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "which RUN? results/latest is the newest");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "RUN", doc, 0, 0, 0 };

struct maker {
	const struct options *opt;
	char *out;		/* folder of the files */
	struct full_report r;
	bool no_gnuplot;
};

static struct full_section *add(struct maker *m, const char *id,
				const char *title, const char *command)
{
	struct full_report *r = &m->r;
	struct full_section *s;

	r->section = xrealloc(r->section, (r->nr_sections + 1) * sizeof(*s));
	s = &r->section[r->nr_sections++];
	*s = (struct full_section) { id, title, xstrdup(command), NULL, NULL };
	return s;
}

static char *take(const char *path)
{
	char *text = path_read(path, NULL);

	unlink(path);
	return text ?: xstrdup("");
}

/* What a command of ours says when it fails, without its name in front. */
static char *words_of(char *said)
{
	char *line = said, *last = said;
	size_t n;

	while (*line) {
		n = strcspn(line, "\n");
		if (n)
			last = line;
		line += n + (line[n] == '\n');
	}
	last[strcspn(last, "\n")] = '\0';
	if (!strncmp(last, "faultline: ", strlen("faultline: ")))
		last += strlen("faultline: ");
	return xstrdup(*last ? last : "there is nothing of it");
}

/* A section that is the output of `faultline COMMAND RUN ...`. */
static void add_command(struct maker *m, const char *id, const char *title,
			const char *const *args)
{
	char *out = xasprintf("%s/.said", m->out), *err = xasprintf("%s/.err", m->out);
	char *program = xstrdup("/proc/self/exe"), *said, *words;
	const char *argv[12] = { program };
	const struct spawn s = { .argv = argv, .stdout_path = out,
				 .stderr_path = err, .limit_s = LIMIT_S };
	struct strlist typed = { 0 };
	struct full_section *section;
	int status;

	strlist__add(&typed, "faultline");
	for (size_t i = 0; i < 10 && args[i]; i++) {
		argv[i + 1] = args[i];
		strlist__add(&typed, args[i]);
	}
	words = strlist__join(&typed, " ");
	section = add(m, id, title, words);
	free(words);
	if (spawn__run(&s, &status) != SPAWN_EXITED)
		status = EXIT_INTERNAL;
	said = take(err);
	section->text = take(out);
	/* Records that do not count are told of by the section Validity. */
	if ((status && status != EXIT_BAD_RECORD) || !*section->text) {
		free(section->text);
		section->text = NULL;
		section->missing = words_of(said);
	}
	free(said);
	free(program);
	free(out);
	free(err);
	strlist__free(&typed);
}

/* A section that a function here prints. */
static FILE *begin_text(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		die(EXIT_INTERNAL, "no memory for a section");
	return f;
}

static void add_beside(struct maker *m)
{
	const struct judgements *mine = m->r.verdicts;
	bool cycles = m->r.run->nr && record__noisy(m->r.run->record[0]);
	struct full_section *s = add(m, "beside", "Cycles beside instructions", "");
	struct judge_options how = judge_defaults;
	struct judgements other = { 0 };
	struct run run;
	size_t size, nr;
	FILE *f;

	free(s->command);
	s->command = xasprintf("faultline report %s --beside %s", m->opt->run,
			       m->opt->beside ?: "RUN");
	if (!m->opt->beside) {
		s->missing = xasprintf("This run has %s alone. Make a run of the other kind (faultline run --rig %s) and name it: faultline report %s --beside RUN",
				       cycles ? "cycles" : "instructions",
				       cycles ? "tcg" : "vitro", m->opt->run);
		return;
	}
	run__read(&run, m->opt->beside);
	how.against = m->opt->against;
	judge__run(&other, &run, &how);
	f = begin_text(&s->text, &size);
	nr = cycles ? report__beside_text(f, &other, mine) :
		      report__beside_text(f, mine, &other);
	fclose(f);
	if (!nr || (run.nr && record__noisy(run.record[0]) == cycles)) {
		free(s->text);
		s->text = NULL;
		s->missing = xasprintf("%s has no cell of the other kind in common with this run",
				       m->opt->beside);
	}
	judgements__free(&other);
	run__free(&run);
}

static void add_own(struct maker *m, const char *id, const char *title)
{
	struct full_section *s = add(m, id, title, "");
	size_t size;
	FILE *f = begin_text(&s->text, &size);

	free(s->command);
	s->command = xasprintf("faultline report %s", m->opt->run);
	if (!strcmp(id, "validity"))
		report__validity_text(f, m->r.run, m->r.verdicts);
	else if (!strcmp(id, "machine"))
		report__machine_text(f, m->r.run);
	else
		report__reproduce_text(f, m->r.run);
	fclose(f);
}

static void add_sections(struct maker *m)
{
	const char *run = m->opt->run;
	const char *against = m->opt->against ?
		xasprintf("--against=%s", m->opt->against) : NULL;

	add_command(m, "tables", "Tables", (const char *const []) {
		"compare", run, against, NULL });
	add_command(m, "factors", "Retpoline factors", (const char *const []) {
		"compare", run, "--factors", against, NULL });
	add_command(m, "attribution", "Where the difference is",
		    (const char *const []) {
		"attribute", run, "--summary", against, NULL });
	add_command(m, "code", "Code size and struct layout",
		    (const char *const []) {
		"attribute", run, "--static", against, NULL });
	add_beside(m);
	add_own(m, "validity", "Validity");
	add_command(m, "reasons", "All reasons", (const char *const []) {
		"compare", run, "--verdicts", against, NULL });
	add_own(m, "machine", "Machine");
	add_own(m, "reproduce", "Reproduce");
}

/*
 * An <svg> that stands in a page: without the prolog, whose DTD is an address,
 * on the page's own background, in the page's own colour of text.
 */
static char *for_page(char *svg)
{
	static const char *const swap[][2] = {
		{ "\"black\"", "\"currentColor\"" },
		{ "rgb(  0,   0,   0)", "currentColor" },
		{ "'black'", "'currentColor'" },
		{ "fill=\"#ffffff\"", "fill=\"none\"" },
		/* Every picture has these names. */
		{ "id=\"gnuplot_", "class=\"gnuplot_" },
	};
	char *at = strstr(svg, "<svg"), *out = NULL;
	size_t size;
	FILE *f;

	if (!at)
		return NULL;
	f = begin_text(&out, &size);
	while (*at) {
		size_t i, n;

		for (i = 0; i < ARRAY_SIZE(swap); i++) {
			n = strlen(swap[i][0]);
			if (!strncmp(at, swap[i][0], n))
				break;
		}
		if (i < ARRAY_SIZE(swap)) {
			fputs(swap[i][1], f);
			at += n;
		} else {
			fputc(*at++, f);
		}
	}
	fclose(f);
	return out;
}

static void add_pictures(struct maker *m)
{
	struct full_report *r = &m->r;
	struct pictures all;

	pictures__of(&all, r->run, r->verdicts);
	r->picture = xcalloc(all.nr + 1, sizeof(*r->picture));
	if (!all.nr)
		r->no_pictures = "There is nothing to compare, so no picture.";
	if (all.nr > MOST_PICTURES)
		r->no_pictures = "Not all pictures are here; faultline plot RUN --list has their names, --picture NAME draws one.";
	for (size_t i = 0; i < all.nr && i < MOST_PICTURES && !m->no_gnuplot; i++) {
		char *path = xasprintf("%s/picture-%zu.svg", m->out, i);
		char *why = draw_picture(&all.item[i], r->run, r->verdicts,
					 path, &m->no_gnuplot), *svg;

		if (why) {
			fprintf(stderr, "faultline: %s\n", why);
			r->no_pictures = why;
			free(path);
			continue;
		}
		svg = path_read(path, NULL);
		r->picture[r->nr_pictures++] = (struct full_picture) {
			NULL, xstrdup(all.item[i].title), svg ? for_page(svg) : NULL,
		};
		free(svg);
		free(path);
	}
	pictures__free(&all);
}

static FILE *create(const struct maker *m, const char *name, char **path)
{
	FILE *f;

	*path = xasprintf("%s/%s", m->out, name);
	f = fopen(*path, "w");
	if (!f)
		die(EXIT_STORAGE, "%s: %s", *path, strerror(errno));
	return f;
}

static void finish(FILE *f, char *path)
{
	if (ferror(f) | fclose(f))
		die(EXIT_STORAGE, "%s: %s", path, strerror(errno));
	puts(path);
	free(path);
}

static void write_json(const struct maker *m, const char *name, json_t *json)
{
	char *path;
	FILE *f = create(m, name, &path);

	if (json_dumpf(json, f, JSON_INDENT(1)))
		die(EXIT_STORAGE, "%s: %s", path, strerror(errno));
	fputc('\n', f);
	json_decref(json);
	finish(f, path);
}

static void write_all(const struct maker *m)
{
	static const struct {
		const char *name;
		void (*write)(FILE *f, const struct full_report *r);
	} form[] = {
		{ "report.txt", report__full_text },
		{ "report.md", report__full_markdown },
		{ "report.html", report__full_html },
		{ "junit.xml", report__full_junit },
	};

	for (size_t i = 0; i < ARRAY_SIZE(form); i++) {
		char *path;
		FILE *f = create(m, form[i].name, &path);

		form[i].write(f, &m->r);
		finish(f, path);
	}
	write_json(m, "report.json", report__full_json(&m->r));
	write_json(m, "gbench.json", report__full_gbench(&m->r));
}

int cmd_report(int argc, char **argv)
{
	struct options o = { 0 };
	struct maker m = { .opt = &o };
	struct judge_options how = judge_defaults;
	struct judgements j = { 0 };
	const time_t now = time(NULL);
	struct run run;
	char made[32];

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	run__read(&run, o.run);
	if (!run.nr)
		die(run.bad ? EXIT_BAD_RECORD : EXIT_NO_DATA,
		    "%s has no record; go on with it: faultline run --resume %s",
		    run.dir, run.dir);
	m.out = o.out ? xstrdup(o.out) : run__path(&run, "report");
	if (mkdir(m.out, 0777) && errno != EEXIST)
		die(EXIT_STORAGE, "%s: %s", m.out, strerror(errno));
	strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	how.against = o.against;
	judge__run(&j, &run, &how);
	m.r.run = &run;
	m.r.verdicts = &j;
	m.r.made = made;
	add_sections(&m);
	add_pictures(&m);
	write_all(&m);
	if (run.bad)
		die(EXIT_BAD_RECORD, "%zu lines of %s are no records and were left out; measure what is missing again: faultline run --resume %s",
		    run.bad, run.dir, run.dir);
	return m.no_gnuplot ? EXIT_MISSING : EXIT_OK;
}

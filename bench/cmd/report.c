// SPDX-License-Identifier: GPL-2.0
/*
 * faultline report: a run as files to read, to mail and to feed to programs.
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
#include "need.h"
#include "report_where.h"
#include "rigs.h"
#include "run_rigs.h"
#include "sections.h"
#include "select.h"

enum { OPT_OUT = 256, OPT_BESIDE, OPT_SECOND, OPT_AGAINST };

#define MOST_PICTURES	32	/* in a page */

struct options {
	struct select_run run;
	const char *out, *beside, *second, *against;
};

static const struct argp_option option_table[] = {
	{ "out", OPT_OUT, "DIR", 0, "Where the files go (default RUN/report)", 0 },
	{ "beside", OPT_BESIDE, "RUN", 0, "A run of the other kind: cycles next to instructions", 0 },
	{ "second", OPT_SECOND, "RUN", 0, "The same cells by a second instrument, to be checked against it", 0 },
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are compared with (default baseline)", 0 },
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
	case OPT_SECOND:
		o->second = arg;
		break;
	case OPT_AGAINST:
		o->against = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->run;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUN, { 0 } };
static const struct argp argp = { option_table, parse, "RUN", doc, children, 0, 0 };

struct maker {
	char *out;		/* folder of the files */
	struct full_report r;
	bool no_gnuplot, not_drawn;
};

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
	f = xmemstream(&out, &size);
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
		char *path = xasprintf("%s/.picture.svg", m->out);
		char *why = draw_picture(&all.item[i], r->run, r->verdicts,
					 path, &m->no_gnuplot), *svg;

		if (why) {
			warn("%s", why);
			r->no_pictures = why;
			m->not_drawn = true;
			unlink(path);
			free(path);
			continue;
		}
		svg = path_read(path, NULL);
		unlink(path);
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

/* Instructions and cycles share no verdict; times of boots have their own. */
static void need_one_rig(const struct run *run)
{
	const char *other;

	if (run->nr && rigs__times_boots(run->record[0]->rig))
		die(EXIT_NO_DATA, "%s has times of whole boots; see: faultline boot-times %s",
		    run->dir, run->dir);
	if (!run__one_rig(run, &other))
		die(EXIT_USAGE, "%s has records of %s and %s: report a run of each, the other with --beside",
		    run->dir, run->record[0]->rig, other);
}

int cmd_report(int argc, char **argv)
{
	struct options o = { 0 };
	struct maker m = { 0 };
	struct judge_options how = judge_defaults;
	struct judgements j = { 0 };
	const time_t now = time(NULL);
	struct run run;
	struct err err;
	char made[32];

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	need_run(&run, o.run.dir);
	if (!run.nr)
		die(run.bad ? EXIT_BAD_RECORD : EXIT_NO_DATA,
		    "%s has no record; go on with it: faultline run --resume %s",
		    run.dir, run.dir);
	need_one_rig(&run);
	m.out = o.out ? xstrdup(o.out) : run__path(&run, "report");
	if (mkdir(m.out, 0777) && errno != EEXIST)
		die(EXIT_STORAGE, "%s: %s", m.out, strerror(errno));
	strftime(made, sizeof(made), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	how.against = o.against;
	need_judgements(&j, &run, &how);
	m.r.run = &run;
	m.r.verdicts = &j;
	m.r.made = made;
	const struct sections_options parts = { o.run.dir, o.beside, o.second, o.against };

	if (sections__make(&m.r, &parts, &err))
		die_err(&err);
	report_where__add(&m.r, o.against);
	add_pictures(&m);
	write_all(&m);
	if (run.bad)
		die(EXIT_BAD_RECORD, "%zu lines of %s are no records and were left out; measure what is missing again: faultline run --resume %s",
		    run.bad, run.dir, run.dir);
	return m.no_gnuplot ? EXIT_MISSING : m.not_drawn ? EXIT_RIG : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * faultline boot-times: what hyperfine timed, read back into a run's records,
 * as a table and as a picture.
 */
#include <argp.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "boot_times_report.h"
#include "cmd.h"
#include "draw.h"
#include "hyperfine.h"
#include "need.h"
#include "options.h"
#include "provenance.h"
#include "rig.h"
#include "rigs.h"
#include "select.h"

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *import, *out, *plot, *format;
};

enum { OPT_IMPORT = 256, OPT_OUT, OPT_PLOT };

static const struct argp_option option_table[] = {
	{ "import", OPT_IMPORT, "DIR", 0, "Make a run of the rounds in DIR: 1.json, 2.json, ... as hyperfine wrote them", 0 },
	{ "out", OPT_OUT, "DIR", 0, "Where to make the run's folder (default results)", 0 },
	{ "plot", OPT_PLOT, "FILE", 0, "Draw the picture into this file as well", 0 },
	{ "format", 'f', "FORMAT", 0, "text (default) or csv", 0 },
	{ 0 }
};

static const char doc[] =
	"Whole boots, as hyperfine timed them: from power-on to the guest's init, to\n"
	"the end of its mix of processes, to power-off; each variant against baseline.\v"
	"Such a run is made by: make bench-boots\n\n"
	"Examples:\n"
	"  faultline boot-times results/latest\n"
	"  faultline boot-times results/latest --plot boots.svg\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_IMPORT:
		o->import = arg;
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_PLOT:
		o->plot = arg;
		break;
	case 'f':
		o->format = options__format(state, arg, "text, csv");
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->run;
		state->child_inputs[1] = &o->cells;
		break;
	case ARGP_KEY_END:
		if (!o->run.dir == !o->import)
			argp_error(state, "a RUN, or rounds to --import");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUN, SELECT_CELLS, { 0 } };
static const struct argp argp = { option_table, parse, "[RUN]", doc, children, 0, 0 };

static char *hyperfine_version(void)
{
	const char *argv[] = { RIG_HYPERFINE, "--version", NULL };
	char *path = spawn__which(RIG_HYPERFINE), *text;
	int code;

	if (!path)
		return xstrdup(RIG_HYPERFINE);
	free(path);
	text = spawn__capture(argv, &code);
	text[strcspn(text, "\n")] = '\0';
	return text;
}

/* Rounds 1.json, 2.json ... as far as they go. */
static void import(struct run *run, const struct options *o, int argc,
		   char **argv)
{
	char *parent = o->out ? xstrdup(o->out) : path_in_results("%s", "");
	char *version = hyperfine_version(), err[512];
	json_t *meta = provenance__new(argc, argv);
	struct hyperfine h = { 0 };
	int e = path_make(parent);
	uint64_t round;

	if (e)
		die(EXIT_STORAGE, "%s: %s", parent, strerror(-e));
	for (round = 1;; round++) {
		char *path = xasprintf("%s/%llu.json", o->import,
				       (unsigned long long)round);
		bool there = path_exists(path);

		if (there && hyperfine__read(&h, path, round, err, sizeof(err)))
			die(EXIT_BAD_RECORD, "%s", err);
		free(path);
		if (!there)
			break;
	}
	if (!h.nr)
		die(EXIT_NO_DATA, "%s/1.json: no round is there; run: make bench-boots",
		    o->import);
	rig__default()->describe(meta, rigs__model(rig__default()->name));
	json_object_set_new(json_object_get(meta, "rig"), "name",
			    json_string(RIG_HYPERFINE));
	json_object_set_new(json_object_get(meta, "rig"), RIG_HYPERFINE,
			    json_string(version));
	json_object_set_new(meta, "state", json_string("finished"));
	need_new_run(run, parent, meta);
	for (size_t i = 0; i < h.nr; i++) {
		e = run__append(run, need_copy(h.record[i]));
		if (e)
			die(EXIT_STORAGE, "%s: %s", run->dir, strerror(-e));
	}
	fprintf(stderr, "%s: %zu boots in %llu rounds\n", run->dir, run->nr,
		(unsigned long long)round - 1);
	hyperfine__free(&h);
	free(version);
	free(parent);
}

static void plot(const struct boot_times *b, const char *path)
{
	char *text, *title, *why;
	bool no_gnuplot;
	size_t size, nr;
	FILE *f = xmemstream(&text, &size);

	nr = report__boot_times_data(f, b);
	fclose(f);
	title = xasprintf("Whole boots under rig %s, %s, profile %s",
			  rigs__default()->name, b->item[0].base, b->item[0].profile);
	why = draw_text("boot-times", title, nr, text, path, &no_gnuplot);
	if (why)
		die(no_gnuplot ? EXIT_MISSING : EXIT_RIG, "%s", why);
	free(title);
	free(text);
}

int cmd_boot_times(int argc, char **argv)
{
	struct options o = { .format = "text", .run.optional = true };
	struct boot_times b;
	struct run run;
	struct err e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.import)
		import(&run, &o, argc, argv);
	else
		select__read(&run, o.run.dir, &o.cells);
	if (boot_times__make(&b, &run, &judge_defaults, &e))
		die_err(&e);
	boot_times__keep(&b, &o.cells.s);
	run.shown = &o.cells.s;
	if (strcmp(o.format, "csv"))
		report__boot_times_text(stdout, &b, &run);
	else
		report__boot_times_csv(stdout, &run);
	fflush(stdout);
	if (o.plot)
		plot(&b, o.plot);
	boot_times__free(&b);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * faultline merge: runs that were measured side by side become one.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "merge.h"
#include "need.h"
#include "select.h"

enum { OPT_OUT = 256 };

struct options {
	const char *out;
	struct select_runs runs;
};

static const struct argp_option option_table[] = {
	{ "out", OPT_OUT, "DIR", 0, "Where to make the run's folder (default results)", 0 },
	{ 0 }
};

static const char doc[] =
	"Make one run of finished ones that each measured some cells of a matrix.\v"
	"Prints the folder. The parts must be of the same programs and sources, and a\n"
	"cell that two of them have must be bit-equal in both; of a noisy rig a base is\n"
	"in one part as a whole. The same parts make the same run, once. What run.json\n"
	"of each part said of its origin is in `parts`; they are not needed any more.\n\n"
	"Examples:\n"
	"  faultline merge results/a results/b\n"
	"  faultline merge --out results results/slurm/*/part-*/latest\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_OUT:
		o->out = arg;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->runs;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUNS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN...", doc, children, 0, 0 };

/* A run that is named twice is one part. */
static size_t read_parts(struct run *part, const struct strlist *runs)
{
	size_t nr = 0;

	for (size_t i = 0; i < runs->nr; i++) {
		bool twice = false;

		need_run(&part[nr], runs->item[i]);
		for (size_t k = 0; k < nr && !twice; k++)
			twice = !strcmp(part[k].dir, part[nr].dir);
		if (twice)
			run__free(&part[nr]);
		else
			nr++;
	}
	return nr;
}

int cmd_merge(int argc, char **argv)
{
	struct options o = { 0 };
	struct run *part, out;
	json_t *command = json_array();
	char *parent;
	size_t nr;
	bool made;
	struct err err;
	int e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	parent = o.out ? xstrdup(o.out) : path_in_results("%s", "");
	e = path_make(parent);
	if (e)
		die(EXIT_STORAGE, "%s: %s", parent, strerror(-e));
	part = xcalloc(o.runs.dirs.nr, sizeof(*part));
	nr = read_parts(part, &o.runs.dirs);
	if (run__merge(&out, part, nr, &err))
		die_err(&err);
	for (int i = 0; i < argc; i++)
		json_array_append_new(command, json_string(argv[i]));
	json_object_set_new(out.meta, "command", command);
	if (run__write_merged(&out, parent, part, nr, &made, &err))
		die_err(&err);
	printf("%s: %zu records of %zu runs%s\n", out.dir, out.nr, nr,
	       made ? "" : ", there already");
	for (size_t i = 0; i < nr; i++)
		run__free(&part[i]);
	run__free(&out);
	free(part);
	free(parent);
	strlist__free(&o.runs.dirs);
	return EXIT_OK;
}

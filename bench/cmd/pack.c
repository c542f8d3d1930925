// SPDX-License-Identifier: GPL-2.0
/*
 * faultline pack: a run takes less room, and is read as before.
 */
#include <argp.h>
#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#include "attribution.h"
#include "cmd.h"
#include "need.h"
#include "run.h"
#include "select.h"

enum { OPT_NO_TRACES = 256 };

struct options {
	struct select_run run;
	bool no_traces;
};

static const struct argp_option option_table[] = {
	{ "no-traces", OPT_NO_TRACES, NULL, 0, "Leave out what each fault executed, nine tenths of the room and no figure: faultline trace and --model no longer work with it", 0 },
	{ 0 }
};

static const char doc[] =
	"Pack the records and attributions of a finished run with xz.\v"
	"records.jsonl becomes records.jsonl.xz, and all attributions one file,\n"
	"attribution.jsonl.xz. Of those of a cell's boots that are equal but for the\n"
	"boot, one is kept, which says of which boots it is.\n"
	"Every command reads a packed run as it reads another; 'faultline run --resume'\n"
	"unpacks the records first. To unpack them by hand: xz -dk records.jsonl.xz\n\n"
	"Examples:\n"
	"  faultline pack results/latest\n"
	"  faultline pack --no-traces results/latest\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	(void)arg;
	switch (key) {
	case OPT_NO_TRACES:
		o->no_traces = true;
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

static void need_finished(const struct run *run)
{
	const char *state = json_string_value(json_object_get(run->meta,
							      "state")) ?: "";

	if (!strcmp(state, "running") || !strcmp(state, "interrupted"))
		die(EXIT_NO_DATA, "%s is not finished (it is %s); go on with it first: faultline run --resume %s",
		    run->dir, state, run->dir);
	if (run->bad)
		die(EXIT_BAD_RECORD, "%s has %zu lines that are no records, and stays as it is; measure them again: faultline run --resume %s\n%s",
		    run->dir, run->bad, run->dir, run->bad_text);
}

static size_t bytes;

static int add_size(const char *path, const struct stat *st, int type)
{
	(void)path;
	if (type == FTW_F)
		bytes += st->st_size;
	return 0;
}

static size_t size_of(const char *dir)
{
	bytes = 0;
	ftw(dir, add_size, 16);
	return bytes;
}

int cmd_pack(int argc, char **argv)
{
	struct options o = { 0 };
	size_t before, files;
	struct run run;
	char err[512];
	int e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	need_run(&run, o.run.dir);
	need_finished(&run);
	before = size_of(run.dir);
	e = attribution__pack(&run, !o.no_traces, &files, err, sizeof(err));
	if (e)
		die(e == -EINVAL ? EXIT_BAD_RECORD : EXIT_STORAGE, "%s", err);
	e = run__pack(&run);
	if (e)
		die(EXIT_STORAGE, "%s: %s; its records are still there", run.dir,
		    strerror(-e));
	printf("%s: %zu records, %zu attributions, %zu kB; it was %zu kB\n",
	       run.dir, run.nr, files, size_of(run.dir) / 1000, before / 1000);
	run__free(&run);
	return EXIT_OK;
}

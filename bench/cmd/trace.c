// SPDX-License-Identifier: GPL-2.0
/*
 * faultline trace: one typical fault as it was executed, from the VM exit to
 * the VM entry, with source lines.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "catalog.h"
#include "cmd.h"
#include "kernels.h"
#include "need.h"
#include "select.h"
#include "select_rig.h"

enum { OPT_CLASS = 256 };

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *class;
};

static const struct argp_option option_table[] = {
	{ "class", OPT_CLASS, "CLASS", 0, "A fault of this class (default: the one with the most)", 0 },
	{ 0 }
};

static const char doc[] =
	"Print a typical fault as it was executed: functions, source lines,\n"
	"instructions, and what memory each one reached.\v"
	"The run must have been made with: faultline run --attribute\n\n"
	"Examples:\n"
	"  faultline trace results/latest --workloads touch-write\n"
	"  faultline trace results/latest -w mmio -v const-fields | less\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_CLASS:
		o->class = arg;
		break;
	case ARGP_KEY_INIT:
		select__inputs(state, &o->run, &o->cells);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUN, SELECT_CELLS_OF_RIGS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN", doc, children, 0, 0 };

int cmd_trace(int argc, char **argv)
{
	struct options o = { .cells = SELECT_ONE_CELL };
	struct strlist one = { 0 };
	const struct attr_column *col;
	struct attr_cmp c;
	struct select_cell cell;
	struct run run;
	struct image *img;
	char err[256], *dir;
	struct err e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	need_run(&run, o.run.dir);
	select__one_rig(&run, &o.cells);
	cell = select__attributed(&o.cells, &run);
	strlist__add(&one, cell.variant);
	c = need_attributions(&run, cell.base, cell.profile, cell.workload,
			       o.class, cell.variant, &one);
	col = &c.column[0];
	if (!col->class->trace.nr_steps)
		die(EXIT_NO_DATA, "%s: %s", run.dir, ATTR_NO_TRACE);
	dir = kernels__dir_of(cell.base, cell.variant, cell.profile,
			      col->all.build_id, run.dir, &e);
	if (!dir)
		die_err(&e);
	img = image__open(dir, err, sizeof(err));
	if (!img)
		die(EXIT_MISSING, "%s", err);
	if (!image__has_debug(img))
		warn("%s has no vmlinux.debug: no source lines", dir);
	printf("%s, %s, profile %s, %s: typical fault of class \"%s\"\n\n",
	       cell.base, cell.variant, cell.profile, cell.workload, c.class);
	if (report__trace_text(stdout, col->class, img, err, sizeof(err)))
		die(EXIT_CHANGED, "%s", err);
	image__close(img);
	free(dir);
	attribute__free(&c);
	strlist__free(&one);
	select__free_cell(&cell);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

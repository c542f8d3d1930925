// SPDX-License-Identifier: GPL-2.0
/*
 * faultline counters: what perf in the host counted, and what it costs.
 */
#include <argp.h>
#include <string.h>

#include "cmd.h"
#include "need.h"
#include "options.h"
#include "perf_report.h"
#include "select.h"
#include "select_rig.h"

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *format;
};

static const struct argp_option option_table[] = {
	{ "format", 'f', "FORMAT", 0, "text (default) or csv", 0 },
	{ 0 }
};

static const char doc[] =
	"Print what Linux perf counted in the host: its faults next to KVM's and the\n"
	"guest's, what perf itself adds to a fault, events, exits, profile.\v"
	"The run must have been made with: faultline run --counters LIST\n\n"
	"Examples:\n"
	"  faultline counters results/latest\n"
	"  faultline counters results/latest --format csv\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'f':
		o->format = options__format(state, arg, "text, csv");
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

int cmd_counters(int argc, char **argv)
{
	struct options o = { .format = "text" };
	struct perf_cells c;
	struct run run;
	struct err e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	select__read(&run, o.run.dir, &o.cells);
	select__one_rig(&run, &o.cells);
	run.shown = &o.cells.s;
	if (perf_cells__make(&c, &run, &e))
		die_err(&e);
	if (strcmp(o.format, "csv"))
		report__perf_text(stdout, &c, &run);
	else
		report__perf_csv(stdout, &c);
	fflush(stdout);
	if (perf_cells__check(&c, &run, &e))
		die_err(&e);
	perf_cells__free(&c);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

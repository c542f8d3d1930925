// SPDX-License-Identifier: GPL-2.0
/*
 * faultline instruments: two emulators' instructions of the same events, and
 * which rule of counting explains what they differ by.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "callgrind_side.h"
#include "cmd.h"
#include "instruments_table.h"
#include "need.h"
#include "options.h"
#include "run_rigs.h"

enum { OPT_FORMAT = 256, OPT_WITHOUT, OPT_CALLGRIND };

struct options {
	struct select_runs runs;
	struct select_cells cells;
	const struct table_format *format;
	unsigned int without;
	bool callgrind;
};

static const struct argp_option option_table[] = {
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json, csv, markdown or html", 0 },
	{ "callgrind", OPT_CALLGRIND, NULL, 0, "Have valgrind count the handler in a process too: some seconds per cell", 0 },
	{ "without", OPT_WITHOUT, "LIST", 0, "Leave these rules out, to see what they explain: rep, exit, next-rip, patched, vendor, tables", 0 },
	{ 0 }
};

static const char doc[] =
	"Compare the instructions that two instruments count for the same events of the\n"
	"same kernels, and apply their counting rules to the difference.\v"
	"The runs must have been made with: faultline run --attribute. Of each event the\n"
	"two paths are compared instruction by instruction; a difference that no rule\n"
	"explains is named, and the exit code is 14.\n\n"
	"Examples:\n"
	"  faultline instruments results/tcg results/bochs\n"
	"  faultline instruments results/both --without rep -w touch-write\n"
	"  faultline instruments results/both -w mmio --callgrind\n";

static void leave_out(struct options *o, struct argp_state *state, const char *arg)
{
	struct strlist names = { 0 }, rules = { 0 };

	strlist__split(&names, arg, ',');
	for (int r = 0; r < NR_COUNTING_RULES; r++)
		strlist__add(&rules, counting_rule__name(r));
	for (size_t i = 0; i < names.nr; i++) {
		int r = 0;

		while (r < NR_COUNTING_RULES &&
		       strcmp(names.item[i], counting_rule__name(r)))
			r++;
		if (r == NR_COUNTING_RULES)
			argp_error(state, "--without: no rule '%s'; there are: %s",
				   names.item[i], strlist__join(&rules, ", "));
		o->without |= 1u << r;
	}
	strlist__free(&rules);
	strlist__free(&names);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_FORMAT:
		o->format = options__table_format(state, arg);
		break;
	case OPT_CALLGRIND:
		o->callgrind = true;
		break;
	case OPT_WITHOUT:
		leave_out(o, state, arg);
		break;
	case ARGP_KEY_INIT:
		select__inputs(state, &o->runs, &o->cells);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUNS, SELECT_CELLS_OF_RIGS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN...", doc, children, 0, 0 };

/* The handler of every cell that the first instrument attributes. */
static void count_own(struct instruments *x)
{
	for (size_t i = 0; i < x->nr; i++) {
		struct instruments_row *row = &x->row[i];
		const struct select_cell cell = {
			(char *)row->base, (char *)row->variant,
			(char *)row->profile, (char *)row->workload,
		};
		struct callgrind_side side;
		struct run of_rig;

		if (!row->handler)
			continue;
		run__view(&of_rig, row->run, x->rigs.item[0]);
		callgrind_side__make(&side, &of_rig, &cell);
		instruments__add_own(x, row, &side.compared);
		callgrind_side__free(&side);
		run__free_view(&of_rig);
	}
}

int cmd_instruments(int argc, char **argv)
{
	struct options o = { .format = table_formats };
	struct tables tables = { 0 };
	struct instruments x;
	struct run *run;
	struct err err;
	bool disagree;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	run = xcalloc(o.runs.dirs.nr, sizeof(*run));
	for (size_t i = 0; i < o.runs.dirs.nr; i++)
		need_run(&run[i], o.runs.dirs.item[i]);
	if (instruments__compare(&x, run, o.runs.dirs.nr, &o.cells.s, o.without,
				 &err))
		die_err(&err);
	if (o.callgrind)
		count_own(&x);
	instruments_table__add(&tables, &x);
	o.format->write(stdout, &tables);
	disagree = x.all.unexplained || x.own_differing;
	tables__free(&tables);
	instruments__free(&x);
	for (size_t i = 0; i < o.runs.dirs.nr; i++)
		run__free(&run[i]);
	free(run);
	strlist__free(&o.runs.dirs);
	if (ferror(stdout))
		return EXIT_STORAGE;
	return disagree ? EXIT_DISAGREE : EXIT_OK;
}

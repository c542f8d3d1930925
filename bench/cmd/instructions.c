// SPDX-License-Identifier: GPL-2.0
/*
 * faultline instructions: the instructions of a fault by two rigs, function by
 * function. One figure is a run's attribution, from a whole kernel under TCG;
 * the other is counted here, by valgrind's callgrind, from the same kernel's
 * handler in a process.
 */
#include <argp.h>
#include <string.h>

#include "callgrind_side.h"
#include "cmd.h"
#include "need.h"
#include "options.h"
#include "select_rig.h"

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *format;
};

enum { OPT_FORMAT = 256 };

static const struct argp_option option_table[] = {
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default) or json", 0 },
	{ 0 }
};

static const char doc[] =
	"The instructions of a typical fault, function by function, by two rigs:\n"
	"of the whole kernel, as RUN attributes them, and of its handler alone in\n"
	"a process, as valgrind's callgrind counts them now.\v"
	"The run must have been made with: faultline run --attribute\n\n"
	"Examples:\n"
	"  faultline instructions results/reference/attribute --workloads touch-write\n"
	"  faultline instructions results/latest -w mmio -v const-fields --format json\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_FORMAT:
		o->format = options__format(state, arg, "text, json");
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

static void print_compared(const struct instructions *x,
			   const struct instr_setting *s, bool as_json)
{
	json_t *json;

	if (!as_json) {
		report__instructions_text(stdout, x, s);
		return;
	}
	json = report__instructions_json(x, s);
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

int cmd_instructions(int argc, char **argv)
{
	struct options o = { .format = "text", .cells = SELECT_ONE_CELL };
	struct callgrind_side side;
	struct select_cell cell;
	struct run run;
	bool agrees;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	need_run(&run, o.run.dir);
	select__one_rig(&run, &o.cells);
	cell = select__attributed(&o.cells, &run);
	callgrind_side__make(&side, &run, &cell);
	agrees = !side.compared.differing && side.compared.sums;
	print_compared(&side.compared, &side.setting, !strcmp(o.format, "json"));
	callgrind_side__free(&side);
	select__free_cell(&cell);
	run__free(&run);
	if (ferror(stdout))
		return EXIT_STORAGE;
	return agrees ? EXIT_OK : EXIT_DISAGREE;
}

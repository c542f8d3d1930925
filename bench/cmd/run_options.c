// SPDX-License-Identifier: GPL-2.0
/*
 * The command line of faultline run; see run_options.h.
 */
#include "catalog.h"
#include "options.h"
#include "run_options.h"

enum { OPT_RIG = 256, OPT_CPU, OPT_LIMIT, OPT_SECONDS, OPT_OUT, OPT_RESUME, OPT_EVERYTHING,
       OPT_ATTRIBUTE, OPT_SPLIT, OPT_ESTIMATE, OPT_QUIET_HOST, OPT_COUNTERS,
       OPT_PERTURB, OPT_NO_PERTURB };

static const struct argp_option shared_table[] = {
	{ "attribute", OPT_ATTRIBUTE, NULL, 0, "Record which functions the instructions are in (takes longer)", 0 },
	{ "perturb", OPT_PERTURB, NULL, 0, "tcg: boot each cell but the first time with another link layout of its kernel, another initramfs, phase of the timer tick and state of the page allocator, by the number of the boot (default, but not with --attribute)", 0 },
	{ "no-perturb", OPT_NO_PERTURB, NULL, 0, "tcg: each boot of a cell replays its first", 0 },
	{ "quiet-host", OPT_QUIET_HOST, NULL, 0, "During the run, set governor, turbo, SMT, ASLR, NMI watchdog, THP and KSM for measuring cycles; they are put back afterwards, even after a kill (needs root)", 0 },
	{ "boots", 'n', "N", 0, "Boots per cell (default 2); under vitro, link layouts (default 24)", 0 },
	{ "jobs", 'j', "N", 0, "Boots at a time (default: one per CPU)", 0 },
	{ "rig", OPT_RIG, "RIG", 0, "How to run (default tcg)", 0 },
	{ "cpu", OPT_CPU, "LIST", 0, "The CPU models that the rig gives its hosts: names or globs, as list rigs shows them (default: of bochs, intel and amd)", 0 },
	{ "boot-limit", OPT_LIMIT, "SECONDS", 0, "A host that is still up after this hangs (default 120)", 0 },
	{ "seconds", OPT_SECONDS, "S", 0, "vitro: how long each workload is measured hot, and again cold (default 1)", 0 },
	{ "out", OPT_OUT, "DIR", 0, "Where to make the run's folder (default results)", 0 },
	{ 0 }
};

static error_t parse_shared(int key, char *arg, struct argp_state *state)
{
	struct run_options *o = state->input;

	switch (key) {
	case 'n':
		o->boots = options__count(state, "boots", arg, 100000);
		break;
	case 'j':
		o->jobs = options__count(state, "jobs", arg, 100000);
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case OPT_CPU:
		o->cpu = arg;
		break;
	case OPT_LIMIT:
		o->limit_s = options__count(state, "boot-limit", arg, 100000);
		break;
	case OPT_SECONDS:
		o->seconds = options__number(state, "seconds", arg, 3600);
		if (!(o->seconds > 0))
			argp_error(state, "--seconds: 0 is no time to measure in");
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_ATTRIBUTE:
		o->attribute = true;
		break;
	case OPT_PERTURB:
		o->perturb = PERTURB_ON;
		break;
	case OPT_NO_PERTURB:
		o->perturb = PERTURB_OFF;
		break;
	case OPT_QUIET_HOST:
		o->quiet_host = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

const struct argp run_options__shared = { shared_table, parse_shared, NULL, NULL, NULL, 0, 0 };

static const struct argp_option option_table[] = {
	{ "everything", OPT_EVERYTHING, NULL, 0, "Every base, variant and profile, both dispatches, the steps", 0 },
	{ "counters", OPT_COUNTERS, "LIST", 0, "Boot each workload once more with perf in the host: LIST has events of perf, or the words default, exits (perf kvm stat) and profile (perf record)", 0 },
	{ "resume", OPT_RESUME, "RUN", 0, "Go on with a run: boots that have no valid record", 0 },
	{ "estimate", OPT_ESTIMATE, NULL, 0, "Run nothing: say how long the boots would take, and print it in seconds", 0 },
	{ "split", OPT_SPLIT, NULL, 0, "Run nothing: print the options of parts that can be run apart and merged", 0 },
	{ 0 }
};

static const char doc[] =
	"Build the kernels that are asked for, boot each cell, keep the records.\v"
	"A variant is NAME, NAME@STEP (its first STEP patches), NAME@all (every step)\n"
	"or NAME+OVERLAY. NAME may be a glob.\n\n"
	"Examples:\n"
	"  faultline run\n"
	"  faultline run --workloads touch-write,mmio --boots 3\n"
	"  faultline run --variants baseline,mine --profiles off,retpoline\n"
	"  faultline run --select 'tcg/v6.1/const-*/off/touch-*'\n"
	"  faultline run --base v5.10 --variants struct-by-pointer@all\n"
	"  faultline run --variants const-fields,const-fields+indirect --profiles all\n"
	"  faultline run --attribute --workloads touch-write\n"
	"  faultline run --counters default,exits,profile --workloads touch-write\n"
	"  faultline run --counters kvm:kvm_exit,page-faults --workloads linux-mix\n"
	"  faultline run --rig vitro --workloads touch-write --profiles off,retpoline\n"
	"  faultline run --rig bochs --cpu intel --workloads touch-write\n"
	"  faultline run --resume results/latest\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct run_options *o = state->input;

	switch (key) {
	case OPT_EVERYTHING:
		o->everything = true;
		break;
	case OPT_COUNTERS:
		o->counters = arg;
		break;
	case OPT_RESUME:
		o->resume = arg;
		break;
	case OPT_ESTIMATE:
		o->estimate = true;
		break;
	case OPT_SPLIT:
		o->split = true;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->cells;
		state->child_inputs[1] = o;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	case ARGP_KEY_END:
		if (o->everything && !selection__empty(&o->cells.s))
			argp_error(state, "--everything leaves nothing to choose");
		if ((o->split || o->estimate) && o->resume)
			argp_error(state, "--split and --estimate cannot be used with --resume");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_CELLS, RUN_OPTIONS_SHARED, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

void run_options__parse(struct run_options *o, int argc, char **argv)
{
	*o = (struct run_options) {
		.cells.otherwise = { [BY_BASE] = DEFAULT_BASE, [BY_VARIANT] = ALL,
				     [BY_PROFILE] = DEFAULT_PROFILE,
				     [BY_WORKLOAD] = ALL },
	};
	argp_parse(&argp, argc, argv, 0, NULL, o);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run adds to the history: a point for every metric of every cell that
 * has a valid record.
 *
 * Exact rig: `instructions`, the typical fault, and `instructions_mean`, that
 * of all faults. Noisy rig: `cycles_hot` and `cycles_cold` in TSC cycles, what
 * the harness costs included, as everywhere.
 *
 * Of every cell also what it differs by from others of the same run (difference.h):
 * `instructions_over_baseline`, `cycles_hot_over_off`, ... (cycles paired by
 * layout). What moves both alike, a new kernel say, moves the figures and leaves the
 * differences. Their handler is both of them, joined by POINTS_OVER.
 *
 * The machine of an exact figure is QEMU's version and CPU model: it counts
 * what the emulated CPU executed, which is the same on every machine, while
 * another QEMU may count otherwise. Its package's revision is left out, or
 * every security update would begin all series anew. That of cycles is the CPU,
 * how many, and the architecture. An exact difference is of one run and so of
 * one QEMU: its series goes on under the next (POINTS_ANY_INSTRUMENT), and the
 * setup of each point says which it was.
 *
 * Of attributions: what the typical fault of a cell is made of, `path_stores`, and
 * what of it is in one function, `function.NAME.instructions` (attributed.h).
 */
#ifndef FAULTLINE_POINTS_H
#define FAULTLINE_POINTS_H

#include "history.h"
#include "run.h"

#define POINTS_ANY_INSTRUMENT	"any instrument"
#define POINTS_OVER		" over "
/* In a setup: after the CPU, and after the compiler. */
#define POINTS_MICROCODE	", microcode "
#define POINTS_LINKER		"; "

struct points {
	struct history_new *item;
	size_t nr;
	size_t cells;			/* of the run */
	size_t invalid, skipped;	/* of them, without a point */
	size_t partly;			/* with one, of not all of their boots */
	struct history_run run;
	struct history_setup **setup;	/* that the points name */
	size_t nr_setups;
	size_t attributed;		/* points of attributions, among those */
	size_t attributed_cells;	/* that these are of */
	size_t unequal, unread;		/* cells without: whose boots differ; not to be read */
	char why_unread[512];		/* the first of them */
	struct strlist metrics;		/* their names */
};

/*
 * The strings live until points__free(), or as long as run. Return: 0, or -1
 * with code and message in @err: EXIT_NO_DATA where the run is unfinished,
 * EXIT_BAD_RECORD where it lacks its id or start. p is empty then.
 */
int points__of_run(struct points *p, const struct run *run, struct err *err);
/* What of attributions is kept besides the default. */
struct points_wanted {
	struct strlist globs;		/* of metrics */
	const struct history_key *followed;	/* that the history has: history__keys() */
	size_t nr_followed;
};

/* A run without points; the same as above. */
int points__begin(struct points *p, const struct run *run, struct err *err);
/*
 * Add those of its attributions. A function that once was kept of a workload is kept
 * of it in every run that attributes that, 0 where nothing executes it any more.
 */
void points__add_attributed(struct points *p, const struct run *run,
			    const struct points_wanted *want);
void points__free(struct points *p);

#endif

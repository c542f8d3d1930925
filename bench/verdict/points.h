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
};

/*
 * The strings live until points__free(), or as long as run. Return: 0, or -1
 * with code and message in @err: EXIT_NO_DATA where the run is unfinished,
 * EXIT_BAD_RECORD where it lacks its id or start. p is empty then.
 */
int points__of_run(struct points *p, const struct run *run, struct err *err);
void points__free(struct points *p);

#endif

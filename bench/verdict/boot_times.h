/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole boots by the wall clock, variant against reference, round by round: a
 * round has a boot of each, so what the machine did meanwhile both have.
 */
#ifndef FAULTLINE_BOOT_TIMES_H
#define FAULTLINE_BOOT_TIMES_H

#include "judge.h"
#include "paired_word.h"
#include "run.h"

struct boot_time {
	const char *base, *profile, *workload, *variant;
	bool again;			/* the reference's second boot: A/A */
	size_t rounds;			/* that have it and the reference */
	double *seconds;		/* of them, in their order */
	double *diff;			/* less the reference's, paired */
	double median, percent;		/* of seconds; of the reference's median */
	struct paired_word word;	/* of diff, in seconds; A/A's has none */
	enum judged is;
	char *reason;			/* NULL for the reference and for A/A */
};

struct boot_times {
	struct boot_time *item;		/* by workload, the reference first */
	size_t nr;
	const char *against;
	size_t comparisons;		/* of the run, that words allow for */
};

/*
 * Judge the records of rig hyperfine; the strings are the run's. A difference has
 * a word by paired_word.h, over all comparisons: beyond what the reference's
 * second boots show (A/A), and beyond least_percent of the reference. Return: 0, or -1 with EXIT_NO_DATA and a
 * message in @err where there are none.
 */
int boot_times__make(struct boot_times *b, const struct run *run,
		     const struct judge_options *o, struct err *err);
/* Same base, profile and workload. */
bool boot_times__same_table(const struct boot_time *a,
			    const struct boot_time *b);
/*
 * Leave what is selected, and the reference it is compared with. Words stay those
 * of all comparisons of the run.
 */
void boot_times__keep(struct boot_times *b, const struct selection *s);
void boot_times__free(struct boot_times *b);

#endif

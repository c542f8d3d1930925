/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the words of a whole noisy run share (paired_word.h): how many comparisons
 * it has, what counts as an effect, what its controls said. Made once a run, for
 * its tables and its verdicts alike.
 */
#ifndef FAULTLINE_NOISY_RULE_H
#define FAULTLINE_NOISY_RULE_H

#include "judge.h"
#include "noisy_control.h"

struct noisy_rule {
	/* Pairs of a cell and its reference, a mode each, that share a layout and are not of equal handlers. */
	size_t comparisons;
	double least_percent, least_abs;	/* of an effect: the larger counts */
	double quantum;		/* of the TSC; 0: no record says it */
	double carry_over[NR_CYCLES_MODES];	/* NAN: no record says it */
	struct noisy_control control[NR_CYCLES_MODES];
	struct noisy_place place[NR_CYCLES_MODES];
};

/* Of a run of one noisy rig; comparisons are those that judge__run() judges. */
void noisy_rule__make(struct noisy_rule *r, const struct run *run,
		      const struct judge_options *o);

#endif

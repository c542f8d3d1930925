/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where paired differences lie, and how surely: an estimate and an interval that
 * belong together, and to one test. Pure functions.
 */
#ifndef FAULTLINE_HODGES_LEHMANN_H
#define FAULTLINE_HODGES_LEHMANN_H

#include <stddef.h>

struct hodges_lehmann {
	double estimate;	/* NAN where there is none */
	double *walsh;		/* n * (n + 1) / 2 of them, in any order */
	size_t n;		/* values */
};

struct hl_interval {
	double low, high;	/* NAN: there is no interval */
};

/*
 * The median of the Walsh averages, the means of each two values and of each
 * value with itself: Hodges and Lehmann, Estimates of location based on rank
 * tests, Ann. Math. Statist. 34 (1963). 0, or -1 with estimate NAN: no value,
 * one that is not finite, no memory.
 */
int hodges_lehmann__make(struct hodges_lehmann *h, const double *d, size_t n);
void hodges_lehmann__free(struct hodges_lehmann *h);

/*
 * All shifts that Wilcoxon's signed-rank test does not reject at a two-sided
 * alpha: from the (w + 1)th Walsh average to the (w + 1)th from the end, w being
 * rank__signed_critical() (Hollander and Wolfe, Nonparametric Statistical
 * Methods, 1973, section 3.3). So it excludes 0 exactly where rank__signed() is
 * below alpha: by counting up to RANK_EXACT_PAIRS values, by the normal
 * distribution above. Of values with ties or zeros the distribution is still
 * that without, and an average of 0 counts against the difference. NAN, NAN where n is too small
 * for that alpha (of 0.05: below 6).
 */
struct hl_interval hodges_lehmann__interval(const struct hodges_lehmann *h,
					    double alpha);

#endif

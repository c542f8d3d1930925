/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Noise that goes on: each value has a part of the noise of the one before
 * (AR(1)), so that many values say less than as many independent ones, and what
 * looks like another level may be none. Pure functions.
 */
#ifndef FAULTLINE_AUTOCORRELATION_H
#define FAULTLINE_AUTOCORRELATION_H

#include <stddef.h>

struct autocorrelation {
	double part;	/* of the noise before; 0: independent, or not shown */
	double sd;	/* of what is new in each value */
};

/*
 * From the differences of neighbours and of those two apart: the ratio of their
 * mean squares is 1 plus that part, however often the level moves (after Chakar,
 * Lebarbier, Levy-Leduc and Robin, A robust approach for estimating change-points
 * in the mean of an AR(1) process, Bernoulli 23, 2017, who take medians). Here a
 * difference counts as AUTOCORRELATION_LIMIT standard deviations at most.
 *
 * Of n independent values the estimate is 0 with a standard error of 1.35 / sqrt(n),
 * as drawn, also where they have heavy tails: below AUTOCORRELATION_SHOWN / sqrt(n),
 * which one series in twenty exceeds, the part is 0. Of 0.6 it is 1.8 / sqrt(n);
 * AUTOCORRELATION_OFF / sqrt(n) is taken off, since a part that is thought too
 * large hides a regression, and one too small gives an alert too many.
 */
#define AUTOCORRELATION_LEAST	8	/* values; of fewer nothing is shown */
#define AUTOCORRELATION_LIMIT	2.5
#define AUTOCORRELATION_SHOWN	2.2
#define AUTOCORRELATION_OFF	0.5
struct autocorrelation autocorrelation__of(const double *v, size_t n);

/*
 * By how many standard errors the last of nr levels lies apart from the first,
 * by generalized least squares (Aitken, On least squares and linear combination of
 * observations, Proc. Roy. Soc. Edinburgh 55, 1935), of a mean a level: where a
 * level follows another both have most of their noise in common, so that a sudden
 * step shows. from: where each level begins in v, and where the last one ends.
 * 0 where nothing can be said.
 */
double autocorrelation__apart(const struct autocorrelation *a, const double *v,
			      const size_t *from, size_t nr);

#endif

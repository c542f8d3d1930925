/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a few noisy values say of what they are noise around. Pure functions.
 */
#ifndef FAULTLINE_INTERVAL_H
#define FAULTLINE_INTERVAL_H

#include <stddef.h>

struct interval {
	double mean;
	double sd;	/* of the values, n - 1 in the denominator */
	double half;	/* mean +- half is the interval */
};

/*
 * The t interval of the mean of n values, in their unit, at a confidence in
 * (0, 1), 0.95 say: half = t(1 - (1 - confidence) / 2, n - 1) * sd / sqrt(n).
 * "Student", The probable error of a mean, Biometrika 6 (1908); the quantile is
 * gsl_cdf_tdist_Pinv().
 *
 * 0, or -1 if there is no interval: n < 2 (of one value mean is set, of none not
 * even that) or an invalid confidence; half and sd are NAN then.
 */
int interval__mean(const double *v, size_t n, double confidence,
		   struct interval *i);

/* The middle value, of an even number the mean of the middle two; NAN of none. */
double interval__median(const double *v, size_t n);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* The smallest change that n values can show. Pure functions. */
#ifndef FAULTLINE_POWER_H
#define FAULTLINE_POWER_H

#include <stddef.h>

/*
 * The smallest true difference that n paired differences of standard deviation
 * sd tell from 0 at a two-sided alpha with a chance of `power`:
 *
 *	(t(1 - alpha / 2, n - 1) + t(power, n - 1)) * sd / sqrt(n) / sqrt(3 / pi)
 *
 * (Cohen, Statistical Power Analysis, 1988, chapter 2, with Student's quantiles
 * in place of the normal ones; 3 / pi is how many values of normal noise the
 * signed-rank test is worth against Student's: Lehmann, Nonparametrics, 1975,
 * appendix 5.) Tried on normal noise at 0.05 that chance is 0.80 of 24 values
 * and 0.79 of 10, but 0.64 of 6, the fewest that can: a p that is only just
 * within reach is reached less often. INFINITY where n values cannot reach a p below alpha, as
 * rank__pairs_needed() has it; NAN for an invalid sd, or a chance or
 * alpha outside of (0, 1).
 */
double power__pairs(double sd, size_t n, double alpha, double power);

#endif

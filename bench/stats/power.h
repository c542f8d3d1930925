/* SPDX-License-Identifier: GPL-2.0 */
/* The smallest change that n values can show. */
#ifndef FAULTLINE_POWER_H
#define FAULTLINE_POWER_H

#include <stddef.h>

/*
 * The smallest true difference that n paired differences with normal noise of
 * standard deviation sd tell from 0, by hodges_lehmann__interval() at a two-sided
 * alpha, with a chance of `power`.
 *
 * Up to RANK_EXACT_PAIRS values it is found by drawing: a shift is found in those
 * samples of noise whose end of the interval is nearer to 0 than the shift, so it
 * is that quantile of the end over POWER_SAMPLES samples. That is right near
 * the limit too, where the test has few levels and the formula says too little:
 * with 13 values at 0.05 / 120 the chance was 0.50 of the 0.80 it was said to
 * be. The samples are gsl_rng_mt19937's, the same whenever it is asked; the last
 * answers are kept, so it is for one thread. Above that
 *
 *	(t(1 - alpha / 2, n - 1) + t(power, n - 1)) * sd / sqrt(n) / sqrt(3 / pi)
 *
 * (Cohen, Statistical Power Analysis, 1988, chapter 2, with Student's quantiles
 * in place of the normal ones; 3 / pi is how many values of normal noise the
 * signed-rank test is worth against Student's: Lehmann, Nonparametrics, 1975,
 * appendix 5.)
 *
 * INFINITY where n values cannot reach a p below alpha, as rank__pairs_needed()
 * has it; NAN for an invalid sd, or a chance or alpha outside of (0, 1).
 */
#define POWER_SAMPLES	4000
double power__pairs(double sd, size_t n, double alpha, double power);

#endif

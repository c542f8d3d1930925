/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far a median may be from what it is of: intervals by resampling. The same
 * for the same seed. Pure functions.
 */
#ifndef FAULTLINE_BOOTSTRAP_H
#define FAULTLINE_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#define BOOTSTRAP_RESAMPLES	2000

struct bootstrap {
	double median;		/* of the differences; difference of the medians */
	double low, high;	/* NAN where there is no interval */
};

/*
 * The percentile interval (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, chapter 13) of a median at a confidence in (0, 1): of paired
 * differences d; of two samples the median of b less that of a, both drawn
 * anew. Random numbers are gsl_rng_mt19937's.
 *
 * 0, or -1 without interval: fewer than 2 values in a sample, values that are
 * not finite, nor a difference of theirs, an invalid confidence, no memory.
 */
int bootstrap__paired(const double *d, size_t n, double confidence,
		      uint64_t seed, struct bootstrap *b);
int bootstrap__unpaired(const double *a, size_t na, const double *b, size_t nb,
			double confidence, uint64_t seed, struct bootstrap *out);

#endif

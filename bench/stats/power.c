// SPDX-License-Identifier: GPL-2.0
/* See power.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "power.h"
#include "rank.h"

#define SEED	20210804
#define KEPT	64

static double formula(size_t n, double alpha, double power)
{
	return (gsl_cdf_tdist_Pinv(1 - alpha / 2, n - 1) +
		gsl_cdf_tdist_Pinv(power, n - 1)) / sqrt(n) / sqrt(3 / M_PI);
}

/* The (w + 1)th Walsh average of n rising values; room for all n (n + 1) / 2. */
static double walsh(const double *d, size_t n, size_t w, double *all)
{
	size_t k = 0;

	/*
	 * d[i] / 2 + d[m] / 2 is at least as large as those of all smaller
	 * places: past the first w + 1 of these it cannot be the one sought.
	 */
	for (size_t i = 0; i < n; i++) {
		for (size_t m = i; m < n && (i + 1) * (m - i + 1) <= w + 1; m++)
			all[k++] = (d[i] + d[m]) / 2;
	}
	gsl_sort(all, 1, k);
	return all[w];
}

/* By drawing, in standard deviations; NAN without memory. */
static double drawn(size_t n, size_t w, double power)
{
	double *end = malloc((POWER_SAMPLES + n + n * (n + 1) / 2) * sizeof(*end));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	double shift = NAN;

	if (end && rng) {
		double *d = end + POWER_SAMPLES;

		gsl_rng_set(rng, SEED);
		for (size_t i = 0; i < POWER_SAMPLES; i++) {
			for (size_t k = 0; k < n; k++)
				d[k] = gsl_ran_ugaussian(rng);
			gsl_sort(d, 1, n);
			end[i] = -walsh(d, n, w, d + n);
		}
		gsl_sort(end, 1, POWER_SAMPLES);
		shift = end[(size_t)(power * (POWER_SAMPLES - 1))];
	}
	if (rng)
		gsl_rng_free(rng);
	free(end);
	return shift;
}

/* The same asked for again, as by every comparison of a run. */
static double kept(size_t n, size_t w, double power)
{
	static struct answer { size_t n, w; double power, shift; } last[KEPT];
	static size_t next;

	for (size_t i = 0; i < KEPT; i++) {
		if (last[i].n == n && last[i].w == w && last[i].power == power)
			return last[i].shift;
	}
	next = (next + 1) % KEPT;
	last[next] = (struct answer) { n, w, power, drawn(n, w, power) };
	return last[next].shift;
}

double power__pairs(double sd, size_t n, double alpha, double power)
{
	size_t w;

	if (!(alpha > 0 && alpha < 1) || !(power > 0 && power < 1))
		return NAN;
	if (n < 2 || rank__signed_critical(n, alpha, &w))
		return INFINITY;
	if (!(sd >= 0) || isinf(sd))
		return NAN;
	return sd * (n > RANK_EXACT_PAIRS ? formula(n, alpha, power) :
		     kept(n, w, power));
}

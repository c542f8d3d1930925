// SPDX-License-Identifier: GPL-2.0
/* See bootstrap.h. */
#include <gsl/gsl_rng.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "bootstrap.h"

static bool usable(const double *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i]))
			return false;
	}
	return n > 0;
}

/* Of finite values finite: the sum of the middle two may not be. */
static double median_of(double *v, size_t n)
{
	gsl_sort(v, 1, n);
	return v[(n - 1) / 2] / 2 + v[n / 2] / 2;
}

/* The median of n values of v, drawn with replacement into room. */
static double drawn(gsl_rng *rng, const double *v, size_t n, double *room)
{
	for (size_t i = 0; i < n; i++)
		room[i] = v[gsl_rng_uniform_int(rng, n)];
	return median_of(room, n);
}

/* b's median less a's; a may be none. */
static int intervals(const double *a, size_t na, const double *b, size_t nb,
		     double confidence, uint64_t seed, struct bootstrap *out)
{
	double *room = calloc(na + nb + BOOTSTRAP_RESAMPLES, sizeof(*room));
	double *median = room ? room + na + nb : NULL;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	if (!room || !rng)
		goto none;
	memcpy(room, b, nb * sizeof(*b));
	out->median = median_of(room, nb);
	if (na) {
		memcpy(room, a, na * sizeof(*a));
		out->median -= median_of(room, na);
	}
	if (!isfinite(out->median))
		out->median = NAN;
	if (isnan(out->median) || nb < 2 || na == 1 || !(confidence > 0 && confidence < 1))
		goto none;
	gsl_rng_set(rng, seed);
	for (size_t i = 0; i < BOOTSTRAP_RESAMPLES; i++)
		median[i] = drawn(rng, b, nb, room) -
			    (na ? drawn(rng, a, na, room) : 0);
	gsl_sort(median, 1, BOOTSTRAP_RESAMPLES);
	out->low = gsl_stats_quantile_from_sorted_data(median, 1,
			BOOTSTRAP_RESAMPLES, (1 - confidence) / 2);
	out->high = gsl_stats_quantile_from_sorted_data(median, 1,
			BOOTSTRAP_RESAMPLES, (1 + confidence) / 2);
	if (!isfinite(out->low) || !isfinite(out->high)) {
		out->low = out->high = NAN;
		goto none;
	}
	gsl_rng_free(rng);
	free(room);
	return 0;
none:
	if (rng)
		gsl_rng_free(rng);
	free(room);
	return -1;
}

int bootstrap__paired(const double *d, size_t n, double confidence,
		      uint64_t seed, struct bootstrap *b)
{
	*b = (struct bootstrap) { NAN, NAN, NAN };
	return usable(d, n) ? intervals(NULL, 0, d, n, confidence, seed, b) : -1;
}

int bootstrap__unpaired(const double *a, size_t na, const double *b, size_t nb,
			double confidence, uint64_t seed, struct bootstrap *out)
{
	*out = (struct bootstrap) { NAN, NAN, NAN };
	return usable(a, na) && usable(b, nb) ?
		intervals(a, na, b, nb, confidence, seed, out) : -1;
}

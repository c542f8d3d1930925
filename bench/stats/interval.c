// SPDX-License-Identifier: GPL-2.0
/*
 * Mean, its interval, median; see interval.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>

#include "interval.h"

int interval__mean(const double *v, size_t n, double confidence,
		   struct interval *i)
{
	*i = (struct interval) { .mean = NAN, .sd = NAN, .half = NAN };
	if (n)
		i->mean = gsl_stats_mean(v, 1, n);
	if (n < 2 || !(confidence > 0 && confidence < 1))
		return -1;
	i->sd = gsl_stats_sd_m(v, 1, n, i->mean);
	i->half = gsl_cdf_tdist_Pinv(1 - (1 - confidence) / 2, n - 1) * i->sd /
		  sqrt(n);
	return 0;
}

double interval__median(const double *v, size_t n)
{
	double *copy, low, high;

	if (!n)
		return NAN;
	copy = malloc(n * sizeof(*copy));
	if (!copy)
		return NAN;
	memcpy(copy, v, n * sizeof(*copy));
	low = gsl_stats_select(copy, 1, n, (n - 1) / 2);
	high = n % 2 ? low : gsl_stats_select(copy, 1, n, n / 2);
	free(copy);
	/* Half each: of finite values it is finite. */
	return low / 2 + high / 2;
}

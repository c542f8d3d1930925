// SPDX-License-Identifier: GPL-2.0
/* See detect.h. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "power.h"
#include "rank.h"

double power__pairs(double sd, size_t n, double alpha, double power)
{
	if (!(alpha > 0 && alpha < 1) || !(power > 0 && power < 1))
		return NAN;
	if (n < 2 || n < rank__pairs_needed(alpha))
		return INFINITY;
	if (!(sd >= 0) || isinf(sd))
		return NAN;
	return (gsl_cdf_tdist_Pinv(1 - alpha / 2, n - 1) +
		gsl_cdf_tdist_Pinv(power, n - 1)) * sd / sqrt(n) /
	       sqrt(3 / M_PI);
}

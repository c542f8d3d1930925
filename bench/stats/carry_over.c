// SPDX-License-Identifier: GPL-2.0
/* See carry_over.h. */
#include <math.h>
#include <stdlib.h>

#include "carry_over.h"
#include "interval.h"

/* Each column's median. tmp has room for the rows. */
static void medians(double *median, const double *x, size_t rows,
		    size_t columns, double *tmp)
{
	for (size_t c = 0; c < columns; c++) {
		for (size_t r = 0; r < rows; r++)
			tmp[r] = x[r * columns + c];
		median[c] = interval__median(tmp, rows);
	}
}

/* The median of what followed one subject; NAN of none. */
static double followed(size_t subject, const double *x, const size_t *after,
		       const double *median, size_t rows, size_t columns,
		       double *tmp)
{
	size_t n = 0;

	for (size_t i = 0; i < rows * columns; i++) {
		if (after[i] == subject)
			tmp[n++] = x[i] - median[i % columns];
	}
	return interval__median(tmp, n);
}

double carry_over__range(const double *x, const size_t *after, size_t rows,
			 size_t columns)
{
	double *tmp = malloc((rows * columns + 1) * sizeof(*tmp));
	double *median = malloc((columns + 1) * sizeof(*median));
	double least = INFINITY, most = -INFINITY;
	size_t n = 0;

	if (tmp && median)
		medians(median, x, rows, columns, tmp);
	for (size_t s = 0; tmp && median && s < columns; s++) {
		double m = followed(s, x, after, median, rows, columns, tmp);

		if (isnan(m))
			continue;
		n++;
		least = fmin(least, m);
		most = fmax(most, m);
	}
	free(median);
	free(tmp);
	return n < 2 ? NAN : most - least;
}

// SPDX-License-Identifier: GPL-2.0
/* See hodges_lehmann.h. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <gsl/gsl_statistics_double.h>

#include "hodges_lehmann.h"
#include "rank.h"

/* The k-th Walsh average by size, from 0; what is asked for is few of many. */
static double nth(const struct hodges_lehmann *h, size_t k)
{
	return gsl_stats_select(h->walsh, 1, h->n * (h->n + 1) / 2, k);
}

int hodges_lehmann__make(struct hodges_lehmann *h, const double *d, size_t n)
{
	const size_t nr = n * (n + 1) / 2;
	double *w = n ? malloc(nr * sizeof(*w)) : NULL;
	bool finite = true;
	size_t k = 0;

	*h = (struct hodges_lehmann) { .estimate = NAN };
	for (size_t i = 0; w && i < n; i++) {
		finite &= isfinite(d[i]) != 0;
		/* Half each: of finite values it is finite. */
		for (size_t m = i; m < n; m++)
			w[k++] = d[i] / 2 + d[m] / 2;
	}
	if (!w || !finite) {
		free(w);
		return -1;
	}
	h->walsh = w;
	h->n = n;
	h->estimate = nth(h, (nr - 1) / 2) / 2 + nth(h, nr / 2) / 2;
	return 0;
}

void hodges_lehmann__free(struct hodges_lehmann *h)
{
	free(h->walsh);
	*h = (struct hodges_lehmann) { .estimate = NAN };
}

struct hl_interval hodges_lehmann__interval(const struct hodges_lehmann *h,
					    double alpha)
{
	const size_t nr = h->n * (h->n + 1) / 2;
	size_t w;

	if (rank__signed_critical(h->n, alpha, &w))
		return (struct hl_interval) { NAN, NAN };
	return (struct hl_interval) { nth(h, w), nth(h, nr - 1 - w) };
}

// SPDX-License-Identifier: GPL-2.0
/* See holm.h. */
#include <errno.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>

#include "holm.h"

int holm__adjust(const double *p, size_t n, double *adjusted)
{
	size_t *at = malloc((n + 1) * sizeof(*at)), nr = 0;
	double *real = malloc((n + 1) * sizeof(*real)), most = 0;
	size_t *place = malloc((n + 1) * sizeof(*place));

	if (!at || !real || !place) {
		free(at);
		free(real);
		free(place);
		return -ENOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		adjusted[i] = NAN;
		if (!isnan(p[i])) {
			place[nr] = i;
			real[nr++] = p[i];
		}
	}
	if (nr)
		gsl_sort_index(at, real, 1, nr);
	for (size_t i = 0; i < nr; i++) {
		most = fmax(most, fmin(1, (nr - i) * real[at[i]]));
		adjusted[place[at[i]]] = most;
	}
	free(at);
	free(real);
	free(place);
	return 0;
}

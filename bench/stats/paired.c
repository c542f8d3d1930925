// SPDX-License-Identifier: GPL-2.0
/* See paired.h. */
#include <stdlib.h>

#include "paired.h"

#define TRIM	0.05		/* of the pairs, at each end */

struct part {			/* nr pairs that differ by diff */
	int64_t diff;
	uint64_t nr;
};

static uint64_t samples_of(const struct paired_hist *h)
{
	uint64_t n = 0;

	for (size_t i = 0; i < h->nr; i++)
		n += h->count[i];
	return n;
}

static int by_diff(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->diff > y->diff) - (x->diff < y->diff);
}

/* Walk both up from their smallest samples; equal differences become one part. */
static size_t pair(struct part *part, const struct paired_hist *a,
		   const struct paired_hist *b)
{
	size_t i = 0, k = 0, nr = 0, to = 0;
	uint64_t of_a = a->count[0], of_b = b->count[0];

	while (i < a->nr && k < b->nr) {
		const uint64_t n = of_a < of_b ? of_a : of_b;

		if (n)
			part[nr++] = (struct part) {
				(int64_t)(b->value[k] - a->value[i]), n
			};
		of_a -= n;
		of_b -= n;
		if (!of_a && ++i < a->nr)
			of_a = a->count[i];
		if (!of_b && ++k < b->nr)
			of_b = b->count[k];
	}
	qsort(part, nr, sizeof(*part), by_diff);
	for (size_t p = 1; p < nr; p++) {
		if (part[p].diff == part[to].diff)
			part[to].nr += part[p].nr;
		else
			part[++to] = part[p];
	}
	return to + 1;
}

static double trimmed(const struct part *part, size_t nr, uint64_t n)
{
	const uint64_t cut = TRIM * n;
	uint64_t seen = 0;
	double sum = 0;

	for (size_t p = 0; p < nr; p++) {
		const uint64_t from = seen > cut ? seen : cut;
		uint64_t to = seen + part[p].nr;

		seen = to;
		to = to < n - cut ? to : n - cut;
		if (to > from)
			sum += (double)part[p].diff * (to - from);
	}
	return sum / (n - 2 * cut);
}

int paired__hists(struct paired *p, const struct paired_hist *a,
		  const struct paired_hist *b)
{
	const uint64_t n = samples_of(a);
	struct part *part;
	size_t nr;

	*p = (struct paired) { 0 };
	if (!n || n != samples_of(b))
		return -1;
	part = malloc((a->nr + b->nr) * sizeof(*part));
	if (!part)
		return -1;
	nr = pair(part, a, b);
	p->n = n;
	p->least = part[0].diff;
	p->most = part[nr - 1].diff;
	p->trimmed = trimmed(part, nr, n);
	for (size_t i = 0; i < nr; i++) {
		if (part[i].nr > p->mode_count) {
			p->mode = part[i].diff;
			p->mode_count = part[i].nr;
		}
	}
	free(part);
	return 0;
}

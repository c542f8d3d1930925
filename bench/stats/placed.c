// SPDX-License-Identifier: GPL-2.0
/* See placed.h: a merge sort from below, of short runs that are sorted by insertion. */
#include <stdlib.h>
#include <string.h>

#include "placed.h"

#define RUN	8

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void insert(struct placed *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		const struct placed x = p[i];
		size_t k = i;

		for (; k && p[k - 1].value > x.value; k--)
			p[k] = p[k - 1];
		p[k] = x;
	}
}

/*
 * Two sorted parts, the second from middle on, into one. Which comes next nobody can
 * foretell, so it is chosen without a jump.
 */
static void merge(struct placed *to, const struct placed *p, size_t middle,
		  size_t n)
{
	size_t a = 0, b = middle;

	while (a < middle && b < n) {
		const size_t second = p[b].value < p[a].value;

		*to++ = p[second ? b : a];
		a += !second;
		b += second;
	}
	memcpy(to, p + a, (middle - a) * sizeof(*p));
	memcpy(to + (middle - a), p + b, (n - b) * sizeof(*p));
}

struct placed *placed__sorted(const double *v, size_t n)
{
	struct placed *p = malloc((n + 1) * sizeof(*p)), *swap;
	struct placed *to = malloc((n + 1) * sizeof(*to));

	if (!p || !to) {
		free(p);
		free(to);
		return NULL;
	}
	for (size_t i = 0; i < n; i++)
		p[i] = (struct placed) { v[i], i };
	for (size_t i = 0; i < n; i += RUN)
		insert(p + i, least(RUN, n - i));
	for (size_t width = RUN; width < n; width *= 2) {
		for (size_t i = 0; i < n; i += 2 * width)
			merge(to + i, p + i, least(width, n - i),
			      least(2 * width, n - i));
		swap = p;
		p = to;
		to = swap;
	}
	free(to);
	return p;
}

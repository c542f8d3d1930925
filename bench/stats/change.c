// SPDX-License-Identifier: GPL-2.0
/* See change.h. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "change.h"
#include "interval.h"
#include "rank.h"

/* Sums of |x - y| over pairs: inside the left, inside the right, across. */
struct energy {
	double left, right, across;
};

/* Value k leaves the right side for the left one. */
static void move(struct energy *e, const double *v, size_t n, size_t k)
{
	double to_left = 0, to_right = 0;

	for (size_t i = 0; i < k; i++)
		to_left += fabs(v[k] - v[i]);
	for (size_t i = k + 1; i < n; i++)
		to_right += fabs(v[k] - v[i]);
	e->left += to_left;
	e->right -= to_right;
	e->across += to_right - to_left;
}

/* Matteson and James, equation 5, times n m / (n + m), of a split at k. */
static double distance(const struct energy *e, double left, double right)
{
	double inside = e->left / (left * (left - 1) / 2) +
			e->right / (right * (right - 1) / 2);

	return left * right / (left + right) *
	       (2 * e->across / (left * right) - inside);
}

/* The best place to split, or 0 where there is none. */
static size_t best_split(const double *v, size_t n)
{
	struct energy e = { 0 };
	double most = 0;
	size_t best = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			e.right += fabs(v[i] - v[k]);
	for (size_t k = 0; k < n; k++) {
		size_t left = k + 1;
		double q;

		move(&e, v, n, k);
		if (left < CHANGE_LEAST || n - left < CHANGE_LEAST)
			continue;
		q = distance(&e, left, n - left);
		if (q > most) {
			most = q;
			best = left;
		}
	}
	return best;
}

/* Mark the splits of v[0 .. n), which begins at `from` of the whole. */
static void split(const double *v, size_t n, size_t from, bool *is)
{
	struct rank_test t;
	size_t at;

	if (n < 2 * CHANGE_LEAST)
		return;
	at = best_split(v, n);
	if (!at || rank__mann_whitney(v, at, v + at, n - at, &t) ||
	    t.p >= CHANGE_ALPHA)
		return;
	is[from + at] = true;
	split(v, at, from, is);
	split(v + at, n - at, from + at, is);
}

size_t change__points(const double *v, size_t n, struct change *out)
{
	bool *is = calloc(n + 1, sizeof(*is));
	size_t nr = 0, before = 0;

	if (!is)
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i])) {
			free(is);
			return 0;
		}
	}
	split(v, n, 0, is);
	for (size_t at = 1; at < n; at++) {
		struct rank_test t;
		size_t end = at + 1;

		if (!is[at])
			continue;
		while (end < n && !is[end])
			end++;
		rank__mann_whitney(v + before, at - before, v + at, end - at, &t);
		out[nr++] = (struct change) {
			at, interval__median(v + before, at - before),
			interval__median(v + at, end - at), t.p,
		};
		before = at;
	}
	free(is);
	return nr;
}

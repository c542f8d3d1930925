// SPDX-License-Identifier: GPL-2.0
/* See changepoint.h. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "autocorrelation.h"
#include "changepoint.h"
#include "energy_distance.h"
#include "interval.h"
#include "rank.h"

#define SHORTEST	16	/* interval that can hold a split at CHANGEPOINT_ALPHA */

/* Places of splits, rising, and the p of each between its neighbours. */
struct splits {
	const double *v;
	struct autocorrelation noise;
	size_t n;
	size_t *at;
	double *p;
	size_t nr;
};

/* Of the test of ranks, and where noise goes on of the one that knows it: the larger. */
static double p_between(const struct splits *s, const double *v, size_t left,
			size_t right)
{
	const size_t from[] = { 0, left, left + right };
	struct rank_test t;
	double z;

	if (left < CHANGEPOINT_LEAST || right < CHANGEPOINT_LEAST ||
	    rank__mann_whitney(v, left, v + left, right, &t))
		return 1;
	if (!(s->noise.part > 0))
		return t.p;
	z = autocorrelation__apart(&s->noise, v, from, 2);
	return fmax(t.p, 2 * gsl_cdf_ugaussian_Q(fabs(z)));
}

/* A split where this interval of the series has one. */
static void look(const struct splits *s, size_t from, size_t n, bool *is)
{
	size_t at = energy_distance__split(s->v + from, n, CHANGEPOINT_LEAST);

	if (at && p_between(s, s->v + from, at, n - at) < CHANGEPOINT_ALPHA)
		is[from + at] = true;
}

/* Lengths of n, n / 2, n / 4, each in steps of half of it. */
static void look_everywhere(const struct splits *s, bool *is)
{
	const size_t n = s->n;

	look(s, 0, n, is);
	for (double length = n / 2.0; length >= SHORTEST; length /= 2) {
		for (size_t i = 0; (i + 2) * length / 2 <= n; i++)
			look(s, i * length / 2, length, is);
	}
}

static size_t start_of(const struct splits *s, size_t i)
{
	return i ? s->at[i - 1] : 0;
}

static size_t end_of(const struct splits *s, size_t i)
{
	return i + 1 < s->nr ? s->at[i + 1] : s->n;
}

static void test(struct splits *s, size_t i)
{
	size_t from = start_of(s, i);

	s->p[i] = p_between(s, s->v + from, s->at[i] - from,
			    end_of(s, i) - s->at[i]);
}

/* Drop the least sure one until all are sure enough. */
static void prune(struct splits *s)
{
	const double enough = fmin(CHANGEPOINT_ALPHA, CHANGEPOINT_FAMILY / s->n);

	for (size_t i = 0; i < s->nr; i++)
		test(s, i);
	for (;;) {
		size_t least = 0;

		for (size_t i = 1; i < s->nr; i++)
			least = s->p[i] > s->p[least] ? i : least;
		if (!s->nr || s->p[least] < enough)
			return;
		s->nr--;
		for (size_t i = least; i < s->nr; i++) {
			s->at[i] = s->at[i + 1];
			s->p[i] = s->p[i + 1];
		}
		if (least)
			test(s, least - 1);
		if (least < s->nr)
			test(s, least);
	}
}

/* Each where both of its levels, now known, differ most. */
static void move_to_best(struct splits *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		size_t from = start_of(s, i);
		size_t at = energy_distance__split(s->v + from, end_of(s, i) - from,
					  CHANGEPOINT_LEAST);

		if (at)
			s->at[i] = from + at;
	}
}

/* So large that no sum of differences is infinite; false where v is. */
static bool scale(const double *v, size_t n, double *scaled)
{
	double most = 0;

	for (size_t i = 0; i < n; i++) {
		if (!isfinite(v[i]))
			return false;
		most = fmax(most, fabs(v[i]));
	}
	for (size_t i = 0; i < n; i++)
		scaled[i] = most > 0 ? v[i] / most : 0;
	return true;
}

size_t changepoint__find(const double *v, size_t n, struct changepoint *out)
{
	double *scaled = malloc((n + 1) * sizeof(*scaled));
	bool *is = calloc(n + 1, sizeof(*is));
	struct splits s = {
		.v = scaled, .n = n,
		.at = calloc(n + 1, sizeof(*s.at)),
		.p = calloc(n + 1, sizeof(*s.p)),
	};

	if (n < 2 * CHANGEPOINT_LEAST || !scaled || !is || !s.at || !s.p ||
	    !scale(v, n, scaled))
		goto out;
	s.noise = autocorrelation__of(scaled, n);
	look_everywhere(&s, is);
	for (size_t at = 1; at < n; at++) {
		if (is[at])
			s.at[s.nr++] = at;
	}
	prune(&s);
	move_to_best(&s);
	prune(&s);
	for (size_t i = 0; i < s.nr; i++) {
		size_t from = start_of(&s, i), at = s.at[i];

		out[i] = (struct changepoint) {
			.at = at, .p = s.p[i],
			.before = interval__median(v + from, at - from),
			.after = interval__median(v + at, end_of(&s, i) - at),
		};
	}
out:
	free(s.p);
	free(s.at);
	free(is);
	free(scaled);
	return s.nr;
}

// SPDX-License-Identifier: GPL-2.0
/* See "energy_distance.h". */
#include <math.h>
#include <stdlib.h>

#include "energy_distance.h"
#include "placed.h"

/* How many values, and what they add up to. */
struct part {
	double nr, sum;
};

struct sides {
	size_t n;
	struct placed *order;	/* the values, rising */
	size_t *rank;		/* of each place, from 1 */
	double *to_all;		/* sum of |x - y| over all y, of each place */
	struct part *tree;	/* of those on the left, by rank */
	struct part left;
	double inside_left, inside_right, across;
};

static int begin(struct sides *s, const double *v, size_t n)
{
	double below = 0, all = 0;

	*s = (struct sides) { .n = n };
	s->order = placed__sorted(v, n);
	s->rank = malloc(n * sizeof(*s->rank));
	s->to_all = malloc(n * sizeof(*s->to_all));
	s->tree = calloc(n + 1, sizeof(*s->tree));
	if (!s->order || !s->rank || !s->to_all || !s->tree)
		return -1;
	for (size_t i = 0; i < n; i++)
		all += v[i];
	for (size_t i = 0; i < n; i++) {
		size_t k = s->order[i].place;

		s->rank[k] = i + 1;
		s->to_all[k] = i * v[k] - below + (all - below) -
			       (double)(n - i) * v[k];
		s->inside_right += s->to_all[k] / 2;
		below += v[k];
	}
	return 0;
}

static void end(struct sides *s)
{
	free(s->order);
	free(s->rank);
	free(s->to_all);
	free(s->tree);
}

/* Those of the left side whose rank is not above this one. */
static struct part below(const struct sides *s, size_t rank)
{
	struct part p = { 0 };

	for (; rank; rank &= rank - 1) {
		p.nr += s->tree[rank].nr;
		p.sum += s->tree[rank].sum;
	}
	return p;
}

/* Value k leaves the right side for the left one. */
static void move(struct sides *s, size_t k, double x)
{
	struct part low = below(s, s->rank[k]);
	double to_left = low.nr * x - low.sum + (s->left.sum - low.sum) -
			 (s->left.nr - low.nr) * x;
	double to_right = s->to_all[k] - to_left;

	s->inside_left += to_left;
	s->inside_right -= to_right;
	s->across += to_right - to_left;
	s->left.nr++;
	s->left.sum += x;
	for (size_t r = s->rank[k]; r <= s->n; r += r & -r) {
		s->tree[r].nr++;
		s->tree[r].sum += x;
	}
}

static double distance(const struct sides *s)
{
	double n = s->left.nr, m = s->n - n;

	return n * m / (n + m) * (2 * s->across / (n * m) -
				  s->inside_left / (n * (n - 1) / 2) -
				  s->inside_right / (m * (m - 1) / 2));
}

size_t energy_distance__split(const double *v, size_t n, size_t least)
{
	struct sides s;
	double most = 0;
	size_t best = 0;

	least = least < 2 ? 2 : least;
	if (n < 2 * least)
		return 0;
	if (begin(&s, v, n))
		goto out;
	for (size_t k = 0; k + least < n; k++) {
		double q;

		move(&s, k, v[k]);
		if (k + 1 < least)
			continue;
		q = distance(&s);
		if (q > most) {
			most = q;
			best = k + 1;
		}
	}
out:
	end(&s);
	return best;
}

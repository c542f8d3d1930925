// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds that count, and blocks of them; see rounds.h.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "rounds.h"

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The value below which share of the n lie; v is sorted on the way. */
static double quantile(double *v, size_t n, double share)
{
	qsort(v, n, sizeof(*v), by_value);
	return v[(size_t)(share * (n - 1))];
}

static double middle(double *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_value);
	return n & 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* How slow each round was. tmp has room for a row and for a column. */
static void rate(double *slow, const double *x, size_t rounds, size_t columns,
		 double *low, double *tmp)
{
	for (size_t c = 0; c < columns; c++) {
		for (size_t r = 0; r < rounds; r++)
			tmp[r] = x[r * columns + c];
		low[c] = quantile(tmp, rounds, 0.1);
	}
	for (size_t r = 0; r < rounds; r++) {
		for (size_t c = 0; c < columns; c++)
			tmp[c] = x[r * columns + c] / low[c];
		slow[r] = quantile(tmp, columns, 0.5);
	}
}

/* The limit above which a round does not count. */
static double limit_of(const double *slow, size_t rounds, double *tmp)
{
	double limit, least;

	memcpy(tmp, slow, rounds * sizeof(*slow));
	limit = ROUNDS_SLOWER * quantile(tmp, rounds, 0.1);
	least = quantile(tmp, rounds, ROUNDS_LEAST_SHARE);
	return limit > least ? limit : least;
}

static void fill_block(struct blocks *b, size_t block, const double *x,
		       const size_t *kept, size_t from, size_t to, double *tmp)
{
	for (size_t c = 0; c < b->columns; c++) {
		for (size_t i = from; i < to; i++)
			tmp[i - from] = x[kept[i] * b->columns + c];
		b->figure[block * b->columns + c] = middle(tmp, to - from);
	}
}

static bool sound(const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(x[i]) || x[i] <= 0)
			return false;
	}
	return n > 0;
}

int rounds__make(struct blocks *b, const double *x, size_t rounds,
		 size_t columns, size_t nr)
{
	size_t room = rounds > columns ? rounds : columns, n = 0;
	double *slow, *tmp, *low, limit;
	size_t *kept;
	int e = 0;

	*b = (struct blocks) { 0 };
	if (!nr || !sound(x, rounds * columns))
		return -EINVAL;
	slow = malloc(rounds * sizeof(*slow));
	tmp = malloc(room * sizeof(*tmp));
	low = malloc(columns * sizeof(*low));
	kept = malloc(rounds * sizeof(*kept));
	b->figure = malloc(nr * columns * sizeof(*b->figure));
	if (!slow || !tmp || !low || !kept || !b->figure) {
		e = -ENOMEM;
		goto out;
	}
	rate(slow, x, rounds, columns, low, tmp);
	limit = limit_of(slow, rounds, tmp);
	for (size_t r = 0; r < rounds; r++) {
		if (slow[r] <= limit)
			kept[n++] = r;
	}
	b->nr = nr;
	b->columns = columns;
	b->kept = (double)n / rounds;
	if (n < nr * ROUNDS_PER_BLOCK) {
		e = -ENODATA;
		goto out;
	}
	for (size_t i = 0; i < nr; i++)
		fill_block(b, i, x, kept, n * i / nr, n * (i + 1) / nr, tmp);
out:
	free(kept);
	free(low);
	free(tmp);
	free(slow);
	if (e)
		rounds__free(b);
	return e;
}

void rounds__free(struct blocks *b)
{
	free(b->figure);
	*b = (struct blocks) { 0 };
}

static double over_blocks(const struct blocks *b, size_t column_a,
			  const size_t *column_b)
{
	double *v = malloc(b->nr * sizeof(*v)), m;

	if (!v)
		return NAN;
	for (size_t i = 0; i < b->nr; i++) {
		const double *row = b->figure + i * b->columns;

		v[i] = row[column_a] - (column_b ? row[*column_b] : 0);
	}
	m = middle(v, b->nr);
	free(v);
	return m;
}

double rounds__difference(const struct blocks *b, size_t column_a,
			  size_t column_b)
{
	return over_blocks(b, column_a, &column_b);
}

double rounds__figure(const struct blocks *b, size_t column)
{
	return over_blocks(b, column, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* See rank.h. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "placed.h"
#include "rank.h"

/* Rank v; the sum of t^3 - t over groups of t equal values; NAN without memory. */
static double rank_all(const double *v, size_t n, double *rank)
{
	struct placed *order = placed__sorted(v, n);
	double ties = 0;
	size_t i, k, end;

	if (!order)
		return NAN;
	for (i = 0; i < n; i = end) {
		double t;

		for (end = i + 1; end < n && order[end].value == order[i].value;
		     end++)
			;
		t = end - i;
		for (k = i; k < end; k++)
			rank[order[k].place] = (i + 1 + end) / 2.0;
		ties += t * t * t - t;
	}
	free(order);
	return ties;
}

/* Two-sided, half a step towards the middle. */
static double normal_p(double statistic, double mean, double variance)
{
	double z = fabs(statistic - mean) - 0.5;

	if (variance <= 0)
		return 1;
	return z <= 0 ? 1 : fmin(1, 2 * gsl_cdf_ugaussian_Q(z / sqrt(variance)));
}

/* Two-sided from counts of a symmetric statistic 0 .. max. */
static double counted_p(const double *count, size_t max, double statistic)
{
	size_t low = statistic > max / 2.0 ? max - statistic : statistic;
	double tail = 0, all = 0;

	for (size_t i = 0; i <= max; i++) {
		all += count[i];
		tail += i <= low ? count[i] : 0;
	}
	return fmin(1, 2 * tail / all);
}

/* Of na and nb values: na + nb over na. */
static double orders(size_t na, size_t nb)
{
	double n = 1;

	for (size_t i = 1; i <= na; i++)
		n = n * (nb + i) / i;
	return n;
}

/*
 * In how many orders of na and nb values U is at most u: sums of the coefficients
 * of the product of (1 - q^(nb + k)) / (1 - q^k) over k = 1 .. na, which after each
 * k are those of fewer values: never above the number of orders. None depends on
 * one above it. NAN without memory.
 */
static double count_u(size_t na, size_t nb, size_t u)
{
	double *c = calloc(u + 1, sizeof(*c)), sum = 0;
	size_t i, k;

	if (!c)
		return NAN;
	c[0] = 1;
	for (k = 1; k <= na; k++) {
		for (i = u; i >= nb + k; i--)
			c[i] -= c[i - nb - k];
		for (i = k; i <= u; i++)
			c[i] += c[i - k];
	}
	for (i = 0; i <= u; i++)
		sum += c[i];
	free(c);
	return sum;
}

/* Two-sided, of na and nb values of fewer orders than 2^53, na not above nb. */
static double exact_u(size_t na, size_t nb, double statistic)
{
	const size_t max = na * nb;
	size_t low = statistic > max / 2.0 ? max - statistic : statistic;
	uint64_t all = 1;
	double tail;

	/* as orders(), without rounding: i times that number is below 2^58 */
	for (size_t i = 1; i <= na; i++)
		all = all * (nb + i) / i;
	tail = count_u(na, nb, low);
	return isnan(tail) ? NAN : fmin(1, 2 * tail / all);
}

/* In how many of 2^n signs W+ is i. */
static double *count_w(size_t n)
{
	const size_t max = n * (n + 1) / 2;
	double *c = calloc(max + 1, sizeof(*c));

	if (!c)
		return NULL;
	c[0] = 1;
	for (size_t k = 1; k <= n; k++) {
		for (size_t i = max; i >= k; i--)
			c[i] += c[i - k];
	}
	return c;
}

int rank__mann_whitney(const double *a, size_t na, const double *b, size_t nb,
		       struct rank_test *t)
{
	const double n = na + nb;
	double *v = calloc(2 * (na + nb) + 1, sizeof(*v)), *rank = v + na + nb;
	double ties = NAN, sum = 0;
	bool finite = v;

	*t = (struct rank_test) { .p = NAN, .n = na + nb };
	for (size_t i = 0; v && i < na + nb; i++) {
		v[i] = i < na ? a[i] : b[i - na];
		finite &= isfinite(v[i]) != 0;
	}
	if (finite && na && nb)
		ties = rank_all(v, na + nb, rank);
	for (size_t i = 0; !isnan(ties) && i < na; i++)
		sum += rank[i];
	free(v);
	if (isnan(ties))
		return -1;
	t->statistic = sum - na * (na + 1) / 2.0;
	t->exact = ties == 0 && orders(na, nb) < 0x1p53;
	if (!t->exact) {
		t->p = normal_p(t->statistic, na * nb / 2.0, na * nb / 12.0 *
				(n + 1 - ties / (n * (n - 1))));
		t->p = fmax(t->p, rank__least_p(na, nb));
		return 0;
	}
	t->p = na < nb ? exact_u(na, nb, t->statistic) :
			 exact_u(nb, na, t->statistic);
	return isnan(t->p) ? -1 : 0;
}

int rank__signed(const double *d, size_t n, struct rank_test *t)
{
	double *v = calloc(3 * n + 1, sizeof(*v)), *rank = v + n;
	double *sign = v + 2 * n, ties = NAN, *count, m;
	bool finite = v;

	*t = (struct rank_test) { .p = NAN };
	for (size_t i = 0; v && i < n; i++) {
		finite &= isfinite(d[i]) != 0;
		if (d[i] != 0) {
			v[t->n] = fabs(d[i]);
			sign[t->n++] = d[i] > 0;
		}
	}
	if (finite && n)
		ties = rank_all(v, t->n, rank);
	for (size_t i = 0; !isnan(ties) && i < t->n; i++)
		t->statistic += sign[i] * rank[i];
	free(v);
	if (isnan(ties))
		return -1;
	m = t->n;
	t->exact = ties == 0 && t->n <= RANK_EXACT_PAIRS;
	if (!t->n) {
		t->p = 1;
		return 0;
	}
	if (!t->exact) {
		t->p = normal_p(t->statistic, m * (m + 1) / 4,
				m * (m + 1) * (2 * m + 1) / 24 - ties / 48);
		t->p = fmax(t->p, rank__least_p_pairs(t->n));
		return 0;
	}
	count = count_w(t->n);
	if (!count)
		return -1;
	t->p = counted_p(count, t->n * (t->n + 1) / 2, t->statistic);
	free(count);
	return 0;
}

/* p of W+ among n differences without ties, by the normal distribution. */
static double normal_w(size_t n, double statistic)
{
	const double m = n;

	return fmax(normal_p(statistic, m * (m + 1) / 4,
			     m * (m + 1) * (2 * m + 1) / 24),
		    rank__least_p_pairs(n));
}

/* How many W+ from 0 on are below alpha by counting; 0 without memory. */
static size_t below_counted(size_t n, double alpha)
{
	double *count = count_w(n), tail = 0;
	size_t nr = 0;

	if (!count)
		return 0;
	for (; nr <= n * (n + 1) / 4; nr++) {
		tail += count[nr];
		if (!(fmin(1, 2 * tail / ldexp(1, n)) < alpha))
			break;
	}
	free(count);
	return nr;
}

/* The same by the normal distribution, whose p rises with W+ to the middle. */
static size_t below_normal(size_t n, double alpha)
{
	size_t low = 0, high = n * (n + 1) / 4 + 1;

	while (low < high) {
		const size_t w = low + (high - low) / 2;

		if (normal_w(n, w) < alpha)
			low = w + 1;
		else
			high = w;
	}
	return low;
}

int rank__signed_critical(size_t n, double alpha, size_t *w)
{
	size_t nr = 0;

	if (n)
		nr = n <= RANK_EXACT_PAIRS ? below_counted(n, alpha) :
					     below_normal(n, alpha);
	if (!nr)
		return -1;
	*w = nr - 1;
	return 0;
}

double rank__least_p_pairs(size_t n)
{
	return n ? fmin(1, ldexp(2, -(int)n)) : 1;
}

double rank__least_p(size_t na, size_t nb)
{
	return na && nb ? fmin(1, 2 / orders(na, nb)) : 1;
}

size_t rank__pairs_needed(double alpha)
{
	size_t n = 1;

	if (!(alpha > 0))
		return 0;
	while (rank__least_p_pairs(n) >= alpha)
		n++;
	return n;
}

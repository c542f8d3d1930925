// SPDX-License-Identifier: GPL-2.0
/* Rank tests, Holm's correction, the bootstrap, against published figures. */
#include <math.h>

#include "unit.h"
#include "bootstrap.h"
#include "holm.h"
#include "rank.h"

static double signed_p(const double *d, size_t n)
{
	struct rank_test t;

	assert_int_equal(rank__signed(d, n, &t), 0);
	return t.p;
}

/* n differences 1 .. n whose negative ones sum up to w. */
static double p_of_w(size_t n, size_t w)
{
	double d[64];

	for (size_t i = n; i; i--) {
		bool negative = w >= i;

		d[i - 1] = negative ? -(double)i : (double)i;
		w -= negative ? i : 0;
	}
	assert_int_equal(w, 0);
	return signed_p(d, n);
}

/* Wilcoxon's table: the largest W with two-sided p <= 0.05, by n. */
static void signed_ranks_have_the_published_critical_values(void **state)
{
	static const struct { size_t n, w; } table[] = {
		{ 6, 0 }, { 7, 2 }, { 8, 3 }, { 9, 5 }, { 10, 8 }, { 12, 13 },
		{ 15, 25 }, { 20, 52 }, { 25, 89 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_true(p_of_w(table[i].n, table[i].w) <= 0.05);
		assert_true(p_of_w(table[i].n, table[i].w + 1) > 0.05);
	}
	/* R: 2 * psignrank(8, 10) */
	assert_float_equal(p_of_w(10, 8), 0.048828125, 1e-12);
	assert_float_equal(p_of_w(5, 0), 2.0 / 32, 1e-12);
}

static double u_p(size_t na, size_t nb, size_t u)
{
	double a[32], b[32];
	struct rank_test t;

	/* a below all of b; then its largest steps over u of them. */
	for (size_t i = 0; i < nb; i++)
		b[i] = 100 + i;
	for (size_t i = 0; i < na; i++) {
		size_t over = u < nb ? u : nb;

		a[na - 1 - i] = 99.5 + over - 0.001 * i;
		u -= over;
	}
	assert_int_equal(rank__mann_whitney(a, na, b, nb, &t), 0);
	assert_true(t.exact);
	return t.p;
}

/* Mann and Whitney's U at two-sided 0.05, as tabled. */
static void u_has_the_published_critical_values(void **state)
{
	static const struct { size_t na, nb, u; } table[] = {
		{ 4, 4, 0 }, { 5, 5, 2 }, { 6, 6, 5 }, { 5, 8, 6 }, { 8, 8, 13 },
		{ 10, 10, 23 }, { 12, 15, 49 }, { 20, 20, 127 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		assert_true(u_p(table[i].na, table[i].nb, table[i].u) <= 0.05);
		assert_true(u_p(table[i].na, table[i].nb, table[i].u + 1) > 0.05);
	}
	/* 4 of the 252 orders of 5 and 5 have U <= 2. */
	assert_float_equal(u_p(5, 5, 2), 2 * 4.0 / 252, 1e-12);
}

static void ties_are_corrected_for(void **state)
{
	/* By hand: U 2.5, variance 4*4/12 * (9 - 36/56), z 1.49786 */
	const double a[] = { 1, 2, 2, 3 }, b[] = { 2, 3, 4, 4 };
	/* Ranks of |d| 1.5 1.5 3 4: W+ 8.5, variance 7.5 - 6/48, z 1.10463 */
	const double d[] = { 1, -1, 2, 3 };
	struct rank_test t;

	(void)state;
	assert_int_equal(rank__mann_whitney(a, 4, b, 4, &t), 0);
	assert_false(t.exact);
	assert_float_equal(t.statistic, 2.5, 1e-12);
	assert_float_equal(t.p, 0.1342, 0.0005);
	assert_int_equal(rank__signed(d, 4, &t), 0);
	assert_false(t.exact);
	assert_float_equal(t.statistic, 8.5, 1e-12);
	assert_float_equal(t.p, 0.2693, 0.0005);
}

static void degenerate_samples_have_no_test_or_no_difference(void **state)
{
	const double same[] = { 7, 7, 7, 7 }, zero[] = { 0, 0 };
	const double odd[] = { 1, NAN, 2 }, far[] = { 1, INFINITY };
	struct rank_test t;

	(void)state;
	assert_int_equal(rank__mann_whitney(same, 4, same, 4, &t), 0);
	assert_float_equal(t.p, 1, 0);
	assert_int_equal(rank__signed(zero, 2, &t), 0);
	assert_float_equal(t.p, 1, 0);
	assert_int_equal(rank__signed(zero, 0, &t), -1);
	assert_true(isnan(t.p));
	assert_int_equal(rank__signed(odd, 3, &t), -1);
	assert_int_equal(rank__mann_whitney(far, 2, same, 4, &t), -1);
	assert_int_equal(rank__mann_whitney(same, 4, same, 0, &t), -1);
	assert_true(isnan(t.p));
}

static void zeros_are_left_out(void **state)
{
	const double d[] = { 0, 1, 2, 3, 4, 5, 0, 6 };

	(void)state;
	assert_float_equal(signed_p(d, 8), 2.0 / 64, 1e-12);
}

static void what_so_many_can_reach(void **state)
{
	(void)state;
	assert_float_equal(rank__least_p_pairs(5), 0.0625, 1e-12);
	assert_int_equal(rank__pairs_needed(0.05), 6);
	assert_int_equal(rank__pairs_needed(0.05 / 10), 9);
	assert_int_equal(rank__pairs_needed(0), 0);
	assert_float_equal(rank__least_p(3, 3), 0.1, 1e-12);
	assert_float_equal(rank__least_p(0, 3), 1, 0);
}

static void holm_is_r_s(void **state)
{
	/* R: p.adjust(c(.01, .04, .03, .005), "holm") */
	const double p[] = { 0.01, NAN, 0.04, 0.03, 0.005 };
	double a[5];

	(void)state;
	assert_int_equal(holm__adjust(p, 5, a), 0);
	assert_float_equal(a[0], 0.03, 1e-12);
	assert_true(isnan(a[1]));
	assert_float_equal(a[2], 0.06, 1e-12);
	assert_float_equal(a[3], 0.06, 1e-12);
	assert_float_equal(a[4], 0.02, 1e-12);
	a[0] = 0.7;
	assert_int_equal(holm__adjust((double []) { 0.7, 0.6 }, 2, a), 0);
	assert_float_equal(a[0], 1, 0);
	assert_int_equal(holm__adjust(NULL, 0, NULL), 0);
}

static void the_bootstrap_is_the_same_for_the_same_seed(void **state)
{
	const double d[] = { 3, 1, 4, 1.5, 9, 2.6, 5, 3.5 };
	const double none[] = { 5, 5, 5 }, odd[] = { 1, NAN };
	struct bootstrap x, y;

	(void)state;
	assert_int_equal(bootstrap__paired(d, 8, 0.95, 1, &x), 0);
	assert_int_equal(bootstrap__paired(d, 8, 0.95, 1, &y), 0);
	assert_float_equal(x.median, 3.25, 1e-12);
	assert_true(x.low == y.low && x.high == y.high);
	assert_true(x.low >= 1 && x.low < 3.25 && x.high > 3.25 && x.high <= 9);
	assert_int_equal(bootstrap__unpaired(none, 3, d, 8, 0.95, 1, &y), 0);
	assert_float_equal(y.median, 3.25 - 5, 1e-12);
	assert_int_equal(bootstrap__paired(none, 3, 0.95, 1, &x), 0);
	assert_true(x.low == 5 && x.high == 5);
	assert_int_equal(bootstrap__paired(d, 1, 0.95, 1, &x), -1);
	assert_float_equal(x.median, 3, 0);
	assert_true(isnan(x.low));
	assert_int_equal(bootstrap__paired(odd, 2, 0.95, 1, &x), -1);
	assert_true(isnan(x.median));
	assert_int_equal(bootstrap__paired(d, 8, 1, 1, &x), -1);
}

/* A 95 % interval holds the truth in about 95 of 100 samples of 24. */
static void the_bootstrap_covers_what_it_says(void **state)
{
	uint64_t x = 42;
	int covered = 0;

	(void)state;
	for (int i = 0; i < 400; i++) {
		struct bootstrap b;
		double d[24];

		for (int k = 0; k < 24; k++) {
			d[k] = 0;
			/* A sum of 12 uniform numbers less 6: nearly normal. */
			for (int u = 0; u < 12; u++) {
				x = x * 6364136223846793005u + 1442695040888963407u;
				d[k] += (x >> 11) / 0x1p53;
			}
			d[k] -= 6;
		}
		bootstrap__paired(d, 24, 0.95, i, &b);
		covered += b.low <= 0 && b.high >= 0;
	}
	assert_in_range(covered, 365, 395);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_ranks_have_the_published_critical_values),
		cmocka_unit_test(u_has_the_published_critical_values),
		cmocka_unit_test(ties_are_corrected_for),
		cmocka_unit_test(degenerate_samples_have_no_test_or_no_difference),
		cmocka_unit_test(zeros_are_left_out),
		cmocka_unit_test(what_so_many_can_reach),
		cmocka_unit_test(holm_is_r_s),
		cmocka_unit_test(the_bootstrap_is_the_same_for_the_same_seed),
		cmocka_unit_test(the_bootstrap_covers_what_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

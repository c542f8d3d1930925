// SPDX-License-Identifier: GPL-2.0
/* Rank tests against published figures. */
#include <math.h>

#include "unit.h"
#include "placed.h"
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

/*
 * Five pairs that all differ by the same: the normal distribution says 0.037,
 * of 32 signs two are as far out, 0.0625. Likewise 3 and 3: 2 of 20 orders.
 */
static void ties_do_not_reach_what_counting_cannot(void **state)
{
	const double d[] = { 4, 4, 4, 4, 4, 0, 0 };
	const double a[] = { 1, 1, 1 }, b[] = { 2, 2, 2 };
	struct rank_test t;

	(void)state;
	assert_float_equal(signed_p(d, 7), 2.0 / 32, 1e-12);
	assert_int_equal(rank__mann_whitney(a, 3, b, 3, &t), 0);
	assert_float_equal(t.p, 2.0 / 20, 1e-12);
}

/*
 * Examples of SciPy's documentation: of wilcoxon() the heights of Darwin's
 * maize, (24.0, 0.041259765625), where 24 is the smaller of both sums; of
 * mannwhitneyu() ages at a diagnosis, 17.0 and 0.1111111111111111.
 */
static void p_is_that_of_scipy(void **state)
{
	const double d[] = { 6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60,
			     -67, 75 };
	const double male[] = { 19, 22, 16, 29, 24 };
	const double female[] = { 20, 11, 17, 12 };
	struct rank_test t;

	(void)state;
	assert_int_equal(rank__signed(d, 15, &t), 0);
	assert_true(t.exact);
	assert_float_equal(t.statistic, 15 * 16 / 2 - 24, 0);
	assert_float_equal(t.p, 0.041259765625, 1e-12);
	assert_int_equal(rank__mann_whitney(male, 5, female, 4, &t), 0);
	assert_true(t.exact);
	assert_float_equal(t.statistic, 17, 0);
	assert_float_equal(t.p, 0.1111111111111111, 1e-12);
	/* By counting: 7 of 210 orders have U <= 3. */
	assert_float_equal(u_p(4, 6, 3), 2 * 7.0 / 210, 1e-12);
}

/* Far apart by size, and in order all the same. */
static void huge_values_are_ranked(void **state)
{
	const double a[] = { -1.7e308, -1e308, 1e-300, 1 };
	const double b[] = { 1e300, 1e305, 1.1e308, 1.7e308 };
	const double d[] = { 1e308, 1.7e308, 1e-308, 5, 6, 7 };
	struct rank_test t;

	(void)state;
	assert_int_equal(rank__mann_whitney(a, 4, b, 4, &t), 0);
	assert_true(t.exact && t.statistic == 0);
	assert_float_equal(t.p, 2.0 / 70, 1e-12);
	assert_float_equal(signed_p(d, 6), 2.0 / 64, 1e-12);
}

/* 200 and 200 have no countable orders; the normal distribution has an end. */
static void many_values_are_tested_by_the_normal_distribution(void **state)
{
	double a[200], b[200];
	struct rank_test t;

	(void)state;
	for (size_t i = 0; i < 200; i++) {
		a[i] = 2 * i;
		b[i] = 2 * i + 1;
	}
	assert_int_equal(rank__mann_whitney(a, 200, b, 200, &t), 0);
	assert_false(t.exact);
	/* U 19900 of mean 20000, sd sqrt(200 * 200 * 401 / 12): z 0.08606 */
	assert_float_equal(t.statistic, 19900, 0);
	assert_float_equal(t.p, 0.93142, 1e-4);
}

/* Every length up to one of several merges, with many that are equal. */
static void values_are_sorted_and_equal_ones_keep_their_places(void **state)
{
	enum { MOST = 70 };
	double v[MOST];
	uint32_t seed = 1;

	(void)state;
	for (size_t n = 0; n <= MOST; n++) {
		struct placed *p;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			v[i] = (int)(seed >> 28) - 8;
		}
		p = placed__sorted(v, n);
		for (size_t i = 0; i < n; i++)
			assert_true(p[i].place < n && p[i].value == v[p[i].place]);
		for (size_t i = 1; i < n; i++)
			assert_true(p[i - 1].value < p[i].value ||
				    (p[i - 1].value == p[i].value &&
				     p[i - 1].place < p[i].place));
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signed_ranks_have_the_published_critical_values),
		cmocka_unit_test(u_has_the_published_critical_values),
		cmocka_unit_test(ties_are_corrected_for),
		cmocka_unit_test(values_are_sorted_and_equal_ones_keep_their_places),
		cmocka_unit_test(degenerate_samples_have_no_test_or_no_difference),
		cmocka_unit_test(zeros_are_left_out),
		cmocka_unit_test(what_so_many_can_reach),
		cmocka_unit_test(ties_do_not_reach_what_counting_cannot),
		cmocka_unit_test(p_is_that_of_scipy),
		cmocka_unit_test(huge_values_are_ranked),
		cmocka_unit_test(many_values_are_tested_by_the_normal_distribution),
	};

	return cmocka_run_group_tests_name("rank", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* The estimate and its interval: known values, and one answer with the test. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "unit.h"
#include "hodges_lehmann.h"
#include "rank.h"

#define CASES	6000

static void known_values(void **state)
{
	/* Hollander and Wolfe, example 3.1: R's wilcox.test(conf.int = TRUE) */
	const double d[] = { -0.952, 0.147, -1.022, -0.430, -0.620, -0.590,
			     -0.490, 0.080, -0.010 };
	struct hodges_lehmann h;
	struct hl_interval i;

	(void)state;
	assert_int_equal(hodges_lehmann__make(&h, d, 9), 0);
	assert_float_equal(h.estimate, -0.46, 1e-9);
	/* 96.1 %: w 5, the sixth average from either end */
	i = hodges_lehmann__interval(&h, 0.05);
	assert_float_equal(i.low, -0.786, 1e-9);
	assert_float_equal(i.high, -0.01, 1e-9);
	hodges_lehmann__free(&h);
	/* By hand: 1, 1.5, 2, 2, 2.5, 3 */
	assert_int_equal(hodges_lehmann__make(&h, (double []) { 3, 1, 2 }, 3), 0);
	assert_float_equal(h.estimate, 2, 0);
	hodges_lehmann__free(&h);
}

static void too_few_values_have_no_interval(void **state)
{
	const double d[] = { 1, 2, 3, 4, 5, 6 };
	struct hodges_lehmann h;

	(void)state;
	assert_int_equal(hodges_lehmann__make(&h, d, 5), 0);
	assert_float_equal(h.estimate, 3, 0);
	assert_true(isnan(hodges_lehmann__interval(&h, 0.05).low));
	hodges_lehmann__free(&h);
	assert_int_equal(hodges_lehmann__make(&h, d, 6), 0);
	assert_float_equal(hodges_lehmann__interval(&h, 0.05).low, 1, 0);
	assert_float_equal(hodges_lehmann__interval(&h, 0.05).high, 6, 0);
	assert_true(isnan(hodges_lehmann__interval(&h, 0.05 / 2).high));
	hodges_lehmann__free(&h);
	assert_int_equal(hodges_lehmann__make(&h, d, 0), -1);
	assert_true(isnan(h.estimate));
	assert_int_equal(hodges_lehmann__make(&h, (double []) { 1, NAN }, 2), -1);
	assert_true(isnan(h.estimate) && !h.walsh);
	assert_int_equal(hodges_lehmann__make(&h, (double []) { 1.6e308, 1.7e308 }, 2), 0);
	assert_float_equal(h.estimate / 1.65e308, 1, 1e-9);
	hodges_lehmann__free(&h);
}

static bool excludes_zero(const double *d, size_t n, double alpha)
{
	struct hodges_lehmann h;
	struct hl_interval i;

	assert_int_equal(hodges_lehmann__make(&h, d, n), 0);
	i = hodges_lehmann__interval(&h, alpha);
	hodges_lehmann__free(&h);
	return i.low > 0 || i.high < 0;
}

/* Normal noise around a shift that alpha sometimes finds; n 1 to 70. */
static void draw(gsl_rng *rng, double *d, size_t *n, double *alpha)
{
	static const double levels[] = { 0.05, 0.05 / 30, 0.01, 0.05 / 120 };
	double shift;

	*n = 1 + gsl_rng_uniform_int(rng, 70);
	*alpha = levels[gsl_rng_uniform_int(rng, 4)];
	shift = 4 * gsl_rng_uniform(rng) / sqrt(*n);
	for (size_t i = 0; i < *n; i++)
		d[i] = shift + gsl_ran_ugaussian(rng);
}

static void the_interval_excludes_0_where_the_test_rejects(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t disagree = 0, rejected = 0;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct rank_test t;
		double d[70], alpha;
		size_t n;

		draw(rng, d, &n, &alpha);
		assert_int_equal(rank__signed(d, n, &t), 0);
		rejected += t.p < alpha;
		disagree += (t.p < alpha) != excludes_zero(d, n, alpha);
	}
	gsl_rng_free(rng);
	assert_int_equal(disagree, 0);
	assert_in_range(rejected, CASES / 5, 4 * CASES / 5);
}

/*
 * Of ties and zeros: counted by hand, every average of 0 on the side that is
 * against the difference, p is that of a test without ties.
 */
static void of_ties_a_0_counts_against_the_difference(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t disagree = 0, rejected = 0;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		double d[70], alpha;
		size_t n, up = 0, down = 0, w;
		bool rejects;

		draw(rng, d, &n, &alpha);
		for (size_t k = 0; k < n; k++)
			d[k] = round(2 * d[k]);
		for (size_t k = 0; k < n; k++) {
			for (size_t m = k; m < n; m++) {
				up += d[k] + d[m] > 0;
				down += d[k] + d[m] < 0;
			}
		}
		rejects = !rank__signed_critical(n, alpha, &w) &&
			  (n * (n + 1) / 2 - up <= w || n * (n + 1) / 2 - down <= w);
		rejected += rejects;
		disagree += rejects != excludes_zero(d, n, alpha);
	}
	gsl_rng_free(rng);
	assert_int_equal(disagree, 0);
	assert_true(rejected > CASES / 10);
}

static void the_interval_covers_what_it_says(void **state)
{
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	size_t missed = 0;

	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		double d[24];

		for (size_t k = 0; k < 24; k++)
			d[k] = gsl_ran_tdist(rng, 3);
		missed += excludes_zero(d, 24, 0.05);
	}
	gsl_rng_free(rng);
	/* 5 % of 6000 are 300; four standard deviations are 68 */
	assert_in_range(missed, 232, 368);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(too_few_values_have_no_interval),
		cmocka_unit_test(the_interval_excludes_0_where_the_test_rejects),
		cmocka_unit_test(of_ties_a_0_counts_against_the_difference),
		cmocka_unit_test(the_interval_covers_what_it_says),
	};

	return cmocka_run_group_tests_name("hodges_lehmann", tests, NULL, NULL);
}

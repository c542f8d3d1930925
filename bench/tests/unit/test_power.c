// SPDX-License-Identifier: GPL-2.0
/* What n values can show. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "unit.h"
#include "hodges_lehmann.h"
#include "power.h"
#include "rank.h"

/* t tables: t(.975, 99) 1.9842, t(.8, 99) 0.8453; sqrt(3 / pi) 0.97721 */
static void of_many_values_it_is_the_formula(void **state)
{
	(void)state;
	assert_float_equal(power__pairs(10, 100, 0.05, 0.8),
			   (1.9842 + 0.8453) * 10 / sqrt(100) / 0.97721, 1e-3);
	/* and of few it is near it, where many levels are left */
	assert_float_equal(power__pairs(10, 24, 0.05, 0.8),
			   (2.0687 + 0.8575) * 10 / sqrt(24) / 0.97721, 0.3);
}

/* All six must be above 0: Phi(x)^6 is 0.8 at x = 1.793. */
static void at_the_limit_it_is_that_all_are_on_one_side(void **state)
{
	(void)state;
	assert_float_equal(power__pairs(1, 6, 0.05, 0.8), 1.793, 0.05);
}

static void what_cannot_be_shown_is_infinite(void **state)
{
	(void)state;
	assert_true(isinf(power__pairs(1, 5, 0.05, 0.8)));
	assert_true(isfinite(power__pairs(1, 6, 0.05, 0.8)));
	assert_true(isinf(power__pairs(1, 6, 0.05 / 2, 0.8)));
	assert_true(isinf(power__pairs(1, 0, 0.05, 0.8)));
	assert_true(isinf(power__pairs(NAN, 1, 0.05, 0.8)));
}

static void degenerate_spreads(void **state)
{
	(void)state;
	assert_float_equal(power__pairs(0, 24, 0.05, 0.8), 0, 0);
	assert_true(isnan(power__pairs(NAN, 24, 0.05, 0.8)));
	assert_true(isnan(power__pairs(-1, 24, 0.05, 0.8)));
	assert_true(isnan(power__pairs(INFINITY, 24, 0.05, 0.8)));
	assert_true(isnan(power__pairs(1, 24, 0, 0.8)));
	assert_true(isnan(power__pairs(1, 24, 0.05, 1)));
}

static bool found(const double *d, size_t n, double alpha)
{
	struct hodges_lehmann h;
	struct hl_interval i;

	assert_int_equal(hodges_lehmann__make(&h, d, n), 0);
	i = hodges_lehmann__interval(&h, alpha);
	hodges_lehmann__free(&h);
	return i.low > 0;
}

/*
 * A shift of that size is seen in 80 of 100, near the limit of p as well: of 13
 * values at 0.05 / 120 it was 50, of 12 at 0.05 / 30 70, of 6 at 0.05 64.
 */
static void the_interval_sees_it_as_often_as_said(void **state)
{
	static const struct { size_t n, comparisons; } table[] = {
		{ 24, 1 }, { 10, 1 }, { 6, 1 }, { 24, 30 }, { 12, 30 },
		{ 24, 120 }, { 13, 120 }, { 60, 1 },
	};
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(*table); k++) {
		const double alpha = 0.05 / table[k].comparisons;
		const double shift = power__pairs(1, table[k].n, alpha, 0.8);
		int seen = 0;

		for (int i = 0; i < 2000; i++) {
			double d[64];

			for (size_t l = 0; l < table[k].n; l++)
				d[l] = shift + gsl_ran_ugaussian(rng);
			seen += found(d, table[k].n, alpha);
		}
		/* 4 sd of 2000 throws, and of the 4000 that it was found by */
		if (seen < 1510 || seen > 1690)
			fail_msg("%zu values, %zu comparisons: %d of 2000",
				 table[k].n, table[k].comparisons, seen);
	}
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_many_values_it_is_the_formula),
		cmocka_unit_test(at_the_limit_it_is_that_all_are_on_one_side),
		cmocka_unit_test(what_cannot_be_shown_is_infinite),
		cmocka_unit_test(degenerate_spreads),
		cmocka_unit_test(the_interval_sees_it_as_often_as_said),
	};

	return cmocka_run_group_tests_name("power", tests, NULL, NULL);
}

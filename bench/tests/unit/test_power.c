// SPDX-License-Identifier: GPL-2.0
/* What n values can show. */
#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "unit.h"
#include "power.h"
#include "rank.h"

/* t tables: t(.975, 23) 2.0687, t(.8, 23) 0.8575; sqrt(3 / pi) 0.97721 */
static void it_is_the_formula(void **state)
{
	(void)state;
	assert_float_equal(power__pairs(10, 24, 0.05, 0.8),
			   (2.0687 + 0.8575) * 10 / sqrt(24) / 0.97721, 1e-3);
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

/* A shift of that size is seen by the test it is for in about 80 of 100. */
static void the_test_sees_it_as_often_as_said(void **state)
{
	static const size_t ns[] = { 10, 24 };
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);

	(void)state;
	for (size_t k = 0; k < 2; k++) {
		const size_t n = ns[k];
		const double shift = power__pairs(1, n, 0.05, 0.8);
		int seen = 0;

		for (int i = 0; i < 4000; i++) {
			struct rank_test t;
			double d[24];

			for (size_t l = 0; l < n; l++)
				d[l] = shift + gsl_ran_ugaussian(rng);
			rank__signed(d, n, &t);
			seen += t.p < 0.05;
		}
		/* four standard deviations of 4000 throws around 0.79 */
		assert_in_range(seen, 3060, 3270);
	}
	gsl_rng_free(rng);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_formula),
		cmocka_unit_test(what_cannot_be_shown_is_infinite),
		cmocka_unit_test(degenerate_spreads),
		cmocka_unit_test(the_test_sees_it_as_often_as_said),
	};

	return cmocka_run_group_tests_name("detect", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* Means, their intervals and medians, against published tables. */
#include <math.h>

#include "unit.h"
#include "interval.h"

/*
 * With values +-1 around 0 in equal numbers, half * sqrt(n) / sd is t itself.
 * Table of t: NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
 */
static void the_quantile_is_that_of_the_table(void **state)
{
	static const struct {
		size_t n;
		double confidence, t;
	} table[] = {
		{ 2, 0.95, 12.706 }, { 4, 0.95, 3.182 }, { 6, 0.95, 2.571 },
		{ 10, 0.95, 2.262 }, { 32, 0.95, 2.040 }, { 2, 0.99, 63.657 },
		{ 6, 0.99, 4.032 }, { 10, 0.90, 1.833 },
	};

	(void)state;
	for (size_t k = 0; k < sizeof(table) / sizeof(*table); k++) {
		struct interval i;
		double v[32];

		for (size_t j = 0; j < table[k].n; j++)
			v[j] = j % 2 ? 1 : -1;
		assert_int_equal(interval__mean(v, table[k].n,
						table[k].confidence, &i), 0);
		assert_float_equal(i.half * sqrt(table[k].n) / i.sd,
				   table[k].t, 6e-4);
	}
}

/* By hand: mean 5, squares 32 over 7, 2.13809; 2.36462 (7) * sd / sqrt(8). */
static void mean_deviation_and_interval_of_known_values(void **state)
{
	static const double v[] = { 2, 4, 4, 4, 5, 5, 7, 9 };
	struct interval i;

	(void)state;
	assert_int_equal(interval__mean(v, 8, 0.95, &i), 0);
	assert_float_equal(i.mean, 5, 1e-12);
	assert_float_equal(i.sd, 2.138090, 1e-6);
	assert_float_equal(i.half, 1.787488, 1e-5);
}

static void one_value_has_no_interval_and_none_has_nothing(void **state)
{
	static const double v[] = { 460, 470 };
	struct interval i;

	(void)state;
	assert_int_equal(interval__mean(v, 1, 0.95, &i), -1);
	assert_float_equal(i.mean, 460, 1e-12);
	assert_true(isnan(i.half));
	assert_int_equal(interval__mean(v, 0, 0.95, &i), -1);
	assert_true(isnan(i.mean));
	assert_int_equal(interval__mean(v, 2, 1, &i), -1);
	assert_int_equal(interval__mean(v, 2, 0, &i), -1);
}

static void the_median_leaves_its_values_alone(void **state)
{
	double v[] = { 9, 1, 950, 3 };

	(void)state;
	assert_float_equal(interval__median(v, 3), 9, 0);
	assert_float_equal(interval__median(v, 4), 6, 0);
	assert_float_equal(interval__median(v, 1), 9, 0);
	assert_true(isnan(interval__median(v, 0)));
	assert_float_equal(v[0], 9, 0);
	assert_float_equal(v[3], 3, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_quantile_is_that_of_the_table),
		cmocka_unit_test(mean_deviation_and_interval_of_known_values),
		cmocka_unit_test(one_value_has_no_interval_and_none_has_nothing),
		cmocka_unit_test(the_median_leaves_its_values_alone),
	};

	return cmocka_run_group_tests_name("interval", tests, NULL, NULL);
}

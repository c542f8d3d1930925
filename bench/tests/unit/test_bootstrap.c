// SPDX-License-Identifier: GPL-2.0
/* Bootstrap intervals of medians. */
#include <math.h>

#include "unit.h"
#include "bootstrap.h"

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

/*
 * The median of three drawn from 1, 2, 3 is 1 in 7 of 27 ways, 2 in 13, 3 in 7:
 * its 2.5 % and 97.5 % points are 1 and 3, its 30 % and 70 % ones 2.
 */
static void three_values_have_the_interval_of_counting(void **state)
{
	const double d[] = { 3, 1, 2 };
	struct bootstrap b;

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		assert_int_equal(bootstrap__paired(d, 3, 0.95, seed, &b), 0);
		assert_true(b.low == 1 && b.high == 3 && b.median == 2);
		assert_int_equal(bootstrap__paired(d, 3, 0.4, seed, &b), 0);
		assert_true(b.low == 2 && b.high == 2);
	}
}

static void two_samples_are_drawn_apart(void **state)
{
	const double a[] = { 10, 10, 10, 10 }, c[] = { 1, 2, 3 };
	struct bootstrap b;

	(void)state;
	assert_int_equal(bootstrap__unpaired(a, 4, c, 3, 0.95, 1, &b), 0);
	assert_true(b.median == -8 && b.low == -9 && b.high == -7);
	assert_int_equal(bootstrap__unpaired(a, 0, c, 3, 0.95, 1, &b), -1);
	assert_true(isnan(b.median));
	assert_int_equal(bootstrap__unpaired(a, 1, c, 3, 0.95, 1, &b), -1);
	assert_true(b.median == -8 && isnan(b.low));
	assert_int_equal(bootstrap__paired(NULL, 0, 0.95, 1, &b), -1);
	assert_true(isnan(b.median));
}

/* The middle of two huge values is not infinite. */
static void huge_values_have_a_median(void **state)
{
	const double d[] = { 1.6e308, 1.7e308 }, minus[] = { -1.7e308, -1.7e308 };
	struct bootstrap b;

	(void)state;
	assert_int_equal(bootstrap__paired(d, 2, 0.95, 1, &b), 0);
	assert_float_equal(b.median / 1.65e308, 1, 1e-9);
	assert_true(b.low >= 1.6e308 && b.high <= 1.7e308);
	/* That between them is: there is none. */
	assert_int_equal(bootstrap__unpaired(minus, 2, d, 2, 0.95, 1, &b), -1);
	assert_true(isnan(b.median) && isnan(b.low));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_bootstrap_is_the_same_for_the_same_seed),
		cmocka_unit_test(the_bootstrap_covers_what_it_says),
		cmocka_unit_test(three_values_have_the_interval_of_counting),
		cmocka_unit_test(two_samples_are_drawn_apart),
		cmocka_unit_test(huge_values_have_a_median),
	};

	return cmocka_run_group_tests_name("bootstrap", tests, NULL, NULL);
}

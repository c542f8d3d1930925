// SPDX-License-Identifier: GPL-2.0
/* Summaries of histograms; the expected numbers are worked out by hand. */
#include "unit.h"
#include "hist.h"

static void mode_median_and_mean_of_a_known_histogram(void **state)
{
	/* 10 10 10 20 20 40: sum 110 */
	const uint64_t v[] = { 10, 20, 40 }, c[] = { 3, 2, 1 };
	struct hist_summary s = hist__summary(v, c, 3);

	(void)state;
	assert_int_equal(s.n, 6);
	assert_int_equal(s.mode, 10);
	assert_int_equal(s.mode_count, 3);
	assert_int_equal(s.median, 10);
	assert_int_equal(s.min, 10);
	assert_int_equal(s.max, 40);
	assert_float_equal(s.mean, 110.0 / 6, 1e-12);
}

static void one_instruction_more_moves_mode_and_median_by_one(void **state)
{
	const uint64_t a[] = { 2362, 2685, 5878 }, b[] = { 2363, 2686, 5879 };
	const uint64_t c[] = { 946, 3, 75 };
	struct hist_summary x = hist__summary(a, c, 3);
	struct hist_summary y = hist__summary(b, c, 3);

	(void)state;
	assert_int_equal(y.mode - x.mode, 1);
	assert_int_equal(y.median - x.median, 1);
	assert_float_equal(y.mean - x.mean, 1, 1e-9);
}

static void a_tie_goes_to_the_smaller_figure(void **state)
{
	const uint64_t v[] = { 5, 9 }, c[] = { 4, 4 };

	(void)state;
	assert_int_equal(hist__summary(v, c, 2).mode, 5);
}

static void nothing_gives_zeroes(void **state)
{
	struct hist_summary s = hist__summary(NULL, NULL, 0);

	(void)state;
	assert_int_equal(s.n, 0);
	assert_int_equal(s.mode, 0);
	assert_int_equal(s.median, 0);
	assert_true(s.mean == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mode_median_and_mean_of_a_known_histogram),
		cmocka_unit_test(one_instruction_more_moves_mode_and_median_by_one),
		cmocka_unit_test(a_tie_goes_to_the_smaller_figure),
		cmocka_unit_test(nothing_gives_zeroes),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}

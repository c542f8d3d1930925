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
	assert_int_equal(s.second_count, 2);
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

/* The two of finding 3: 46 % and 37 %, then 52 % and 46 %. */
static void a_figure_next_to_one_as_common_is_not_typical(void **state)
{
	const uint64_t v[] = { 12261, 15801, 15813 };
	const uint64_t two[] = { 471, 379, 154 }, half[] = { 471, 533, 20 };
	const uint64_t most[] = { 600, 399, 1 }, more[] = { 500, 250, 250 };
	struct hist_summary s = hist__summary(v, two, 3);

	(void)state;
	assert_int_equal(s.second_count, 379);
	assert_false(hist__stands_out(&s));
	s = hist__summary(v, half, 3);
	assert_int_equal(s.mode, 15801);
	assert_int_equal(s.second_count, 471);
	assert_false(hist__stands_out(&s));
	s = hist__summary(v, most, 3);
	assert_true(hist__stands_out(&s));
	s = hist__summary(v, more, 3);
	assert_true(hist__stands_out(&s));
	s = hist__summary(NULL, NULL, 0);
	assert_false(hist__stands_out(&s));
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
		cmocka_unit_test(a_figure_next_to_one_as_common_is_not_typical),
		cmocka_unit_test(nothing_gives_zeroes),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}

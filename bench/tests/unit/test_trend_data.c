// SPDX-License-Identifier: GPL-2.0
/* The trend page's digits: what trend.js reads back, worked out by hand. */
#include "unit.h"
#include "trend_page.h"
#include "util.h"

static void is(const uint32_t *n, size_t nr, int width, const char *want)
{
	char *text = trend_data__pack(n, nr, width);

	assert_string_equal(text, want);
	free(text);
}

/* Digits are ' ' for 0, '#' for 1, '$' for 2, and so on to '~' for 90. */
static void numbers_are_digits_the_first_the_most(void **state)
{
	(void)state;
	is((const uint32_t[]) { 0, 1, 2, 90 }, 4, 1, " #$~");
	is((const uint32_t[]) { 0, 91, 93, 8280 }, 4, 2, "  # #$~~");
	is(NULL, 0, 1, "");
}

/* '!' and how often more, less 1; where it is as short, the numbers themselves. */
static void what_repeats_is_written_once(void **state)
{
	uint32_t n[200];

	(void)state;
	is((const uint32_t[]) { 2, 2, 2 }, 3, 1, "$$$");
	is((const uint32_t[]) { 2, 2, 2, 2, 1 }, 5, 1, "$!$#");
	is((const uint32_t[]) { 91, 91, 91 }, 3, 2, "# !#");
	for (size_t i = 0; i < ARRAY_SIZE(n); i++)
		n[i] = 1;
	/* 1 and 91 more, twice, then 1 and 15 more: the digit of 14. */
	is(n, ARRAY_SIZE(n), 1, "#!~#!~#!0");
}

static void a_metric_in_words(void **state)
{
	static const char *const words[][2] = {
		{ "cycles_hot", "TSC cycles per fault, hot" },
		{ "cycles_hot_over_baseline", "TSC cycles per fault, hot, over the baseline" },
		{ "instructions_over_off", "instructions of a typical fault, over off" },
		{ "stores_in_kvm", "stores_in_kvm" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		char *said = trend_page__metric(words[i][0]);

		assert_string_equal(said, words[i][1]);
		free(said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_digits_the_first_the_most),
		cmocka_unit_test(what_repeats_is_written_once),
		cmocka_unit_test(a_metric_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* Change points of series whose truth is known. */
#include <math.h>
#include <stdbool.h>

#include "unit.h"
#include "changepoint.h"
#include "energy_distance.h"

#define MANY	1825

static double v[MANY];
static struct changepoint at[MANY];

/* -1 to 1, the same for the same arguments. */
static double noise(uint64_t series, uint64_t i)
{
	uint64_t x = series * 0x9e3779b97f4a7c15u + i * 0xbf58476d1ce4e5b9u + 1;

	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	x ^= x >> 31;
	return (double)(x >> 11) / (1ull << 52) - 1;
}

static void fill(size_t n, uint64_t series, double level, double amount)
{
	for (size_t i = 0; i < n; i++)
		v[i] = level + amount * noise(series, i);
}

static void a_step_is_found_where_it_is(void **state)
{
	(void)state;
	fill(60, 1, 250, 5);
	for (size_t i = 40; i < 60; i++)
		v[i] += 12;
	assert_int_equal(changepoint__find(v, 60, at), 1);
	assert_int_equal(at[0].at, 40);
	assert_true(fabs(at[0].before - 250) < 3 && fabs(at[0].after - 262) < 3);
	assert_true(at[0].p < CHANGEPOINT_ALPHA);
}

static void two_steps_are_two(void **state)
{
	(void)state;
	fill(90, 2, 250, 3);
	for (size_t i = 30; i < 60; i++)
		v[i] += 20;
	assert_int_equal(changepoint__find(v, 90, at), 2);
	assert_int_equal(at[0].at, 30);
	assert_int_equal(at[1].at, 60);
	assert_true(at[0].after > at[1].after);
}

static void the_newest_alone_is_no_change_three_are(void **state)
{
	(void)state;
	fill(53, 3, 250, 3);
	v[49] = 249;
	v[50] += 50;
	assert_int_equal(changepoint__find(v, 51, at), 0);
	v[51] += 50;
	assert_int_equal(changepoint__find(v, 52, at), 0);
	v[52] += 50;
	assert_int_equal(changepoint__find(v, 53, at), 1);
	assert_int_equal(at[0].at, 50);
}

static void one_wild_value_is_no_change(void **state)
{
	(void)state;
	fill(60, 4, 250, 3);
	v[30] = 1e9;
	assert_int_equal(changepoint__find(v, 60, at), 0);
}

static void noise_has_next_to_none(void **state)
{
	size_t found = 0;

	(void)state;
	for (uint64_t s = 0; s < 200; s++) {
		fill(60, 100 + s, 250, 5);
		found += changepoint__find(v, 60, at);
	}
	assert_true(found <= 2);
}

/* Matteson and James as they write it, in n^3 steps. */
static size_t split_by_definition(size_t n, size_t least)
{
	double most = 0;
	size_t best = 0;

	for (size_t k = least; k + least <= n; k++) {
		double x = 0, y = 0, across = 0, m = k, l = n - k, q;

		for (size_t i = 0; i < n; i++) {
			for (size_t h = i + 1; h < n; h++) {
				double d = fabs(v[i] - v[h]);

				x += h < k ? d : 0;
				y += i >= k ? d : 0;
				across += i < k && h >= k ? d : 0;
			}
		}
		q = m * l / (m + l) * (2 * across / (m * l) -
				       x / (m * (m - 1) / 2) -
				       y / (l * (l - 1) / 2));
		if (q > most) {
			most = q;
			best = k;
		}
	}
	return best;
}

static void the_split_is_the_one_of_the_definition(void **state)
{
	(void)state;
	for (uint64_t s = 0; s < 60; s++) {
		size_t n = 6 + s % 30;

		fill(n, 700 + s, 250, 5);
		for (size_t i = n / 3; i < n; i++)
			v[i] += s % 7;
		if (s % 4 == 0)		/* ties */
			for (size_t i = 0; i < n; i++)
				v[i] = round(v[i] / 4);
		assert_int_equal(energy_distance__split(v, n, 3),
				 split_by_definition(n, 3));
	}
	/* By hand: 0 0 | 9 9, with 2 * 36 / 4 - 0 - 0 */
	v[0] = v[1] = 0;
	v[2] = v[3] = 9;
	assert_int_equal(energy_distance__split(v, 4, 2), 2);
	assert_int_equal(energy_distance__split(v, 3, 2), 0);
	assert_int_equal(energy_distance__split(v, 0, 0), 0);
}

/* A month of it in five years: neither end of it splits the whole. */
static void a_slowdown_that_was_mended_is_two_changes(void **state)
{
	(void)state;
	for (uint64_t s = 0; s < 10; s++) {
		fill(1825, 300 + s, 250, 5);
		for (size_t i = 900; i < 930; i++)
			v[i] += 20;
		assert_int_equal(changepoint__find(v, 1825, at), 2);
		assert_int_equal(at[0].at, 900);
		assert_int_equal(at[1].at, 930);
	}
}

/*
 * Looked at again every night. 70 of 1500 other series ever had a change, so
 * of 100 4.7 are expected, and more than 10 by one chance in a hundred.
 */
static void looking_every_night_finds_as_few_as_the_header_says(void **state)
{
	size_t series = 0;

	(void)state;
	for (uint64_t s = 0; s < 100; s++) {
		bool any = false;

		fill(200, 5000 + s, 250, 5);
		for (size_t n = 10; n <= 200; n++)
			any |= changepoint__find(v, n, at) > 0;
		series += any;
	}
	assert_in_range(series, 0, 10);
}

static void huge_values_are_values(void **state)
{
	(void)state;
	fill(60, 8, 0.5, 0.01);
	for (size_t i = 0; i < 60; i++)
		v[i] = v[i] * 1e308 * (i < 30 ? 1 : -1);
	assert_int_equal(changepoint__find(v, 60, at), 1);
	assert_int_equal(at[0].at, 30);
	fill(60, 8, 0.5, 0.01);
	for (size_t i = 0; i < 60; i++)
		v[i] *= i < 30 ? 1e-300 : 2e-300;
	assert_int_equal(changepoint__find(v, 60, at), 1);
}

static void a_shift_of_one_in_what_stands_still_is_found(void **state)
{
	(void)state;
	fill(60, 9, 2414, 0);
	for (size_t i = 50; i < 60; i++)
		v[i] = 2415;
	assert_int_equal(changepoint__find(v, 60, at), 1);
	assert_int_equal(at[0].at, 50);
	assert_true(at[0].before == 2414 && at[0].after == 2415);
}

static void degenerate_series_have_none(void **state)
{
	(void)state;
	assert_int_equal(changepoint__find(v, 0, at), 0);
	fill(60, 5, 250, 0);
	assert_int_equal(changepoint__find(v, 60, at), 0);
	assert_int_equal(changepoint__find(v, 1, at), 0);
	assert_int_equal(changepoint__find(v, 5, at), 0);
	v[3] = NAN;
	assert_int_equal(changepoint__find(v, 60, at), 0);
	v[3] = INFINITY;
	assert_int_equal(changepoint__find(v, 60, at), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_found_where_it_is),
		cmocka_unit_test(two_steps_are_two),
		cmocka_unit_test(the_newest_alone_is_no_change_three_are),
		cmocka_unit_test(one_wild_value_is_no_change),
		cmocka_unit_test(noise_has_next_to_none),
		cmocka_unit_test(the_split_is_the_one_of_the_definition),
		cmocka_unit_test(a_slowdown_that_was_mended_is_two_changes),
		cmocka_unit_test(looking_every_night_finds_as_few_as_the_header_says),
		cmocka_unit_test(huge_values_are_values),
		cmocka_unit_test(a_shift_of_one_in_what_stands_still_is_found),
		cmocka_unit_test(degenerate_series_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

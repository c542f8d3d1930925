// SPDX-License-Identifier: GPL-2.0
/* Change points of series whose truth is known. */
#include <math.h>

#include "unit.h"
#include "change.h"

#define MANY	200

static double v[MANY];
static struct change at[MANY];

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
	assert_int_equal(change__points(v, 60, at), 1);
	assert_int_equal(at[0].at, 40);
	assert_true(fabs(at[0].before - 250) < 3 && fabs(at[0].after - 262) < 3);
	assert_true(at[0].p < CHANGE_ALPHA);
}

static void two_steps_are_two(void **state)
{
	(void)state;
	fill(90, 2, 250, 3);
	for (size_t i = 30; i < 60; i++)
		v[i] += 20;
	assert_int_equal(change__points(v, 90, at), 2);
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
	assert_int_equal(change__points(v, 51, at), 0);
	v[51] += 50;
	assert_int_equal(change__points(v, 52, at), 0);
	v[52] += 50;
	assert_int_equal(change__points(v, 53, at), 1);
	assert_int_equal(at[0].at, 50);
}

static void one_wild_value_is_no_change(void **state)
{
	(void)state;
	fill(60, 4, 250, 3);
	v[30] = 1e9;
	assert_int_equal(change__points(v, 60, at), 0);
}

static void noise_has_next_to_none(void **state)
{
	size_t found = 0;

	(void)state;
	for (uint64_t s = 0; s < 200; s++) {
		fill(60, 100 + s, 250, 5);
		found += change__points(v, 60, at);
	}
	assert_true(found <= 2);
}

static void degenerate_series_have_none(void **state)
{
	(void)state;
	assert_int_equal(change__points(v, 0, at), 0);
	fill(60, 5, 250, 0);
	assert_int_equal(change__points(v, 60, at), 0);
	assert_int_equal(change__points(v, 1, at), 0);
	assert_int_equal(change__points(v, 5, at), 0);
	v[3] = NAN;
	assert_int_equal(change__points(v, 60, at), 0);
	v[3] = INFINITY;
	assert_int_equal(change__points(v, 60, at), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_found_where_it_is),
		cmocka_unit_test(two_steps_are_two),
		cmocka_unit_test(the_newest_alone_is_no_change_three_are),
		cmocka_unit_test(one_wild_value_is_no_change),
		cmocka_unit_test(noise_has_next_to_none),
		cmocka_unit_test(degenerate_series_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

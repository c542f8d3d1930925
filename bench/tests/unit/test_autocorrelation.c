// SPDX-License-Identifier: GPL-2.0
#include "unit.h"
#include "autocorrelation.h"
#include "util.h"
#include "sim_noise.h"

#define SERIES	100
#define N	200

static double v[N];

static void draw(unsigned long seed, enum noise noise, size_t n)
{
	const double level[NOISE_CELLS] = { 100, 100 };
	struct noise_state s;

	noise__begin(&s, seed, noise, 0.01, false);
	for (size_t i = 0; i < n; i++)
		noise__run(&s, level, &v[i]);
	noise__end(&s);
}

/* How many of the series show a part, and its mean over all. */
static size_t shown(enum noise noise, size_t n, double step, double *mean)
{
	size_t nr = 0;

	*mean = 0;
	for (size_t seed = 1; seed <= SERIES; seed++) {
		struct autocorrelation a;

		draw(seed, noise, n);
		for (size_t i = n / 3; i < n; i++)
			v[i] += step;
		a = autocorrelation__of(v, n);
		nr += a.part > 0;
		*mean += a.part / SERIES;
	}
	return nr;
}

static void independent_values_show_none(void **state)
{
	static const enum noise kind[] = { NORMAL, STUDENT, WILD };
	double mean;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kind); i++) {
		assert_in_range(shown(kind[i], 60, 0, &mean), 0, 12);
		assert_in_range(shown(kind[i], N, 0, &mean), 0, 12);
		/* nor where they move to another level */
		assert_in_range(shown(kind[i], N, 5, &mean), 0, 15);
	}
}

static void what_goes_on_is_known(void **state)
{
	double mean;

	(void)state;
	assert_in_range(shown(AR6, N, 0, &mean), 90, SERIES);
	assert_true(mean > 0.45 && mean < 0.65);
	assert_in_range(shown(AR9, N, 5, &mean), 90, SERIES);
	assert_true(mean > 0.7 && mean < 0.95);
}

static void nothing_is_said_of_few_or_of_equal_ones(void **state)
{
	(void)state;
	draw(1, AR9, N);
	assert_true(autocorrelation__of(v, AUTOCORRELATION_LEAST - 1).part == 0);
	assert_true(autocorrelation__of(v, 0).part == 0);
	for (size_t i = 0; i < N; i++)
		v[i] = 7 + (i == 20);
	assert_true(autocorrelation__of(v, N).part == 0);
	/* what swings is no such noise */
	for (size_t i = 0; i < N; i++)
		v[i] = sin(1.02 * i);
	assert_true(autocorrelation__of(v, N).part == 0);
}

/* Of independent values: the difference of two means, by its standard error. */
static void without_a_part_it_is_the_difference_of_means(void **state)
{
	const struct autocorrelation a = { .part = 0, .sd = 2 };
	const double w[] = { 1, 3, 2, 7, 9 };
	const size_t from[] = { 0, 3, 5 };

	(void)state;
	assert_true(fabs(autocorrelation__apart(&a, w, from, 2) -
			 6 / (2 * sqrt(1 / 3.0 + 1 / 2.0))) < 1e-9);
	assert_true(autocorrelation__apart(&a, w, from, 1) == 0);
}

/* A sudden step of noise that goes on is seen by the step, a slow one by few values. */
static void a_sudden_step_shows_and_many_values_say_little(void **state)
{
	const struct autocorrelation a = { .part = 0.9, .sd = 1 };
	const double sudden[] = { 0, 0, 0, 0, 5, 5, 5, 5 };
	const double slow[] = { 0, 0, 0, 1.25, 2.5, 3.75, 5, 5, 5 };
	const size_t two[] = { 0, 4, 8 }, three[] = { 0, 3, 6, 9 };

	(void)state;
	assert_true(autocorrelation__apart(&a, sudden, two, 2) > 4.5);
	assert_true(autocorrelation__apart(&a, slow, three, 3) < 4);
	assert_true(autocorrelation__apart(&a, slow, three, 3) > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(independent_values_show_none),
		cmocka_unit_test(what_goes_on_is_known),
		cmocka_unit_test(nothing_is_said_of_few_or_of_equal_ones),
		cmocka_unit_test(without_a_part_it_is_the_difference_of_means),
		cmocka_unit_test(a_sudden_step_shows_and_many_values_say_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

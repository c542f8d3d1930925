// SPDX-License-Identifier: GPL-2.0
/*
 * Rounds that count: a machine with the noise of ours, whose truth is known.
 */
#include <errno.h>
#include <math.h>

#include "rounds.h"
#include "unit.h"

#define ROUNDS	4000
#define BLOCKS	32

static uint64_t state;

static double uniform(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 11) * 0x1p-53;
}

/*
 * Columns cost truth[c]. The machine is twice as slow a third of the time, in
 * phases; drifts by 2 %; every chunk jitters upwards; one chunk in forty is
 * interrupted.
 */
static double *simulate(const double *truth, size_t columns, uint64_t seed)
{
	double *x = malloc(ROUNDS * columns * sizeof(*x));
	double phase = 1;

	state = seed * 2654435761u + 1;
	for (size_t r = 0; r < ROUNDS; r++) {
		double drift = 1 + 0.02 * sin(r / 500.0);

		if (uniform() < 0.01)
			phase = uniform() < 0.33 ? 2 : 1;
		for (size_t c = 0; c < columns; c++) {
			double v = truth[c] * drift * phase;

			v += -log(1 - uniform()) * 0.02 * v;
			if (uniform() < 0.025)
				v += 400 * uniform();
			x[r * columns + c] = v;
		}
	}
	return x;
}

static double difference(const double *truth, size_t columns, uint64_t seed,
			 size_t a, size_t b)
{
	double *x = simulate(truth, columns, seed), d;
	struct blocks k;

	assert_int_equal(rounds__make(&k, x, ROUNDS, columns, BLOCKS), 0);
	d = rounds__difference(&k, a, b);
	assert_true(k.kept > 0.3 && k.kept < 0.95);
	rounds__free(&k);
	free(x);
	return d;
}

static void finds_five_cycles(void **test_state)
{
	const double truth[] = { 460, 465, 460, 700, 250, 8 };

	(void)test_state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		assert_true(fabs(difference(truth, 6, seed, 1, 0) - 5) < 1);
		/* A/A: the same code twice. */
		assert_true(fabs(difference(truth, 6, seed, 2, 0)) < 1);
	}
}

/* What the test above calls equal is not blind: 3 cycles more are 3. */
static void a_planted_bias_shows(void **test_state)
{
	const double truth[] = { 460, 463, 460 };

	(void)test_state;
	for (uint64_t seed = 1; seed <= 20; seed++) {
		double d = difference(truth, 3, seed, 1, 0);

		assert_false(fabs(d) < 1);
		assert_true(fabs(d - 3) < 1.2);
	}
}

/*
 * Code may have a slow way of its own: here column 0 takes 120 cycles more in
 * six rounds of ten. No number of columns next to it hides that.
 */
static void own_slowness_is_no_noise(void **test_state)
{
	double x[1000 * 6];

	(void)test_state;
	for (size_t columns = 2; columns <= 6; columns++) {
		struct blocks k;

		state = columns;
		for (size_t r = 0; r < 1000; r++) {
			for (size_t c = 0; c < columns; c++)
				x[r * columns + c] = 460 + uniform();
			if (r % 10 < 6)
				x[r * columns] += 120;
		}
		assert_int_equal(rounds__make(&k, x, 1000, columns, BLOCKS), 0);
		assert_true(k.kept == 1);
		assert_true(fabs(rounds__difference(&k, 0, 1) - 120) < 1);
		rounds__free(&k);
	}
}

/* Which column a subject is in, and its size, decide nothing. */
static void knows_no_column_from_another(void **test_state)
{
	const double truth[] = { 460, 465, 700, 8 };
	double *x = simulate(truth, 4, 3), *y = malloc(ROUNDS * 4 * sizeof(*y));
	struct blocks k, l;

	(void)test_state;
	for (size_t r = 0; r < ROUNDS; r++) {
		for (size_t c = 0; c < 4; c++)
			y[r * 4 + c] = x[r * 4 + 3 - c] * (c == 1 ? 64 : 1);
	}
	assert_int_equal(rounds__make(&k, x, ROUNDS, 4, BLOCKS), 0);
	assert_int_equal(rounds__make(&l, y, ROUNDS, 4, BLOCKS), 0);
	assert_true(k.kept == l.kept);
	for (size_t i = 0; i < BLOCKS * 4; i++)
		assert_true(k.figure[i] * (i % 4 == 2 ? 64 : 1) ==
			    l.figure[i / 4 * 4 + 3 - i % 4]);
	rounds__free(&k);
	rounds__free(&l);
	free(x);
	free(y);
}

/* Without the filter the slow phases would be in the figure. */
static void figure_is_the_quiet_one(void **test_state)
{
	const double truth[] = { 460, 465, 460 };
	double *x = simulate(truth, 3, 7);
	struct blocks k;

	(void)test_state;
	assert_int_equal(rounds__make(&k, x, ROUNDS, 3, BLOCKS), 0);
	assert_true(fabs(rounds__figure(&k, 0) - 460 * 1.015) < 10);
	rounds__free(&k);
	free(x);
}

/* A round counts or not for all: no subject's slowness drops another's. */
static void rounds_are_dropped_whole(void **test_state)
{
	double x[256][3];
	struct blocks k;

	(void)test_state;
	for (int r = 0; r < 256; r++) {
		double f = r % 2 ? 3 : 1;	/* every other round is slow */

		x[r][0] = 100 * f;
		x[r][1] = 200 * f;
		x[r][2] = 300 * f;
	}
	x[0][1] = 5000;		/* one interrupt in a quiet round */
	assert_int_equal(rounds__make(&k, x[0], 256, 3, 8), 0);
	assert_true(k.kept == 0.5);
	for (size_t c = 0; c < 3; c++)
		assert_true(rounds__figure(&k, c) == 100.0 * (c + 1));
	assert_true(rounds__difference(&k, 2, 0) == 200);
	rounds__free(&k);
}

static void all_slow_is_still_a_quarter(void **test_state)
{
	double x[400];
	struct blocks k;

	(void)test_state;
	for (int r = 0; r < 400; r++)
		x[r] = 100 * pow(1.02, r);	/* ever slower */
	assert_int_equal(rounds__make(&k, x, 400, 1, 8), 0);
	assert_true(k.kept >= ROUNDS_LEAST_SHARE && k.kept < 0.3);
	/* Blocks are in the order of time. */
	for (size_t i = 1; i < k.nr; i++)
		assert_true(k.figure[i] > k.figure[i - 1]);
	rounds__free(&k);
}

static void refuses(void **test_state)
{
	double x[64] = { 0 };
	struct blocks k;

	(void)test_state;
	assert_int_equal(rounds__make(&k, x, 64, 1, 8), -EINVAL);
	for (int i = 0; i < 64; i++)
		x[i] = 1;
	assert_int_equal(rounds__make(&k, x, 31, 1, 8), -ENODATA);
	assert_int_equal(rounds__make(&k, x, 32, 1, 8), 0);
	rounds__free(&k);
	assert_int_equal(rounds__make(&k, x, 0, 1, 8), -EINVAL);
	assert_int_equal(rounds__make(&k, x, 64, 1, 0), -EINVAL);
	x[9] = NAN;
	assert_int_equal(rounds__make(&k, x, 64, 1, 8), -EINVAL);
	x[9] = -1;
	assert_int_equal(rounds__make(&k, x, 64, 1, 8), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_five_cycles),
		cmocka_unit_test(a_planted_bias_shows),
		cmocka_unit_test(own_slowness_is_no_noise),
		cmocka_unit_test(knows_no_column_from_another),
		cmocka_unit_test(figure_is_the_quiet_one),
		cmocka_unit_test(rounds_are_dropped_whole),
		cmocka_unit_test(all_slow_is_still_a_quarter),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

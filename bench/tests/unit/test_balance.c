// SPDX-License-Identifier: GPL-2.0
/*
 * Orders that favour nobody: where each copy lies over the layouts of a run,
 * and whose turn follows whose.
 */
#include <math.h>
#include <string.h>

#include "balance.h"
#include "unit.h"
#include "util.h"

#define LAYOUTS	24	/* of a run, unless it says otherwise */
#define MOST	126

static void assert_permutation(const size_t *v, size_t n)
{
	bool seen[MOST] = { false };

	for (size_t i = 0; i < n; i++) {
		assert_true(v[i] < n && !seen[v[i]]);
		seen[v[i]] = true;
	}
}

/*
 * The reference was always at place 11 to 16 of 19 (mawk) or 2 to 8 (gawk): by
 * what the layout's number became in the first step of a generator.
 */
static void over_the_layouts_every_copy_has_every_place(void **state)
{
	static const size_t copies[] = { 2, 4, 19, 36, 37, MOST };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(copies); k++) {
		const size_t n = copies[k];
		double sum[MOST] = { 0 };
		unsigned int third[MOST][3] = { { 0 } };

		for (uint64_t layout = 1; layout <= LAYOUTS; layout++) {
			size_t place[MOST];

			assert_int_equal(balance__places(place, n, layout, BALANCE_TEXT), 0);
			assert_permutation(place, n);
			for (size_t i = 0; i < n; i++) {
				sum[i] += place[i];
				third[i][place[i] * 3 / n]++;
			}
		}
		for (size_t i = 0; i < n; i++) {
			assert_float_equal(sum[i] / LAYOUTS, (n - 1) / 2.0, 1e-9);
			for (int t = 0; n >= 19 && t < 3; t++)
				assert_in_range(third[i][t], n % 3 ? 5 : 8, n % 3 ? 11 : 8);
		}
	}
}

/* Spearman's sum of the two copies of a cell, over all cells and layouts. */
static void copies_of_a_cell_are_anywhere_to_each_other(void **state)
{
	enum { N = 36 };
	double sum = 0, sum_text = 0, sum_memory = 0;

	(void)state;
	for (uint64_t layout = 1; layout <= LAYOUTS; layout++) {
		size_t text[N], memory[N];

		balance__places(text, N, layout, BALANCE_TEXT);
		balance__places(memory, N, layout, BALANCE_MEMORY);
		for (size_t i = 0; i < N; i++) {
			sum += (text[i] - (N - 1) / 2.0) * (text[(i + N / 2) % N] - (N - 1) / 2.0);
			sum_text += pow(text[i] - (N - 1) / 2.0, 2);
			sum_memory += (text[i] - (N - 1) / 2.0) * (memory[i] - (N - 1) / 2.0);
		}
	}
	assert_true(fabs(sum / sum_text) < 0.15);
	assert_true(fabs(sum_memory / sum_text) < 0.15);
}

static void layouts_differ_and_are_the_same_again(void **state)
{
	size_t a[19], b[19];

	(void)state;
	for (uint64_t layout = 1; layout < 100; layout++) {
		balance__places(a, 19, layout, BALANCE_OBJECTS);
		balance__places(b, 19, layout + 1, BALANCE_OBJECTS);
		assert_memory_not_equal(a, b, sizeof(a));
		balance__places(b, 19, layout, BALANCE_OBJECTS);
		assert_memory_equal(a, b, sizeof(a));
	}
	balance__places(a, 19, 0, BALANCE_OBJECTS);
	for (size_t i = 0; i < 19; i++)
		assert_int_equal(a[i], i);
}

/* Known values: a program that is linked elsewhere is the same program. */
static void drawn_numbers_are_these(void **state)
{
	static const size_t want[] = { 3, 2, 0, 4, 7, 6, 5, 1 };
	size_t place[8];

	(void)state;
	balance__places(place, 8, 7, BALANCE_TEXT);
	assert_memory_equal(place, want, sizeof(want));
}

static void each_turn_follows_each_other_equally_often(void **state)
{
	static const size_t columns[] = { 2, 3, 4, 19, 20, 37 };

	(void)state;
	for (size_t k = 0; k < ARRAY_SIZE(columns); k++) {
		const size_t n = columns[k];
		static unsigned int after[MOST][MOST], at[MOST][MOST];
		size_t label[MOST], turn[MOST];

		memset(after, 0, sizeof(after));
		memset(at, 0, sizeof(at));
		balance__shuffle(label, n, 7 + k);
		for (size_t round = 0; round < 2 * n; round++) {
			for (size_t i = 0; i < n; i++) {
				turn[i] = balance__turn(label, n, round, i);
				at[turn[i]][i]++;
				if (i)
					after[turn[i]][turn[i - 1]]++;
			}
			assert_permutation(turn, n);
		}
		for (size_t a = 0; a < n; a++) {
			for (size_t b = 0; b < n; b++) {
				assert_int_equal(at[a][b], 2);
				assert_int_equal(after[a][b], a == b ? 0 : 2);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(over_the_layouts_every_copy_has_every_place),
		cmocka_unit_test(copies_of_a_cell_are_anywhere_to_each_other),
		cmocka_unit_test(layouts_differ_and_are_the_same_again),
		cmocka_unit_test(drawn_numbers_are_these),
		cmocka_unit_test(each_turn_follows_each_other_equally_often),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

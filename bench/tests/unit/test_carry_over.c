// SPDX-License-Identifier: GPL-2.0
/* What subjects that take turns leave to each other: planted, and found. */
#include <math.h>
#include <stdlib.h>

#include "balance.h"
#include "carry_over.h"
#include "unit.h"
#include "util.h"

#define COLUMNS	5
#define ROWS	(2 * COLUMNS * 40)

/* Turns as measure.c takes them; what follows subject 2 costs `more`. */
static void make(double *x, size_t *after, double more)
{
	size_t label[COLUMNS];

	for (size_t r = 0; r < ROWS; r++) {
		size_t before = COLUMNS;

		if (r % (2 * COLUMNS) == 0)
			balance__shuffle(label, COLUMNS, balance__draw(1, r));
		for (size_t i = 0; i < COLUMNS; i++) {
			size_t c = balance__turn(label, COLUMNS, r, i);

			/* Each subject has a cost of its own, and some noise. */
			x[r * COLUMNS + c] = 100.0 * (c + 1) +
				(double)(balance__draw(2, r * COLUMNS + c) % 1000) / 1000 +
				(before == 2 ? more : 0);
			after[r * COLUMNS + c] = before;
			before = c;
		}
	}
}

static void what_one_leaves_is_found(void **state)
{
	double *x = xcalloc(ROWS * COLUMNS, sizeof(*x));
	size_t *after = xcalloc(ROWS * COLUMNS, sizeof(*after));

	(void)state;
	make(x, after, 7);
	assert_true(fabs(carry_over__range(x, after, ROWS, COLUMNS) - 7) < 0.3);
	make(x, after, 0);
	assert_true(carry_over__range(x, after, ROWS, COLUMNS) < 0.3);
	free(after);
	free(x);
}

/* And with balanced turns it is in no difference: all follow it equally often. */
static void it_is_in_all_alike(void **state)
{
	double *x = xcalloc(ROWS * COLUMNS, sizeof(*x)), mean[COLUMNS] = { 0 };
	size_t *after = xcalloc(ROWS * COLUMNS, sizeof(*after));

	(void)state;
	make(x, after, 50);
	for (size_t i = 0; i < ROWS * COLUMNS; i++)
		mean[i % COLUMNS] += x[i] / ROWS;
	/* Subject 2 itself never follows itself; the others share alike. */
	for (size_t c = 1; c < COLUMNS; c++) {
		if (c != 2)
			assert_true(fabs(mean[c] - mean[0] - 100.0 * c) < 0.2);
	}
	free(after);
	free(x);
}

static void nothing_has_no_carry_over(void **state)
{
	const double x[] = { 1, 2 };
	const size_t none[] = { 2, 2 }, one[] = { 2, 0 };

	(void)state;
	assert_true(isnan(carry_over__range(NULL, NULL, 0, 0)));
	assert_true(isnan(carry_over__range(x, none, 1, 2)));
	assert_true(isnan(carry_over__range(x, one, 1, 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_one_leaves_is_found),
		cmocka_unit_test(it_is_in_all_alike),
		cmocka_unit_test(nothing_has_no_carry_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/* Holm's correction. */
#include <math.h>

#include "unit.h"
#include "holm.h"

static void holm_is_r_s(void **state)
{
	/* R: p.adjust(c(.01, .04, .03, .005), "holm") */
	const double p[] = { 0.01, NAN, 0.04, 0.03, 0.005 };
	double a[5];

	(void)state;
	assert_int_equal(holm__adjust(p, 5, a), 0);
	assert_float_equal(a[0], 0.03, 1e-12);
	assert_true(isnan(a[1]));
	assert_float_equal(a[2], 0.06, 1e-12);
	assert_float_equal(a[3], 0.06, 1e-12);
	assert_float_equal(a[4], 0.02, 1e-12);
	a[0] = 0.7;
	assert_int_equal(holm__adjust((double []) { 0.7, 0.6 }, 2, a), 0);
	assert_float_equal(a[0], 1, 0);
	assert_int_equal(holm__adjust(NULL, 0, NULL), 0);
}

/* Holm 1979: the smallest times n, the next times n - 1, and never falling. */
static void it_steps_down_and_never_falls(void **state)
{
	/* By hand: .01 * 3, then max(.03, .02 * 2), then max(.04, .021) */
	const double p[] = { 0.021, 0.01, 0.02 };
	double a[3];

	(void)state;
	assert_int_equal(holm__adjust(p, 3, a), 0);
	assert_float_equal(a[1], 0.03, 1e-12);
	assert_float_equal(a[2], 0.04, 1e-12);
	assert_float_equal(a[0], 0.04, 1e-12);
}

static void degenerate_families(void **state)
{
	const double none[] = { NAN, NAN }, ends[] = { 0, 1, 1 };
	double a[3] = { 0.7, 0.7, 0.7 };

	(void)state;
	assert_int_equal(holm__adjust(none, 2, a), 0);
	assert_true(isnan(a[0]) && isnan(a[1]));
	assert_float_equal(a[2], 0.7, 0);
	assert_int_equal(holm__adjust(ends, 3, a), 0);
	assert_true(a[0] == 0 && a[1] == 1 && a[2] == 1);
	assert_int_equal(holm__adjust((double []) { 0.04 }, 1, a), 0);
	assert_float_equal(a[0], 0.04, 0);
	/* In place. */
	a[0] = 0.01;
	a[1] = 0.02;
	assert_int_equal(holm__adjust(a, 2, a), 0);
	assert_float_equal(a[0], 0.02, 1e-12);
	assert_float_equal(a[1], 0.02, 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holm_is_r_s),
		cmocka_unit_test(it_steps_down_and_never_falls),
		cmocka_unit_test(degenerate_families),
	};

	return cmocka_run_group_tests_name("holm", tests, NULL, NULL);
}

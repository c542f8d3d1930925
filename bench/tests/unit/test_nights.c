// SPDX-License-Identifier: GPL-2.0
/*
 * What the methodology says of nights whose noise is not independent, of fewer
 * histories than make simulate has.
 */
#include "unit.h"
#include "sim_nights.h"

/* A year or two of each kind: no more false alarms than that. */
static const struct {
	size_t figure, difference;
} bound[ALL_NOISES] = {
	[NORMAL] = { 0, 0 }, [STUDENT] = { 0, 0 }, [WILD] = { 1, 1 },
	[AR3] = { 2, 2 }, [AR6] = { 5, 6 }, [AR9] = { 10, 10 },
	[STEPS] = { 8, 1 }, [BURSTS] = { 10, 0 }, [MIXED] = { 16, 16 },
};

static void false_alarms_are_no_more_than_documented(void **state)
{
	(void)state;
	for (int n = 0; n < ALL_NOISES; n++) {
		struct sim_quiet q = { 0 };

		sim__year(&q, 1, n);
		sim__year(&q, 2, n);
		if (q.alarms[FIGURE] > bound[n].figure ||
		    q.alarms[DIFFERENCE] > bound[n].difference)
			fail_msg("%s: %zu and %zu false alarms in %zu nights, and %zu and %zu are documented",
				 noise_name[n], q.alarms[FIGURE],
				 q.alarms[DIFFERENCE], q.nights,
				 bound[n].figure, bound[n].difference);
	}
}

/* What the machine does to both cells is no difference between them. */
static void steps_and_bursts_of_the_machine_are_in_no_difference(void **state)
{
	static const enum noise shared[] = { STEPS, BURSTS };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		struct sim_quiet q = { 0 };

		for (int seed = 1; seed <= 3; seed++)
			sim__year(&q, seed, shared[i]);
		assert_in_range(q.alarms[FIGURE], 1, 15);
		assert_int_equal(q.alarms[DIFFERENCE], 0);
	}
}

static void no_regression_of_3_sigma_is_lost(void **state)
{
	static const double by[] = { 3, 5 };

	(void)state;
	for (int n = 0; n < ALL_NOISES; n++) {
		struct sim_shift d[ARRAY_SIZE(by)] = { 0 };

		for (size_t h = 0; h < 12; h++)
			sim__shifts(d, by, ARRAY_SIZE(by), STAYS, 10000 + h, n);
		for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
			if (d[i].cell.never)
				fail_msg("%s: %zu regressions of %g sigma have no alert",
					 noise_name[n], d[i].cell.never, by[i]);
			sim__shift_free(&d[i]);
		}
	}
}

static void one_that_grows_is_said_and_one_that_is_fixed_goes(void **state)
{
	static const double by[] = { 3 };

	(void)state;
	for (int n = 0; n < ALL_NOISES; n++) {
		struct sim_shift creep = { 0 }, said = { 0 }, gone = { 0 };

		for (size_t h = 0; h < 3; h++) {
			sim__shifts(&creep, by, 1, CREEPS, 10000 + h, n);
			sim__fixed(&said, &gone, 5, 10000 + h, n);
		}
		assert_int_equal(creep.cell.never, 0);
		assert_int_equal(said.of[DIFFERENCE].never, 0);
		assert_int_equal(gone.of[DIFFERENCE].never, 0);
		sim__shift_free(&creep);
		sim__shift_free(&said);
		sim__shift_free(&gone);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(false_alarms_are_no_more_than_documented),
		cmocka_unit_test(steps_and_bursts_of_the_machine_are_in_no_difference),
		cmocka_unit_test(no_regression_of_3_sigma_is_lost),
		cmocka_unit_test(one_that_grows_is_said_and_one_that_is_fixed_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

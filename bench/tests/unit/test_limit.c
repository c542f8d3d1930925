// SPDX-License-Identifier: GPL-2.0
/*
 * Is a fault more expensive than it may be: figures against limits, and what keeps
 * it from being said.
 */
#include "unit.h"
#include "limit.h"
#include "made.h"
#include "util.h"

static struct run run;

static void add(const char *variant, uint64_t boot, uint64_t figure, int outcome)
{
	struct record *r = make_record(variant, "off", "touch-write", boot, figure);

	r->outcome = outcome;
	run.record = xrealloc(run.record, (run.nr + 1) * sizeof(*run.record));
	run.record[run.nr++] = r;
	run__forget_index(&run);
}

static int make(void **state)
{
	(void)state;
	run = (struct run) { .meta = json_object() };
	for (uint64_t boot = 1; boot <= 2; boot++) {
		add("start", boot, 1000, OUTCOME_OK);
		add("step", boot, 1007, OUTCOME_OK);
		add("less", boot, 990, OUTCOME_OK);
		add("panics", boot, 1000, OUTCOME_PANIC);
	}
	add("once", 1, 1007, OUTCOME_OK);
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	run__free(&run);
	return 0;
}

static struct cmp_cell cell(const char *variant)
{
	return compare__cell(&run, "v6.1", "off", variant, "touch-write");
}

static struct limit_answer judge(bool absolute, double most, const char *variant)
{
	const struct limit l = { true, absolute, most };
	struct cmp_cell start = cell("start"), c = cell(variant);

	return limit__judge(&l, &start, &c);
}

static void more_than_is_more_than(void **state)
{
	(void)state;
	assert_int_equal(judge(false, 0, "step").says, LIMIT_EXCEEDED);
	assert_int_equal(judge(false, 6.5, "step").says, LIMIT_EXCEEDED);
	assert_int_equal(judge(false, 7, "step").says, LIMIT_KEPT);
	assert_true(judge(false, 7, "step").by == 7);
	assert_int_equal(judge(false, 0, "start").says, LIMIT_KEPT);
	assert_int_equal(judge(false, 0, "less").says, LIMIT_KEPT);
	assert_true(judge(false, 0, "less").by == -10);
}

static void a_limit_is_of_the_figure(void **state)
{
	const struct limit l = { true, true, 1006 };
	struct cmp_cell step = cell("step");

	(void)state;
	assert_int_equal(judge(true, 1007, "step").says, LIMIT_KEPT);
	assert_int_equal(judge(true, 1006, "step").says, LIMIT_EXCEEDED);
	assert_int_equal(judge(true, 989, "less").says, LIMIT_EXCEEDED);
	/* Without a start as well. */
	assert_int_equal(limit__judge(&l, NULL, &step).says, LIMIT_EXCEEDED);
}

static void what_is_not_measured_is_unsaid(void **state)
{
	const struct limit l = { false, false, 0 };
	struct cmp_cell step = cell("step"), panics = cell("panics");

	(void)state;
	assert_int_equal(judge(false, 0, "panics").says, LIMIT_UNSAID);
	assert_non_null(judge(false, 0, "panics").why);
	assert_int_equal(judge(true, 1e9, "panics").says, LIMIT_UNSAID);
	assert_int_equal(judge(false, 0, "nobody").says, LIMIT_UNSAID);
	assert_int_equal(limit__judge(&l, &panics, &step).says, LIMIT_UNSAID);
	assert_int_equal(limit__judge(&l, NULL, &step).says, LIMIT_UNSAID);
	/* One boot proves no figure: it was not replayed. */
	assert_int_equal(judge(false, 0, "once").says, LIMIT_UNSAID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(more_than_is_more_than),
		cmocka_unit_test(a_limit_is_of_the_figure),
		cmocka_unit_test(what_is_not_measured_is_unsaid),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}

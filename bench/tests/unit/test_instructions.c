// SPDX-License-Identifier: GPL-2.0
/* Two rigs' instructions of one fault: what must be equal, and what vitro lacks. */
#include "unit.h"
#include "instructions.h"

#define STACK(s, n)	{ .stack = (char *)(s), .insns = (n) }
#define OUTER		"vcpu_run;exit_handler;"
#define ENTRY		OUTER INSTR_ENTRY

/* 3 outside, 5 the entry, 7 map, 2 gup and 11 below it, 4 and 6 of mark. */
static struct path_stack stacks[] = {
	STACK("vcpu_run", 1),
	STACK("vcpu_run;exit_handler", 2),
	STACK(ENTRY, 5),
	STACK(ENTRY ";map", 7),
	STACK(ENTRY ";map;gup", 2),
	STACK(ENTRY ";map;gup;walk", 11),
	STACK(ENTRY ";mark", 4),
	STACK(ENTRY ";mark;map", 6),
};

static struct callgrind_func funcs[] = {
	{ (char *)INSTR_HARNESS, 10 },
	{ (char *)"c0_" INSTR_ENTRY, 5 },
	{ (char *)"c0_gup", 40 },
	{ (char *)"c0_map", 7 },
	{ (char *)"c0_shim_pfn", 8 },
};

static struct instructions compare(uint64_t tcg_total, uint64_t map)
{
	static struct callgrind_part part = { funcs, ARRAY_SIZE(funcs), 0 };
	static struct attr_class class;
	const struct callgrind_typical vitro = { &part, 1, 1, 1 };
	struct strlist own = { 0 }, stand_ins = { 0 };
	struct instructions x;

	class = (struct attr_class) {
		.stack = stacks, .nr_stacks = ARRAY_SIZE(stacks),
		.figures.insns = tcg_total,
	};
	funcs[3].insns = map;
	part.total = 10 + 5 + 40 + map + 8;
	strlist__add(&own, INSTR_ENTRY);
	strlist__add(&own, "map");
	strlist__add(&stand_ins, "gup");
	strlist__add(&stand_ins, "shim_pfn");
	instructions__compare(&x, &class, &vitro, "c0_", &own, &stand_ins);
	strlist__free(&own);
	strlist__free(&stand_ins);
	return x;
}

static const struct instr_row *row(const struct instructions *x,
				   const char *name, enum instr_group group)
{
	for (size_t i = 0; i < x->nr; i++) {
		if (x->row[i].group == group && !strcmp(x->row[i].name, name))
			return &x->row[i];
	}
	fail_msg("no row %s", name);
	return NULL;
}

static void the_same_objects_agree_and_the_rest_is_named(void **state)
{
	struct instructions x = compare(38, 7);
	const struct instr_row *r;

	(void)state;
	assert_int_equal(x.differing, 0);
	assert_true(x.sums);
	assert_int_equal(x.harness, 10);
	assert_int_equal(x.sum[INSTR_OWN][INSTR_TCG], 12);
	assert_int_equal(x.sum[INSTR_OWN][INSTR_VITRO], 12);
	assert_int_equal(x.sum[INSTR_STAND_IN][INSTR_TCG], 2);
	assert_int_equal(x.sum[INSTR_STAND_IN][INSTR_VITRO], 48);
	assert_int_equal(x.sum[INSTR_KERNEL][INSTR_TCG], 24);
	r = row(&x, "gup", INSTR_STAND_IN);
	assert_int_equal(r->diff, 38);
	assert_string_equal(r->why, "other code");
	assert_string_equal(row(&x, "shim_pfn", INSTR_STAND_IN)->why, "of that sum");
	instructions__free(&x);
}

static void what_vitro_leaves_out_is_grouped_by_where_it_begins(void **state)
{
	struct instructions x = compare(38, 7);

	(void)state;
	/* walk under gup, 11; mark with map below it, 10; outside, 3 */
	assert_int_equal(x.nr_parts, 3);
	assert_string_equal(x.part[0].under, "gup");
	assert_true(x.part[0].stand_in);
	assert_int_equal(x.part[0].insns, 11);
	assert_string_equal(x.part[1].under, "mark");
	assert_false(x.part[1].stand_in);
	assert_int_equal(x.part[1].insns, 10);
	assert_null(x.part[2].under);
	assert_int_equal(x.part[2].insns, 3);
	instructions__free(&x);
}

static void one_instruction_more_in_one_rig_disagrees(void **state)
{
	struct instructions x = compare(38, 8);

	(void)state;
	assert_int_equal(x.differing, 1);
	assert_int_equal(row(&x, "map", INSTR_OWN)->diff, 1);
	assert_string_equal(row(&x, "map", INSTR_OWN)->why, "DISAGREES");
	assert_string_equal(row(&x, INSTR_ENTRY, INSTR_OWN)->why, "");
	assert_true(x.sums);
	instructions__free(&x);
}

static void functions_that_are_not_the_total_are_noticed(void **state)
{
	struct instructions x = compare(39, 7);

	(void)state;
	assert_false(x.sums);
	instructions__free(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_objects_agree_and_the_rest_is_named),
		cmocka_unit_test(what_vitro_leaves_out_is_grouped_by_where_it_begins),
		cmocka_unit_test(one_instruction_more_in_one_rig_disagrees),
		cmocka_unit_test(functions_that_are_not_the_total_are_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

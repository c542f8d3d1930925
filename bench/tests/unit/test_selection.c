// SPDX-License-Identifier: GPL-2.0
/*
 * Selections: lists of globs for each part of a name, and patterns of the whole.
 */
#include "unit.h"
#include "selection.h"

static const struct selected cell = { .part = {
	[BY_RIG] = "tcg", [BY_BASE] = "v6.1", [BY_VARIANT] = "mine@2+indirect",
	[BY_PROFILE] = "off", [BY_WORKLOAD] = "touch-write",
	[BY_METRIC] = "instructions",
} };

static void an_empty_selection_has_everything(void **state)
{
	struct selection s = { 0 };

	(void)state;
	assert_true(selection__empty(&s));
	assert_true(selection__has(&s, &cell));
	selection__free(&s);
}

static void every_list_must_match_by_one_of_its_globs(void **state)
{
	struct selection s = { 0 };

	(void)state;
	selection__add(&s, BY_WORKLOAD, "mmio,touch-*");
	selection__add(&s, BY_VARIANT, "mine@*");
	assert_false(selection__empty(&s));
	assert_true(selection__has(&s, &cell));
	selection__add(&s, BY_BASE, "v5.*");
	assert_false(selection__has(&s, &cell));
	selection__add(&s, BY_BASE, "v6.1");
	assert_true(selection__has(&s, &cell));
	selection__free(&s);
}

static void a_part_that_is_not_known_is_not_looked_at(void **state)
{
	const struct selected only_base = { .part = { [BY_BASE] = "v6.1" } };
	struct selection s = { 0 };

	(void)state;
	selection__add(&s, BY_WORKLOAD, "mmio");
	strlist__add(&s.patterns, "tcg/v6.*/mine/off/mmio");
	assert_true(selection__has(&s, &only_base));
	selection__add(&s, BY_BASE, "v5.10");
	assert_false(selection__has(&s, &only_base));
	selection__free(&s);
}

static void one_of_the_patterns_must_match_part_by_part(void **state)
{
	struct selection s = { 0 };

	(void)state;
	strlist__add(&s.patterns, "vitro/*/*/*/*");
	assert_false(selection__has(&s, &cell));
	strlist__add(&s.patterns, "tcg/v6.1/mine@2+*/off/touch-*");
	assert_true(selection__has(&s, &cell));
	selection__free(&s);
	strlist__add(&s.patterns, "tcg/v6.1/*/off/touch-write/cycles_*");
	assert_false(selection__has(&s, &cell));
	selection__free(&s);
}

static void a_pattern_has_five_or_six_parts(void **state)
{
	char *part;

	(void)state;
	assert_int_equal(selection__parts("a/b/c/d/e"), CELL_PARTS);
	assert_int_equal(selection__parts("a/b/c/d/e/f"), SERIES_PARTS);
	assert_int_equal(selection__parts("a/b/c/d"), 0);
	assert_int_equal(selection__parts("a/b/c/d/e/f/g"), 0);
	assert_int_equal(selection__parts(""), 0);
	assert_false(selection__pattern_matches("tcg/v6.1/*", &cell));
	part = selection__part("a/b/c/d/e", BY_WORKLOAD);
	assert_string_equal(part, "e");
	free(part);
	part = selection__part("a/b/c/d/e", BY_METRIC);
	assert_string_equal(part, "*");
	free(part);
}

/* Else "*" would take the name apart at another place than its reader does. */
static void a_name_with_a_slash_matches_no_pattern(void **state)
{
	struct selected odd = cell;

	(void)state;
	odd.part[BY_VARIANT] = "mine/off";
	assert_false(selection__pattern_matches("*/*/*/*/*", &odd));
}

static void a_glob_is_told_from_a_name(void **state)
{
	(void)state;
	assert_true(selection__is_glob("touch-*"));
	assert_true(selection__is_glob("v[56].1"));
	assert_true(selection__is_glob("v?.1"));
	assert_false(selection__is_glob("mine@all+indirect"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_selection_has_everything),
		cmocka_unit_test(every_list_must_match_by_one_of_its_globs),
		cmocka_unit_test(a_part_that_is_not_known_is_not_looked_at),
		cmocka_unit_test(one_of_the_patterns_must_match_part_by_part),
		cmocka_unit_test(a_pattern_has_five_or_six_parts),
		cmocka_unit_test(a_name_with_a_slash_matches_no_pattern),
		cmocka_unit_test(a_glob_is_told_from_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

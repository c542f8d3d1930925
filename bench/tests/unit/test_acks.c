// SPDX-License-Identifier: GPL-2.0
/*
 * Acks: what a file must say, which series one is of, and until when.
 */
#include <errno.h>
#include <math.h>

#include "unit.h"
#include "acks.h"

#define WHOLE	"commit = 1a2b\nwho = me\nwhy = so\nuntil = 2027-03-01\n"

static struct acks acks;
static char err[300];

static int parse(const char *text)
{
	return acks__parse(&acks, "a.conf", text, strlen(text), err, sizeof(err));
}

static void refused(const char *text, const char *because)
{
	assert_int_equal(parse(text), -EINVAL);
	if (!strstr(err, because))
		fail_msg("'%s' is not in: %s", because, err);
	assert_null(acks.item);
	assert_null(acks.path);
}

static void an_ack_is_read_whole(void **state)
{
	(void)state;
	assert_int_equal(parse("# known\n[tcg/v6.1/*/off/touch-*/instructions]\n"
			       "commit = 1a2b\nwho = A <a@b>\nwhy = a check\n"
			       "  of the list\nuntil = 2028-02-29\nat_most = 3 %\n"
			       "[vitro/*/*/*/*/cycles_hot]\n" WHOLE), 0);
	assert_int_equal(acks.nr, 2);
	assert_string_equal(acks.item[0].commit, "1a2b");
	assert_string_equal(acks.item[0].who, "A <a@b>");
	assert_string_equal(acks.item[0].why, "a check of the list");
	assert_string_equal(acks.item[0].until, "2028-02-29");
	assert_true(acks.item[0].at_most == 3);
	assert_int_equal(acks.item[0].line, 2);
	assert_true(isinf(acks.item[1].at_most));
	assert_int_equal(acks.item[1].line, 9);
	acks__free(&acks);
}

static void an_empty_file_has_none(void **state)
{
	(void)state;
	assert_int_equal(parse("# nothing yet\n\n"), 0);
	assert_int_equal(acks.nr, 0);
	acks__free(&acks);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
	(void)state;
	refused("commit = 1\n", "a.conf:1: commit = 1: stands before");
	refused("[touch-write]\n" WHOLE, "a.conf:1: [touch-write] is not RIG/");
	refused("[a/b/c/d/e/f/g]\n" WHOLE, "a.conf:1: ");
	refused("[a/b/c/d/e/f]\nwhom = me\n", "a.conf:2: whom = me: no such key");
	refused("[a/b/c/d/e/f]\nwho =\n", "a.conf:2: who = : says nothing");
	refused("[a/b/c/d/e/f]\n" WHOLE "junk\n", "a.conf:6: neither");
	refused("\n[a/b/c/d/e/f]\ncommit = 1\nwho = me\nuntil = 2027-03-01\n",
		"a.conf:2: [a/b/c/d/e/f] does not say why");
	refused("[a/b/c/d/e/f]\ncommit = 1\nwho = me\nwhy = so\n", "does not say until");
	refused("[a/b/c/d/e/f]\n" WHOLE "[a/b/c/d/e/f]\n" WHOLE,
		"a.conf:6: [a/b/c/d/e/f] is in line 1 as well");
	refused("[a/b/c/d/e/f]\nat_most = 0\n", "no percentage above 0");
	refused("[a/b/c/d/e/f]\nat_most = nan\n", "no percentage above 0");
	refused("[a/b/c/d/e/f]\nat_most = 3x\n", "no percentage above 0");
}

static void days_that_there_are_not_are_refused(void **state)
{
	static const char *const bad[] = {
		"2027-13-01", "2027-00-10", "2027-02-29", "2100-02-29",
		"2027-04-31", "2027-01-00", "2027-1-1", "tomorrow",
		"2027-03-01T00:00", "20270301", "2027/03/01",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *text = xasprintf("[a/b/c/d/e/f]\nuntil = %s\n", bad[i]);

		refused(text, "a.conf:2: until = ");
		free(text);
	}
}

static bool matches(const char *pattern, struct history_key k)
{
	struct ack a = { .pattern = (char *)pattern };

	return ack__matches(&a, &k);
}

static void a_pattern_is_of_six_names_one_by_one(void **state)
{
	struct history_key k = { "tcg", "QEMU", "v6.1", "mine+indirect", "off",
				 "touch-write", "instructions" };

	(void)state;
	assert_true(matches("tcg/v6.1/mine+indirect/off/touch-write/instructions", k));
	assert_true(matches("*/*/*/*/touch-*/instr*", k));
	assert_true(matches("tcg/v[56].*/*/*/*/*", k));
	assert_false(matches("tcg/v6.1/mine/off/touch-write/instructions", k));
	assert_false(matches("tcg/*/off/touch-write/instructions/*", k));
	assert_false(matches("*/*/*/*/*/instructions_mean", k));
	/* a name with a slash in it is nobody's */
	k.workload = "x/y";
	assert_false(matches("*/*/*/*/*/*", k));
}

static void an_ack_holds_through_its_last_day(void **state)
{
	struct ack a = { .until = "2027-03-01" };

	(void)state;
	assert_false(ack__expired(&a, "2027-02-28"));
	assert_false(ack__expired(&a, "2027-03-01"));
	assert_false(ack__expired(&a, "2027-03-01T23:59:59Z"));
	assert_true(ack__expired(&a, "2027-03-02"));
	assert_true(ack__expired(&a, "2031-01-01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ack_is_read_whole),
		cmocka_unit_test(an_empty_file_has_none),
		cmocka_unit_test(what_is_wrong_is_named_with_its_line),
		cmocka_unit_test(days_that_there_are_not_are_refused),
		cmocka_unit_test(a_pattern_is_of_six_names_one_by_one),
		cmocka_unit_test(an_ack_holds_through_its_last_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

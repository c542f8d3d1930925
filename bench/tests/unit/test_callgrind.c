// SPDX-License-Identifier: GPL-2.0
/* What callgrind wrote: whose the instructions are, and which fault is typical. */
#include "unit.h"
#include "callgrind.h"

static struct callgrind g;
static char err[300];

static int parse(const char *text)
{
	return callgrind__parse(&g, "cg", text, strlen(text), NULL, NULL, err,
				sizeof(err));
}

static void refused(const char *text, const char *words)
{
	assert_true(parse(text) < 0);
	if (!strstr(err, words))
		fail_msg("\"%s\" lacks \"%s\"", err, words);
	assert_int_equal(g.nr, 0);
}

#define HEAD	"# callgrind format\nversion: 1\ncreator: callgrind-3.19.0\n" \
		"positions: line\nevents: Ir\n"

static void a_call_s_inclusive_cost_is_not_the_caller_s_own(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "part: 1\n\n"
		"ob=(1) /x/prog\nfl=(1) a.c\n"
		"fn=(1) caller\n16 3\n"
		"cfn=(2) callee\ncalls=1 0\n16 40\n"
		"17 2\n\n"
		"fn=(2)\n5 30\n+1 10\n"
		"totals: 45\n"), 0);
	assert_string_equal(g.creator, "callgrind-3.19.0");
	assert_int_equal(g.nr, 1);
	assert_int_equal(g.part[0].nr, 2);
	assert_int_equal(g.part[0].total, 45);
	assert_int_equal(callgrind_part__of(&g.part[0], "caller"), 5);
	assert_int_equal(callgrind_part__of(&g.part[0], "callee"), 40);
	assert_int_equal(callgrind_part__of(&g.part[0], "nobody"), 0);
	callgrind__free(&g);
}

static void names_of_no_number_and_functions_of_no_cost(void **state)
{
	(void)state;
	assert_int_equal(parse(HEAD "fn=(below main)\n0 7\nfn=idle\n0 0\ntotals: 7\n"), 0);
	assert_int_equal(g.part[0].nr, 1);
	assert_int_equal(callgrind_part__of(&g.part[0], "(below main)"), 7);
	callgrind__free(&g);
}

static void instructions_are_found_among_other_events(void **state)
{
	(void)state;
	assert_int_equal(parse("positions: instr line\nevents: Bc Ir Bi\n"
		"fn=f\n0x10 1 9 4 2\n0x14 2 9\ntotals: 18 4 2\n"), 0);
	assert_int_equal(callgrind_part__of(&g.part[0], "f"), 4);
	callgrind__free(&g);
}

/* Two functions: one from 0x100 to 0x1ff, one above; below nobody knows. */
static const char *namer(void *arg, uint64_t pc)
{
	(void)arg;
	return pc < 0x100 ? NULL : pc < 0x200 ? "thunk" : "target";
}

static int parse_by_address(const char *text)
{
	return callgrind__parse(&g, "cg", text, strlen(text), namer, NULL, err,
				sizeof(err));
}

static void an_address_tells_whose_an_instruction_is(void **state)
{
	(void)state;
	/* A thunk "returns" to its target: callgrind takes that for the thunk. */
	assert_int_equal(parse_by_address(
		"creator: c\npositions: instr\nevents: Ir\npart: 1\n"
		"fn=caller\n0x80 5\n"
		"fn=0x100\n0x100 1\n0x10c 1\n0x200 6\n0x204 7\n"
		"totals: 20\n"), 0);
	assert_int_equal(callgrind_part__of(&g.part[0], "caller"), 5);
	assert_int_equal(callgrind_part__of(&g.part[0], "thunk"), 2);
	assert_int_equal(callgrind_part__of(&g.part[0], "target"), 13);
	assert_int_equal(callgrind_part__of(&g.part[0], "0x100"), 0);
	callgrind__free(&g);
	assert_true(parse_by_address(HEAD "fn=f\n16 3\ntotals: 3\n") < 0);
	assert_non_null(strstr(err, "cg:7: '16 3' has no address: run callgrind "
			       "with --dump-instr=yes"));
}

static void what_is_not_whole_is_refused_with_its_line(void **state)
{
	(void)state;
	refused("", "nothing of callgrind's");
	refused(HEAD "fn=f\n1 2\n", "cut off");
	refused(HEAD "fn=f\n1 2\ntotals: 2", "cg:8: the last line has no end");
	refused(HEAD "fn=f\n1 2\ntotals: 3\n",
		"cg:8: the functions' instructions are 2 together, their total is 3");
	refused(HEAD "part: 1\nfn=f\n1 2\npart: 2\ntotals: 2\n", "cg:9: a part begins");
	refused(HEAD "fn=f\n1\ntotals: 0\n", "has no cost");
	refused(HEAD "1 2\ntotals: 2\n", "a cost outside of any function");
	refused("events: Dr Dw\nfn=f\n1 2\ntotals: 2\n", "no event Ir");
	refused(HEAD "fn=f\n1 x\ntotals: 0\n", "'x' is not a number of instructions");
	refused(HEAD "fn=(7)\n1 2\ntotals: 2\n", "no function that was named before");
	refused(HEAD "fn=f\njump=1 2\ntotals: 0\n", "--collect-jumps");
	refused(HEAD "<html>\n", "cg:6: '<html>' is no line of callgrind's format");
}

#define PART(n, entry, other) \
	"part: " n "\nfn=entry\n1 " entry "\nfn=other\n1 " other "\n"

static void the_commonest_total_then_the_commonest_way_is_typical(void **state)
{
	struct callgrind_typical t;

	(void)state;
	/* Totals less loop: 10 four times in two ways, 12, and a part without. */
	assert_int_equal(parse(HEAD
		PART("1", "4", "6") "fn=loop\n1 50\ntotals: 60\n"
		PART("2", "7", "3") "fn=loop\n1 9\ntotals: 19\n"
		PART("3", "4", "6") "totals: 10\n"
		PART("4", "6", "6") "totals: 12\n"
		PART("5", "4", "6") "totals: 10\n"
		"part: 6\nfn=other\n1 10\ntotals: 10\n"), 0);
	t = callgrind__typical(&g, "entry", "loop");
	assert_int_equal(t.faults, 5);
	assert_int_equal(t.typical, 4);
	assert_int_equal(t.same_path, 3);
	assert_int_equal(callgrind_part__of(t.part, "entry"), 4);
	t = callgrind__typical(&g, "nobody", "loop");
	assert_int_equal(t.faults, 0);
	assert_null(t.part);
	callgrind__free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_call_s_inclusive_cost_is_not_the_caller_s_own),
		cmocka_unit_test(names_of_no_number_and_functions_of_no_cost),
		cmocka_unit_test(instructions_are_found_among_other_events),
		cmocka_unit_test(an_address_tells_whose_an_instruction_is),
		cmocka_unit_test(what_is_not_whole_is_refused_with_its_line),
		cmocka_unit_test(the_commonest_total_then_the_commonest_way_is_typical),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

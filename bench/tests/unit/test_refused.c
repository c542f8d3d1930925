// SPDX-License-Identifier: GPL-2.0
/* The instruction that valgrind refused, by words that it said of some. */
#include "unit.h"
#include "refused.h"

#define VEX(bytes)	"vex amd64->IR: unhandled instruction bytes: " bytes "\n" \
			"vex amd64->IR:   REX=0 REX.W=0 REX.R=0 REX.X=0 REX.B=0\n" \
			"vex amd64->IR:   VEX=0 VEX.L=0 VEX.nVVVV=0x0 ESC=0F\n" \
			"vex amd64->IR:   PFX.66=0 PFX.F2=0 PFX.F3=0\n" \
			"==17== valgrind: Unrecognised instruction at address 0x1090c9.\n"
#define RDTSCP		VEX("0xF 0x1 0xF9 0x48 0x8D 0x3D 0x4A 0xF 0x0 0x0")
#define CLI		VEX("0xFA 0x48 0x8D 0x3D 0x4A 0xF 0x0 0x0 0x0 0x0")
#define UD2		VEX("0xF 0xB 0x48 0x8D 0x3D 0x4A 0xF 0x0 0x0 0x0")
#define AT(where)	"==17==    at 0x1090C9: " where "\n" \
			"==17==    by 0x10A0C9: caller (p.c:9)\n"

static void find(const char *log, const char *insn, const char *bytes,
		 const char *func)
{
	struct refused r;

	assert_true(refused__find(&r, log));
	assert_string_equal(r.insn, insn);
	assert_string_equal(r.bytes, bytes);
	if (func)
		assert_string_equal(r.func, func);
	else
		assert_null(r.func);
	refused__free(&r);
}

static void none(const char *log)
{
	struct refused r;

	assert_false(refused__find(&r, log));
	assert_true(!r.bytes && !r.insn && !r.mnemonic && !r.func);
}

static void it_is_named_with_its_function(void **state)
{
	struct refused r;

	(void)state;
	find(RDTSCP AT("tsc__end (tsc.h:44)"), "rdtscp", "0f 01 f9", "tsc__end");
	find(RDTSCP AT("main (in /tmp/p)"), "rdtscp", "0f 01 f9", "main");
	find(VEX("0xF3 0xF 0xC7 0xF8 0xF 0x1 0xCB 0xB8 0x0 0x0") AT("f (in /p)"),
	     "rdpid %rax", "f3 0f c7 f8", "f");
	assert_true(refused__find(&r, RDTSCP));
	assert_string_equal(r.mnemonic, "rdtscp");
	refused__free(&r);
}

static void without_a_name_there_is_none(void **state)
{
	(void)state;
	find(RDTSCP AT("??? (in /tmp/p)"), "rdtscp", "0f 01 f9", NULL);
	find(RDTSCP, "rdtscp", "0f 01 f9", NULL);
	find("vex amd64->IR: unhandled instruction bytes: 0xF 0x1 0xF9", "rdtscp",
	     "0f 01 f9", NULL);
}

static void what_capstone_does_not_know_is_its_bytes(void **state)
{
	(void)state;
	find(VEX("0xFF 0xFF 0xFF 0xFF 0xFF 0xFF 0xFF 0xFF 0xFF 0xFF") AT("f (in /p)"),
	     "(unknown)", "ff ff ff ff ff ff ff ff ff ff", "f");
}

/* vitro makes nops of CLI and STI; UD2 is a BUG, which it tells itself. */
static void the_last_one_that_is_not_expected(void **state)
{
	(void)state;
	find(CLI AT("c0_f (in /p)") RDTSCP AT("g (in /p)") UD2 AT("h (in /p)"),
	     "rdtscp", "0f 01 f9", "g");
	find(VEX("0xF3 0xF 0xC7 0xF8 0xF 0x1 0xCB 0xB8 0x0 0x0") AT("f (in /p)")
	     RDTSCP AT("g (in /p)"), "rdtscp", "0f 01 f9", "g");
	/* A function is of its own instruction, not of a later one. */
	find(RDTSCP CLI AT("c0_f (in /p)"), "rdtscp", "0f 01 f9", NULL);
}

static void none_is_none(void **state)
{
	(void)state;
	none("");
	none("faultline: no room\n==17==    at 0x1090C9: main (in /tmp/p)\n");
	none(CLI AT("c0_f (in /p)") UD2 AT("h (in /p)"));
	none("vex amd64->IR: unhandled instruction bytes: of no number\n");
	none("vex amd64->IR: unhandled instruction bytes:");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_named_with_its_function),
		cmocka_unit_test(without_a_name_there_is_none),
		cmocka_unit_test(what_capstone_does_not_know_is_its_bytes),
		cmocka_unit_test(the_last_one_that_is_not_expected),
		cmocka_unit_test(none_is_none),
	};

	return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}

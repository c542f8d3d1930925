// SPDX-License-Identifier: GPL-2.0
/*
 * The plugin's count of a guest's instructions, where one of them leaves for the host:
 * the guest's clock has it when it is executed, and not before.
 */
#include <unistd.h>

#include "unit.h"

#include "code.h"
#include "guest_side.h"
#include "util.h"

static uint32_t at(uint64_t addr, const char *bytes, size_t len)
{
	return code__intern(addr, (const uint8_t *)bytes, len);
}

static char *log_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	guest__write_log(f);
	fclose(f);
	return text;
}

/* Two readings of the clock, one instruction that exits and one that does not between. */
static void one_exit(uint64_t addr, const char *bytes, size_t len, bool comes_again)
{
	uint32_t i = at(addr, bytes, len);

	guest__watch_from(PROBE_MEASURED);
	guest__insn(at(addr - 2, "\x0f\x31", 2));
	guest__insn(i);
	guest__exit(false);
	guest__entry();
	if (comes_again) {
		guest__insn(i);
		guest__memory(i);
	}
	guest__insn(at(addr + len, "\x90", 1));
	guest__insn(at(addr + len + 1, "\x0f\x31", 2));
}

static void what_left_before_it_was_executed_is_not_in_the_clock(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t len;
		bool comes_again;
		unsigned int ticks;	/* and the newer reading is one */
	} rows[] = {
		{ "nop, then an interrupt", "\x90", 1, false, 3 },
		{ "in", "\xed", 1, false, 2 },
		{ "vmmcall", "\x0f\x01\xd9", 3, false, 2 },
		{ "vmrun of a guest that is a hypervisor", "\x0f\x01\xd8", 3, false, 2 },
		{ "store that faults and comes again", "\x48\x89\x03", 3, true, 3 },
	};
	char *text, want[32];

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		one_exit(0x1000 + i * 0x100, rows[i].bytes, rows[i].len,
			 rows[i].comes_again);
		text = log_text();
		snprintf(want, sizeof(want), "\nsample %u 1\n", rows[i].ticks);
		if (!strstr(text, want))
			fail_msg("%s: not %s in\n%s", rows[i].name, want, text);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_left_before_it_was_executed_is_not_in_the_clock),
	};

	if (!code__init() || !exit_path__init())
		return 1;
	return cmocka_run_group_tests_name("guest side", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What the plugin makes of the blocks and accesses that QEMU tells it of. Here
 * the test is QEMU; it reads the result as bench/trace does. The Makefile gives
 * these objects room for 8 paths, 64 events a path and 4096 bytes of events.
 */
#include <unistd.h>

#include "unit.h"

#include "code.h"
#include "probe.h"
#include "probe_log.h"
#include "exit_path.h"
#include "ran.h"

struct made_insn {
	uint64_t addr;
	uint8_t len, bytes[8];
};

/* In memory order; what leads to the next does so by its length. */
static const struct made_insn code[] = {
	{ 0x1000, 1, { 0x90 } },
	{ 0x1001, 3, { 0x48, 0x8b, 0x03 } },		/* mov (%rbx), %rax */
	{ 0x1004, 1, { 0x90 } },
	{ 0x1005, 3, { 0x48, 0x89, 0x03 } },		/* mov %rax, (%rbx) */
	{ 0x1008, 2, { 0xeb, 0x06 } },			/* jmp 1010 */
	{ 0x1010, 1, { 0x90 } },
	{ 0x1011, 3, { 0x48, 0x8b, 0x03 } },
	{ 0x1014, 1, { 0xc3 } },			/* ret */
	{ 0x1015, 1, { 0xc3 } },
	{ 0x1020, 1, { 0x90 } },
	{ 0x1021, 3, { 0xf3, 0x48, 0xa5 } },		/* rep movsq */
	{ 0x1024, 2, { 0xeb, 0xea } },			/* jmp 1010 */
	{ 0x1030, 2, { 0x74, 0xce } },			/* je 1000 */
	{ 0x1032, 2, { 0x74, 0xdc } },			/* je 1010 */
	{ 0x2000, 3, { 0x48, 0x8b, 0x03 } },		/* interrupts enter */
	{ 0x2003, 2, { 0x48, 0xcf } },			/* iretq */
	{ 0x3000, 1, { 0x90 } },			/* nothing leads here */
	{ 0x3001, 1, { 0xc3 } },
};

#define STACK	0xffffc90000010000ull
#define ROOM_WAYS	8
#define ROOM_EVENTS	64
#define ROOM_BYTES	4096

static const struct made_insn *insn_at(uint64_t addr)
{
	for (size_t i = 0; i < ARRAY_SIZE(code); i++) {
		if (code[i].addr == addr)
			return &code[i];
	}
	fail_msg("no code at %lx", addr);
	return NULL;
}

/* A block of nr instructions begins at addr; each is translated once. */
static void block(uint64_t addr, size_t nr)
{
	static struct block *made[ARRAY_SIZE(code)][8];
	const struct made_insn *first = insn_at(addr);
	struct block **b = &made[first - code][nr];
	uint32_t insn[8];

	if (!*b) {
		for (size_t i = 0; i < nr; i++)
			insn[i] = code__intern(first[i].addr, first[i].bytes,
					       first[i].len);
		*b = code__block(insn, nr);
	}
	exit_path__block(*b);
}

/* The block's instruction at insn_addr loads or stores 8 bytes. */
static void access_to(uint64_t insn_addr, uint64_t addr, bool store)
{
	for (uint32_t i = 0; i < code__nr(); i++) {
		if (code__insn(i)->addr == insn_addr)
			exit_path__memory(i, addr, 3, store);
	}
}

/* An interrupt, from its entry to its iret: 2 instructions. */
static void interrupt(void)
{
	block(0x2000, 2);
	access_to(0x2000, 0xffff888000100000, false);
}

static void ends_in_phase(unsigned int phase)
{
	const struct guest_step g = { phase, PROBE_RETRY, NULL };

	exit_path__end();
	exit_path__count(&g);
}

static void ends(void)
{
	ends_in_phase(2);
}

static uint64_t total(const char *text, const char *name)
{
	char *what = xasprintf("\ntotal %s ", name);
	const char *p = strstr(text, what);
	uint64_t n;

	assert_non_null(p);
	n = strtoull(p + strlen(what), NULL, 10);
	free(what);
	return n;
}

/* What at_exit() in faultprobe.c writes, without samples. */
static char *written(void)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	fprintf(f, "faultprobe %d\n", PROBE_VERSION);
	for (uint32_t i = 0; i < code__nr(); i++) {
		const struct code_insn *c = code__insn(i);

		fprintf(f, "insn %u %lx ", i, c->addr);
		for (unsigned int j = 0; j < c->len; j++)
			fprintf(f, "%02x", c->bytes[j]);
		fputc('\n', f);
	}
	ran__write(f);
	exit_path__write(f);
	fputs("bye\n", f);
	fclose(f);
	return text;
}

/* ... read again; the most frequent path first, then the longest. */
static int by_count(const void *a, const void *b)
{
	const struct probe_path *x = a, *y = b;

	if (x->count != y->count)
		return x->count < y->count ? 1 : -1;
	return (x->own < y->own) - (x->own > y->own);
}

static struct probe_log recorded(void)
{
	char path[] = "/tmp/faultline-path.XXXXXX", err[512] = "";
	char *text = written();
	int fd = mkstemp(path);
	struct probe_log log;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	if (probe_log__read(&log, path, err, sizeof(err)))
		fail_msg("%s", err);
	unlink(path);
	free(text);
	if (log.nr_paths)
		qsort(log.path, log.nr_paths, sizeof(*log.path), by_count);
	return log;
}

static int start(void **state)
{
	static bool ready;

	(void)state;
	if (!ready && (!code__add_entry(0x2000, 0x2001) || !code__init()))
		return -1;
	ready = true;
	return exit_path__init() ? 0 : -1;
}

/* The steps of a path: "1000 l 1001 [2000 l 2003 ] ...". */
static void steps_are(const struct probe_log *log, const struct probe_path *p,
		      const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < p->nr_steps; i++) {
		const struct step *s = &p->step[i];

		switch (s->kind) {
		case STEP_INSN:
			fprintf(f, "%lx ", log->insn[s->insn].addr);
			break;
		default:
			fprintf(f, "%c ", " ls[]"[s->kind]);
		}
	}
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

static void a_path_is_one_however_it_is_cut_into_blocks(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	block(0x1010, 3);
	ends();
	exit_path__begin();
	block(0x1000, 2);
	block(0x1004, 3);
	block(0x1010, 1);
	block(0x1011, 2);
	ends();
	/* ... and another is another, by one address */
	exit_path__begin();
	block(0x1014, 1);
	ends();
	exit_path__begin();
	block(0x1015, 1);
	ends();
	exit_path__begin();
	block(0x1000, 5);
	block(0x1010, 3);
	ends_in_phase(3);
	log = recorded();
	assert_int_equal(log.nr_paths, 4);
	assert_int_equal(log.path[0].count, 2);
	assert_int_equal(log.path[0].own, 8);
	assert_int_equal(log.path[1].phase, 3);
	assert_int_equal(log.exits, 5);
	assert_int_equal(log.odd, 0);
	steps_are(&log, &log.path[0],
		  "1000 1001 1004 1005 1008 1010 1011 1014 ");
	probe_log__free(&log);
}

/* Half a path, or one that is counted already, does not count. */
static void a_path_counts_once_and_when_it_has_ended(void **state)
{
	const struct guest_step g = { 2, PROBE_NOT, NULL };
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	exit_path__count(&g);
	exit_path__begin();
	block(0x1000, 2);
	exit_path__end();
	exit_path__count(&g);
	exit_path__count(&g);
	log = recorded();
	assert_int_equal(log.nr_paths, 1);
	assert_int_equal(log.path[0].count, 1);
	assert_string_equal(log.path[0].how, PROBE_NOT);
	probe_log__free(&log);
}

/*
 * The store at 1005 faults, and is executed after the iret: 3 of its block,
 * then 2 of it, 3 of the other.
 */
static void an_exception_cuts_its_block(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	access_to(0x1001, STACK, false);
	interrupt();
	block(0x1005, 2);
	access_to(0x1005, STACK, true);
	assert_int_equal(exit_path__instructions(), 3 + 2 + 2);
	block(0x1010, 3);
	ends();
	log = recorded();
	assert_int_equal(log.path[0].own, 8);
	assert_int_equal(log.path[0].irq, 2);
	assert_int_equal(log.odd, 0);
	steps_are(&log, &log.path[0],
		  "1000 1001 l 1004 [ 2000 l 2003 ] 1005 s 1008 1010 1011 1014 ");
	probe_log__free(&log);
}

/* The same in a block whose end, a ret, may lead anywhere. */
static void an_exception_cuts_a_block_that_ends_in_a_ret(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1010, 3);
	interrupt();
	block(0x1011, 2);
	block(0x3000, 2);
	ends();
	log = recorded();
	assert_int_equal(log.path[0].own, 5);
	assert_int_equal(log.path[0].irq, 2);
	steps_are(&log, &log.path[0],
		  "1010 [ 2000 l 2003 ] 1011 1014 3000 3001 ");
	probe_log__free(&log);
}

/* QEMU begins anew before an access to a device; nothing enters. */
static void an_access_to_a_device_cuts_its_block(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	block(0x1005, 2);
	block(0x1010, 3);
	block(0x1011, 2);
	ends();
	exit_path__begin();
	block(0x1000, 5);
	block(0x1010, 3);
	ends();
	log = recorded();
	assert_int_equal(log.nr_paths, 1);
	assert_int_equal(log.path[0].count, 2);
	assert_int_equal(log.path[0].own, 8);
	assert_int_equal(log.odd, 0);
	steps_are(&log, &log.path[0],
		  "1000 1001 1004 1005 1008 1010 1011 1014 ");
	probe_log__free(&log);
}

/* Between two blocks, also after a ret; once inside another. */
static void an_interrupt_between_blocks_cuts_none(void **state)
{
	struct probe_log log;

	(void)state;
	for (int interrupted = 0; interrupted < 2; interrupted++) {
		exit_path__begin();
		block(0x1000, 5);
		if (interrupted) {
			block(0x2000, 1);
			interrupt();
			block(0x2003, 1);
		}
		block(0x1010, 3);
		if (interrupted)
			interrupt();
		block(0x3000, 2);
		ends();
	}
	exit_path__begin();
	block(0x1000, 5);
	interrupt();
	block(0x1010, 3);
	block(0x3000, 2);
	ends();
	log = recorded();
	/* Interrupted paths, however often, are one and not the uninterrupted. */
	assert_int_equal(log.nr_paths, 2);
	assert_int_equal(log.path[0].count, 2);
	assert_int_equal(log.path[0].own, 10);
	assert_int_equal(log.path[0].irq, 6 + 2);
	steps_are(&log, &log.path[0],
		  "1000 1001 1004 1005 1008 [ 2000 [ 2000 l 2003 ] 2003 ] "
		  "1010 1011 1014 [ 2000 l 2003 ] 3000 3001 ");
	assert_int_equal(log.path[1].own, 10);
	assert_int_equal(log.path[1].irq, 0);
	assert_int_equal(log.odd, 0);
	probe_log__free(&log);
}

/* The next one was waiting: it enters before an instruction is executed. */
static void an_interrupt_follows_another(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	interrupt();
	interrupt();
	block(0x1005, 2);
	block(0x1010, 3);
	ends();
	log = recorded();
	assert_int_equal(log.path[0].own, 8);
	assert_int_equal(log.path[0].irq, 4);
	assert_int_equal(log.odd, 0);
	steps_are(&log, &log.path[0],
		  "1000 1001 1004 [ 2000 l 2003 ] [ 2000 l 2003 ] "
		  "1005 1008 1010 1011 1014 ");
	probe_log__free(&log);
}

static void a_repeated_instruction_follows_itself(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1020, 2);
	block(0x1021, 1);
	block(0x1021, 1);
	block(0x1024, 1);
	block(0x1010, 3);
	ends();
	log = recorded();
	assert_int_equal(log.path[0].own, 2 + 1 + 1 + 1 + 3);
	assert_int_equal(log.odd, 0);
	steps_are(&log, &log.path[0],
		  "1020 1021 1021 1021 1024 1010 1011 1014 ");
	probe_log__free(&log);
}

static void what_nothing_explains_is_odd(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1030, 1);
	block(0x1000, 5);	/* taken */
	block(0x3000, 2);	/* a jmp to 1010 leads here? */
	block(0x1032, 1);	/* after a ret anything goes */
	block(0x3000, 2);	/* je 1010 leads there or on */
	ends();
	log = recorded();
	assert_int_equal(log.odd, 2);
	assert_int_equal(log.path[0].own, 1 + 5 + 2 + 1 + 2);
	probe_log__free(&log);
}

static void data_lines_are_distinct_and_the_paths_own(void **state)
{
	static const uint64_t first[] = { STACK, STACK + 8, STACK + 64,
					  STACK + 127, 0xffff888000000000 };
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	for (size_t i = 0; i < ARRAY_SIZE(first); i++)
		access_to(0x1001, first[i] & ~7ull, i % 2);
	interrupt();
	block(0x1010, 3);
	ends();
	exit_path__begin();
	block(0x1000, 5);
	access_to(0x1001, STACK, false);
	block(0x1010, 3);
	interrupt();
	block(0x3000, 2);
	ends();
	exit_path__begin();
	block(0x1000, 5);
	access_to(0x1001, STACK, false);
	interrupt();
	block(0x1010, 3);
	ends();
	exit_path__begin();
	block(0x1000, 5);
	for (uint64_t i = 0; i < 4; i++)
		access_to(0x1005, STACK + 64 * i, true);
	interrupt();
	block(0x1010, 3);
	ends();
	log = recorded();
	assert_int_equal(log.nr_paths, 2);
	assert_int_equal(log.path[0].count, 3);
	assert_int_equal(log.path[0].lines_max, 4);
	assert_int_equal(log.path[0].lines_min, 1);
	assert_int_equal(log.path[0].lines_sum, 8);
	assert_int_equal(log.path[1].lines_max, 1);
	assert_int_equal(log.path[0].step[2].addr, STACK);
	probe_log__free(&log);
}

/* 8 bytes from the last 4 of a line on. */
static void an_access_across_two_lines_touches_both(void **state)
{
	struct probe_log log;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	access_to(0x1001, STACK + 60, false);
	ends();
	log = recorded();
	assert_int_equal(log.path[0].lines_max, 2);
	probe_log__free(&log);
}

/* Phases make paths differ. */
static void more_paths_than_room_are_counted_together(void **state)
{
	struct probe_log log;

	(void)state;
	for (unsigned int turn = 0; turn < 2; turn++) {
		for (unsigned int i = 0; i < ROOM_WAYS + 5; i++) {
			exit_path__begin();
			block(0x1000, 5);
			ends_in_phase(i);
		}
	}
	log = recorded();
	assert_int_equal(log.nr_paths, ROOM_WAYS);
	assert_int_equal(log.uncounted, 2 * 5);
	for (size_t i = 0; i < log.nr_paths; i++)
		assert_int_equal(log.path[i].count, 2);
	probe_log__free(&log);
}

/* Its instructions are known, its steps are not. */
static void a_path_longer_than_room_is_counted_not_told(void **state)
{
	struct probe_log log;

	(void)state;
	for (int turn = 0; turn < 3; turn++) {
		exit_path__begin();
		for (int i = 0; i < ROOM_EVENTS + (turn > 0); i++)
			block(0x1021, 1);
		ends();
	}
	/* ... and when it is cut after the room */
	exit_path__begin();
	for (int i = 0; i < ROOM_EVENTS; i++)
		block(0x1021, 1);
	block(0x1024, 1);
	block(0x1010, 3);
	interrupt();
	block(0x1011, 2);
	ends();
	log = recorded();
	assert_int_equal(log.nr_paths, 3);
	assert_int_equal(log.path[0].count, 2);
	assert_int_equal(log.path[0].own, ROOM_EVENTS + 1);
	assert_false(log.path[0].stored);
	assert_int_equal(log.path[1].own, ROOM_EVENTS + 1 + 3);
	assert_int_equal(log.path[1].irq, 2);
	assert_false(log.path[1].stored);
	assert_int_equal(log.path[2].own, ROOM_EVENTS);
	assert_true(log.path[2].stored);
	assert_int_equal(log.path[2].nr_steps, ROOM_EVENTS);
	assert_int_equal(log.overflow, 2);
	probe_log__free(&log);
}

/* 60 events of 16 bytes: four paths fit. */
static void memory_is_bounded(void **state)
{
	struct probe_log log;
	size_t stored = 0;
	char *text;

	(void)state;
	for (unsigned int phase = 0; phase < ROOM_WAYS; phase++) {
		exit_path__begin();
		for (int i = 0; i < 60; i++)
			block(0x1021, 1);
		ends_in_phase(phase);
	}
	text = written();
	assert_int_equal(total(text, "paths"), ROOM_WAYS);
	assert_int_equal(total(text, "stored_bytes"), 4 * 60 * 16);
	assert_true(total(text, "stored_bytes") <= ROOM_BYTES);
	free(text);
	log = recorded();
	for (size_t i = 0; i < log.nr_paths; i++) {
		stored += log.path[i].stored;
		assert_int_equal(log.path[i].own, 60);
	}
	assert_int_equal(stored, 4);
	assert_int_equal(log.overflow, 0);
	probe_log__free(&log);
}

/* More interrupts in interrupts than there is room for: counted, not followed. */
static void interrupts_in_interrupts_come_to_an_end(void **state)
{
	char *text;

	(void)state;
	exit_path__begin();
	block(0x1000, 5);
	for (int i = 0; i < 10; i++)
		block(0x2000, 1);
	for (int i = 0; i < 10; i++)
		block(0x2003, 1);
	block(0x1010, 3);
	assert_int_equal(exit_path__instructions(), 5 + 20 + 3);
	ends();
	text = written();
	assert_int_equal(total(text, "deep"), 2);
	assert_non_null(strstr(text, "\npath 1 2 retry - 8 20 "));
	free(text);
}

/* What the log says was executed: "1000 1001" while measured, "(1004)" outside. */
static void ran_is(const char *want)
{
	struct probe_log log = recorded();
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < ARRAY_SIZE(code); i++) {
		for (size_t n = 0; log.ran && n < log.nr_insns; n++) {
			if (log.insn[n].addr != code[i].addr || log.ran[n] == RAN_NEVER)
				continue;
			fprintf(f, log.ran[n] == RAN_MEASURED ? "%lx " : "(%lx) ",
				code[i].addr);
		}
	}
	fclose(f);
	assert_string_equal(text, want);
	free(text);
	probe_log__free(&log);
}

/* A block is translated whole; an exception left it before 1005 was executed. */
static void what_was_cut_off_was_not_executed(void **state)
{
	(void)state;
	ran__measured(true);
	exit_path__begin();
	block(0x1000, 5);
	interrupt();
	ran_is("");			/* how far they came is not known yet */
	block(0x1005, 2);
	ran_is("1000 1001 1004 2000 2003 ");
	ends();
	ran_is("1000 1001 1004 1005 1008 2000 2003 ");
}

static void what_is_measured_and_what_is_not(void **state)
{
	(void)state;
	exit_path__begin();
	block(0x1010, 3);
	block(0x1000, 2);
	ends_in_phase(1);
	ran__measured(true);
	exit_path__begin();
	block(0x1014, 1);
	ends();
	ran__measured(false);
	exit_path__begin();
	block(0x1014, 1);
	ends_in_phase(3);
	ran_is("(1000) (1001) (1010) (1011) 1014 ");
}

/* No room for its events, and none is needed. */
static void a_path_too_long_is_in_it_all_the_same(void **state)
{
	(void)state;
	ran__measured(true);
	exit_path__begin();
	for (int i = 0; i < 2 * ROOM_EVENTS; i++)
		block(0x1021, 1);
	block(0x1024, 1);
	block(0x1010, 3);
	ends();
	ran_is("1010 1011 1014 1021 1024 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_path_is_one_however_it_is_cut_into_blocks, start),
		cmocka_unit_test_setup(a_path_counts_once_and_when_it_has_ended, start),
		cmocka_unit_test_setup(an_exception_cuts_its_block, start),
		cmocka_unit_test_setup(an_exception_cuts_a_block_that_ends_in_a_ret, start),
		cmocka_unit_test_setup(an_access_to_a_device_cuts_its_block, start),
		cmocka_unit_test_setup(an_interrupt_between_blocks_cuts_none, start),
		cmocka_unit_test_setup(an_interrupt_follows_another, start),
		cmocka_unit_test_setup(a_repeated_instruction_follows_itself, start),
		cmocka_unit_test_setup(what_nothing_explains_is_odd, start),
		cmocka_unit_test_setup(data_lines_are_distinct_and_the_paths_own, start),
		cmocka_unit_test_setup(an_access_across_two_lines_touches_both, start),
		cmocka_unit_test_setup(more_paths_than_room_are_counted_together, start),
		cmocka_unit_test_setup(a_path_longer_than_room_is_counted_not_told, start),
		cmocka_unit_test_setup(memory_is_bounded, start),
		cmocka_unit_test_setup(interrupts_in_interrupts_come_to_an_end, start),
		cmocka_unit_test_setup(what_was_cut_off_was_not_executed, start),
		cmocka_unit_test_setup(what_is_measured_and_what_is_not, start),
		cmocka_unit_test_setup(a_path_too_long_is_in_it_all_the_same, start),
	};

	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}

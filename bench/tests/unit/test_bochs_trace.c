// SPDX-License-Identifier: GPL-2.0
/*
 * The trace of Bochs's debugger, read and recorded: lines as 2.7 and 3.0 print
 * them, from a host and a guest made here. What is recorded is read again as
 * bench/trace reads it.
 */
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#include "unit.h"

#include "bochs_trace.h"
#include "code.h"
#include "guest_code.h"
#include "probe.h"
#include "probe_log.h"

#define VMEXIT		0xffffffff81366bdeull	/* where VMX goes on */
#define RDTSC		"0f31"
#define STORE		"48890e"	/* mov %rcx, (%rsi) */
#define BELL		"ef"
#define VMRESUME	"0f01c3"
#define VMRUN		"0f01d8"
#define VMRUN_AT	0xffffffff81366d69ull
#define REP_STOSQ	"f348ab"
#define NOP		"90"

static uint64_t tick;		/* of the next instruction */

static bool say(const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	return bochs_trace__line(line, n);
}

static void insn(uint64_t addr, const char *bytes)
{
	assert_true(say("(0).[%lu] [0x000001366b41] 0010:%016lx (unk. ctxt): some text ; with a semicolon ; %s",
			tick++, addr, bytes));
}

static void access_to(const char *kind, uint64_t addr, unsigned int len)
{
	assert_true(say("[CPU0 %s]: LIN 0x%016lx PHY 0x0000018f8ff8 (len=%u, WB): 0x00000000 0x00000001",
			kind, addr, len));
}

static void unseen(size_t nr)
{
	while (nr--)
		assert_true(say("(0).[%lu] ??? (physical address not available)",
				tick++));
}

/* The CPU's own access to the guest's RIP, and to what is next to it. */
static void vmcb(const char *kind, uint64_t rip)
{
	assert_true(say("[CPU0 %s]: PHY 0x00000096d578 (len=8, INVALID): 0x%08lX 0x%08lX	; VMCS",
			kind, rip >> 32, rip & 0xffffffff));
	assert_true(say("[CPU0 %s]: PHY 0x00000096d5d8 (len=8, INVALID): 0x00000000 0x00000007	; VMCS",
			kind));
}

/* From the first clock reading to the store that exits. */
static void guest_until_exit(void)
{
	insn(0x1000, RDTSC);
	insn(0x1002, STORE);
	assert_true(say("[CPU0 RD]: PHY 0x0000018f1000 (len=8, WB): 0x00000000 0x018FF677	; EPT PTE"));
	assert_true(say("[CPU0 WR]: PHY 0x000000970444 (len=4, INVALID): 0x00000030	; VMCS"));
}

/* From the entry to the second reading, after the store was tried again. */
static void guest_to_its_end(void)
{
	insn(0x1002, STORE);
	access_to("WR", 0x40000000, 8);
	insn(0x1005, NOP);
	insn(0x1006, RDTSC);
}

/* The shortest way through the host: 4 instructions. */
static void host(void)
{
	insn(VMEXIT, NOP);
	insn(VMEXIT + 1, "50");		/* push %rax */
	access_to("WR", 0xffffc90000010000, 8);
	insn(VMEXIT + 2, "0fc70424");
	insn(VMEXIT + 6, VMRESUME);
}

static void ring(void)
{
	insn(0x1100, BELL);
}

static void fault(void)
{
	guest_until_exit();
	host();
	guest_to_its_end();
}

static int start(void **state)
{
	static bool ready;

	(void)state;
	if (!ready && !code__add_entry(0xffffffff82000000, 0xffffffff82000001))
		return -1;
	ready = true;
	if (!bochs_trace__init(VMEXIT))
		return -1;
	tick = 129614796;
	say("Tracing enabled for CPU0");
	say("Memory-Tracing enabled for CPU0");
	/* It begins in the middle of the host, as the measured phase does. */
	insn(0x405fa0, "803d79150e0000");
	insn(VMEXIT + 6, VMRESUME);
	return 0;
}

static char *written(char *path)
{
	FILE *f;
	int fd;

	strcpy(path, "/tmp/faultline-bochs.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	bochs_trace__write(f);
	fclose(f);
	return path;
}

static struct probe_log recorded(void)
{
	char path[64], err[512] = "";
	struct probe_log log;

	if (probe_log__read(&log, written(path), err, sizeof(err)))
		fail_msg("%s", err);
	unlink(path);
	return log;
}

static void steps_are(const struct probe_log *log, const char *want)
{
	const struct probe_path *p = &log->path[0];
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	for (size_t i = 0; i < p->nr_steps; i++) {
		const struct step *s = &p->step[i];

		switch (s->kind) {
		case STEP_INSN:
			fprintf(f, "%lx ", log->insn[s->insn].addr & 0xffff);
			break;
		case STEP_LOAD:
		case STEP_STORE:
			fprintf(f, "%c%u ", " ls"[s->kind], s->size);
			break;
		default:
			fprintf(f, "%c ", " ls[]"[s->kind]);
		}
	}
	fclose(f);
	assert_string_equal(text, want);
	free(text);
}

/* Two readings, the store twice, what follows it: 4 of the guest's in a sample. */
static void a_path_lies_between_exit_and_entry(void **state)
{
	struct probe_log log;

	(void)state;
	for (int i = 0; i < 3; i++)
		fault();
	ring();
	insn(VMEXIT, NOP);
	log = recorded();
	assert_int_equal(log.nr_paths, 1);
	assert_int_equal(log.path[0].count, 3);
	assert_int_equal(log.path[0].own, 4);
	assert_string_equal(log.path[0].how, PROBE_RETRY);
	assert_int_equal(log.path[0].guest_len, 3);
	assert_int_equal(log.exits, 4);
	assert_int_equal(log.odd, 0);
	assert_int_equal(log.nr_samples, 1);
	assert_int_equal(log.sample[0].ticks, 4 + 4);
	assert_int_equal(log.sample[0].count, 3);
	steps_are(&log, "6bde 6bdf s8 6be0 6be4 ");
	probe_log__free(&log);
}

/* One nop more in the host is one more in the path and in the sample. */
static void a_nop_more_is_one_more(void **state)
{
	struct probe_log log;

	(void)state;
	guest_until_exit();
	insn(VMEXIT, NOP);
	insn(VMEXIT + 1, NOP);
	insn(VMEXIT + 2, "0fc70424");
	insn(VMEXIT + 6, NOP);
	insn(VMEXIT + 7, VMRESUME);
	guest_to_its_end();
	log = recorded();
	assert_int_equal(log.path[0].own, 5);
	assert_int_equal(log.sample[0].ticks, 5 + 4);
	probe_log__free(&log);
}

/* SVM goes on after its VMRUN. */
static void svm_goes_on_after_vmrun(void **state)
{
	struct probe_log log;

	(void)state;
	ring();
	bochs_trace__init(0);
	say("Tracing enabled for CPU0");
	for (int i = 0; i < 2; i++) {
		insn(0xffffffff81366d00, VMRUN);
		insn(0x1002, STORE);
		insn(0xffffffff81366d03, NOP);
	}
	insn(0xffffffff81366d00, VMRUN);
	insn(0x1002, STORE);
	log = recorded();
	assert_int_equal(log.nr_paths, 1);
	assert_int_equal(log.path[0].count, 2);
	assert_int_equal(log.path[0].own, 2);
	probe_log__free(&log);
}

/*
 * The debugger of 2.7 finds no code of a guest of SVM. What it executed follows
 * from its image, where it was entered and left, and what a `ret` loaded.
 */
static void a_guest_that_is_not_seen_is_found_by_its_code(void **state)
{
	static const uint8_t code[] = {
		0x0f, 0x31,			/* 1000: rdtsc */
		0x48, 0x89, 0x0e,		/* 1002: mov %rcx, (%rsi) */
		0xe8, 0x05, 0x00, 0x00, 0x00,	/* 1005: call 100f */
		0x0f, 0x31,			/* 100a: rdtsc */
		0x75, 0xf2,			/* 100c: jne 1000 */
		0xf4, 0xc3,			/* 100e: hlt; 100f: ret */
	};
	char path[] = "/tmp/faultline-guest.XXXXXX";
	int fd = mkstemp(path);
	struct probe_log log;

	(void)state;
	assert_int_equal(write(fd, code, sizeof(code)), sizeof(code));
	close(fd);
	assert_int_equal(guest_code__read(path, 0x1000), 0);
	unlink(path);
	bochs_trace__init(0);
	say("Tracing enabled for CPU0");
	insn(VMRUN_AT, VMRUN);
	vmcb("RD", 0x1000);
	unseen(2);
	for (int i = 0; i < 3; i++) {
		vmcb("WR", 0x1002);
		insn(VMRUN_AT + 3, NOP);
		insn(VMRUN_AT, VMRUN);
		vmcb("RD", 0x1002);
		unseen(3);
		assert_true(say("[CPU0 RD]: LIN 0x00000000000ffff8 PHY 0x000001800ff8 (len=8, WB): 0x00000000 0x0000100A"));
		unseen(4);
	}
	vmcb("WR", 0x1002);
	insn(VMRUN_AT + 3, NOP);
	log = recorded();
	assert_int_equal(log.nr_paths, 1);
	assert_int_equal(log.path[0].count, 3);
	assert_string_equal(log.path[0].how, PROBE_RETRY);
	assert_int_equal(log.path[0].guest_len, 3);
	assert_int_equal(log.nr_samples, 1);
	assert_int_equal(log.sample[0].ticks, 2 + 5);
	assert_int_equal(log.sample[0].count, 3);
	probe_log__free(&log);
	/* Where no way through it is like that, its clock goes on all the same. */
	insn(VMRUN_AT, VMRUN);
	vmcb("RD", 0x100e);
	unseen(3);
	vmcb("WR", 0x1000);
	insn(VMRUN_AT + 3, NOP);
	log = recorded();
	assert_int_equal(log.nr_samples, 1);
	probe_log__free(&log);
}

/*
 * A page of the guest's code was not there: the CPU took a tick for it and there
 * is no line. It is the guest's, and the guest goes on where no instruction of it was.
 */
static void a_fetch_that_fails_is_a_tick_of_the_guest(void **state)
{
	struct probe_log log;

	(void)state;
	insn(0x1000, RDTSC);
	insn(0x1002, "ffd0");			/* call *%rax */
	tick++;
	host();
	insn(0x40000000, "c3");
	insn(0x1004, RDTSC);
	log = recorded();
	assert_string_equal(log.path[0].how, PROBE_ELSEWHERE);
	assert_int_equal(log.path[0].own, 4);
	assert_int_equal(log.sample[0].ticks, 4 + 1 + 3);
	probe_log__free(&log);
}

static void refused(uint64_t lacks)
{
	char path[64], err[512] = "", *want = xasprintf("lacks %lu instr", lacks);
	struct probe_log log;

	assert_int_equal(probe_log__read(&log, written(path), err, sizeof(err)),
			 -EINVAL);
	if (!strstr(err, want))
		fail_msg("%s", err);
	unlink(path);
	free(want);
}

/* Ticks that no line has: in the host, and twice in the guest. */
static void a_line_that_is_missing_is_seen(void **state)
{
	(void)state;
	fault();
	guest_until_exit();
	insn(VMEXIT, NOP);
	tick++;
	insn(VMEXIT + 2, "0fc70424");
	insn(VMEXIT + 6, VMRESUME);
	guest_to_its_end();
	refused(1);
	tick++;
	insn(0x1008, NOP);
	tick += 2;
	insn(VMEXIT, NOP);
	refused(4);
	unseen(1);
	refused(5);
}

/* Its frame is no access of the host's; its instructions are apart. */
static void an_interrupt_is_apart(void **state)
{
	struct probe_log log;

	(void)state;
	guest_until_exit();
	insn(VMEXIT, NOP);
	assert_true(say("CPU 0: Interrupt 0x30 occurred (error_code=0x0000)"));
	access_to("WR", 0xffffc9000000fff8, 8);
	insn(0xffffffff82000000, NOP);
	access_to("RD", 0xffffc9000000fff0, 8);
	insn(0xffffffff82000001, "48cf");		/* iretq */
	insn(VMEXIT + 1, NOP);
	insn(VMEXIT + 2, VMRESUME);
	guest_to_its_end();
	log = recorded();
	assert_int_equal(log.path[0].own, 3);
	assert_int_equal(log.path[0].irq, 2);
	assert_int_equal(log.odd, 0);
	steps_are(&log, "6bde [ 0 l8 1 ] 6bdf 6be0 ");
	assert_int_equal(log.sample[0].ticks, 5 + 4);
	probe_log__free(&log);
}

/* The instruction that faults is in the clock twice, and so in the path. */
static void an_exception_counts_its_instruction_twice(void **state)
{
	struct probe_log log;

	(void)state;
	guest_until_exit();
	insn(VMEXIT, NOP);
	insn(VMEXIT + 1, STORE);
	assert_true(say("CPU 0: Exception 0x0e - (#PF) page fault occurred (error_code=0x0002)"));
	access_to("WR", 0xffffc9000000fff8, 8);
	insn(0xffffffff82000000, NOP);
	insn(0xffffffff82000001, "48cf");
	insn(VMEXIT + 1, STORE);
	access_to("WR", 0xffffc9000000ffe0, 8);
	insn(VMEXIT + 4, VMRESUME);
	guest_to_its_end();
	log = recorded();
	assert_int_equal(log.path[0].own, 4);
	assert_int_equal(log.path[0].irq, 2);
	assert_int_equal(log.odd, 0);
	steps_are(&log, "6bde 6bdf [ 0 1 ] 6bdf s8 6be2 ");
	probe_log__free(&log);
}

/* A `rep` of three is three lines, where QEMU executes it a fourth time. */
static void a_rep_is_an_instruction_an_iteration(void **state)
{
	struct probe_log log;

	(void)state;
	guest_until_exit();
	insn(VMEXIT, NOP);
	for (int i = 0; i < 3; i++) {
		insn(VMEXIT + 1, REP_STOSQ);
		access_to("WR", 0xffffc9000000fff0 + 8 * i, 8);
	}
	insn(VMEXIT + 4, VMRESUME);
	guest_to_its_end();
	log = recorded();
	assert_int_equal(log.path[0].own, 5);
	assert_int_equal(log.odd, 0);
	steps_are(&log, "6bde 6bdf s8 6bdf s8 6bdf s8 6be2 ");
	probe_log__free(&log);
}

/* "RW" is both; the CPU's own accesses are neither; an odd size is its parts. */
static void accesses_are_of_the_instruction_before_them(void **state)
{
	struct probe_log log;

	(void)state;
	guest_until_exit();
	insn(VMEXIT, "f0830424f8");
	access_to("RW", 0xffffc90000010000, 4);
	assert_true(say("[CPU0 WR]: PHY 0x0000018f8ff8 (len=4, WB): 0x00000001"));
	insn(VMEXIT + 5, "0f0118");		/* lidt (%rax) */
	access_to("RD", 0xffffc90000010000, 10);
	insn(VMEXIT + 8, VMRESUME);
	guest_to_its_end();
	log = recorded();
	steps_are(&log, "6bde l4 s4 6be3 l8 l2 6be6 ");
	probe_log__free(&log);
}

static void other_lines_are_left_alone(void **state)
{
	(void)state;
	assert_false(say("98 0243b9f5 hist 10495 1"));
	assert_false(say("(0) Breakpoint 2, in 0x0033:0000000000405fd0 (0x0000000000405fd0)"));
	assert_false(say("Next at t=129617381"));
	assert_false(say("%s", ""));
	assert_false(say("(0).[12] [0x00"));
	assert_false(say("(0).[12] [0x00000001] 0010:ffff (unk. ctxt): nop ; "));
	assert_false(say("(0).[12] [0x00000001] 0010:ffff (unk. ctxt): nop ; 909"));
	assert_false(say("(0).[12] [0x00000001] 0010:ffff (unk. ctxt): nop ; 90909090909090909090909090909090"));
	assert_false(say("[CPU0 RD]: LIN 0x0"));
	assert_false(say("[CPU0"));
	/* 3.0 says of an instruction that the CPU is halted */
	assert_true(say("(0).[%lu] [0x000001366b41] 0010:ffff (unk. ctxt): nop ; 90 (halted)",
			tick++));
	/* ... and what is printed without `trace on` is no trace. */
	say("Tracing disabled for CPU0");
	assert_false(say("(0).[12] [0x00000001] 0010:ffff (unk. ctxt): nop ; 90"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_path_lies_between_exit_and_entry, start),
		cmocka_unit_test_setup(a_nop_more_is_one_more, start),
		cmocka_unit_test_setup(svm_goes_on_after_vmrun, start),
		cmocka_unit_test_setup(a_guest_that_is_not_seen_is_found_by_its_code, start),
		cmocka_unit_test_setup(a_fetch_that_fails_is_a_tick_of_the_guest, start),
		cmocka_unit_test_setup(a_line_that_is_missing_is_seen, start),
		cmocka_unit_test_setup(an_interrupt_is_apart, start),
		cmocka_unit_test_setup(an_exception_counts_its_instruction_twice, start),
		cmocka_unit_test_setup(a_rep_is_an_instruction_an_iteration, start),
		cmocka_unit_test_setup(accesses_are_of_the_instruction_before_them, start),
		cmocka_unit_test_setup(other_lines_are_left_alone, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What this CPU offers and what is hidden of it; and that the clock's end
 * executes no RDTSCP where that is hidden, seen by single steps.
 */
#include "unit.h"

#include <cpuid.h>
#include <errno.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cpu.h"
#include "quiet_process.h"
#include "tsc.h"

static const uint32_t leaves[] = { 0, 1, 7, 0x15, 0x80000001, 0x80000007 };
static const char *const names[] = { "rdtscp", "popcnt", "erms", "fsrm" };

static void without_a_mask_it_is_cpuid(void **state)
{
	(void)state;
	unsetenv(CPU_HIDE);
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		uint32_t want[4] = { 0 }, reg[4];
		bool there = __get_cpuid_count(leaves[i], 0, &want[0], &want[1],
					       &want[2], &want[3]);

		assert_int_equal(cpu__cpuid(leaves[i], reg), there);
		if (leaves[i] == 1)
			want[1] = reg[1] = 0;	/* this core's number */
		assert_memory_equal(reg, want, sizeof(want));
	}
}

static void no_leaf_is_zeros(void **state)
{
	uint32_t reg[4] = { 1, 2, 3, 4 };

	(void)state;
	assert_false(cpu__cpuid(0x8fffffff, reg));
	assert_true(!reg[0] && !reg[1] && !reg[2] && !reg[3]);
}

static unsigned int bits(const uint32_t reg[4])
{
	unsigned int n = 0;

	for (int i = 0; i < 4; i++)
		n += __builtin_popcount(reg[i]);
	return n;
}

/* One bit of one leaf less, if it was there, and never one more. */
static void a_mask_hides_its_bit_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		unsigned int all = 0, left = 0;
		struct strlist lacking = { 0 };
		bool had;

		unsetenv(CPU_HIDE);
		had = cpu__has(names[i]);
		for (int hidden = 0; hidden < 2; hidden++) {
			if (hidden)
				setenv(CPU_HIDE, names[i], 1);
			for (size_t k = 0; k < ARRAY_SIZE(leaves); k++) {
				uint32_t reg[4];

				cpu__cpuid(leaves[k], reg);
				if (leaves[k] == 1)
					reg[1] = 0;	/* this core's number */
				*(hidden ? &left : &all) += bits(reg);
			}
		}
		assert_int_equal(all - left, had);
		assert_false(cpu__has(names[i]));
		cpu__lacks(&lacking);
		assert_true(strlist__has(&lacking, names[i]));
		strlist__free(&lacking);
	}
	unsetenv(CPU_HIDE);
}

static void several_are_hidden_at_once(void **state)
{
	struct strlist lacking = { 0 };

	(void)state;
	setenv(CPU_HIDE, "fsrm,rdtscp,erms,popcnt", 1);
	cpu__lacks(&lacking);
	assert_int_equal(lacking.nr, ARRAY_SIZE(names));
	strlist__free(&lacking);
	setenv(CPU_HIDE, "", 1);	/* nothing */
	assert_int_equal(cpu__has("rdtscp"), (unsetenv(CPU_HIDE), cpu__has("rdtscp")));
}

static void what_nobody_can_hide_is_named(void **state)
{
	char err[256] = "";

	(void)state;
	assert_false(cpu__knows("rdtsc"));
	assert_false(cpu__has("rdtsc"));
	setenv(CPU_HIDE, "rdtscp,rdtsc", 1);
	assert_int_equal(cpu__check_hidden(err, sizeof(err)), -1);
	assert_non_null(strstr(err, "no feature 'rdtsc'; there are: rdtscp"));
	assert_false(cpu__has("rdtscp"));	/* the known one is hidden all the same */
	setenv(CPU_HIDE, "rdtscp", 1);
	assert_int_equal(cpu__check_hidden(err, sizeof(err)), 0);
	unsetenv(CPU_HIDE);
	assert_int_equal(cpu__check_hidden(err, sizeof(err)), 0);
}

/* The clock as vitro uses it, and as its rate is found. */
static void use_the_clock(void)
{
	const bool rdtscp = tsc__rdtscp();
	uint64_t begin = tsc__begin();
	char *said;

	if (tsc__end(rdtscp) <= begin || quiet_process__tsc_hz(&said) < 1e6 ||
	    strcmp(tsc__end_name(), rdtscp ? "rdtscp" : "lfence; rdtsc"))
		_exit(2);
}

static bool no_leaf(uint32_t leaf, uint32_t reg[4])
{
	(void)leaf;
	memset(reg, 0, 4 * sizeof(reg[0]));
	return false;
}

extern char __executable_start, etext;

/* Is it in this program? The kernel's own vDSO goes by what the kernel sees. */
static bool ours(unsigned long ip)
{
	return ip >= (unsigned long)&__executable_start &&
	       ip < (unsigned long)&etext;
}

/* How often a child that uses the clock executes RDTSCP; it is stepped. */
static unsigned int rdtscp_executed(const char *hide)
{
	unsigned int n = 0;
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
			_exit(3);
		setenv(CPU_HIDE, hide, 1);
		quiet_process_system.cpuid = no_leaf;	/* its rate is measured */
		raise(SIGSTOP);
		use_the_clock();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (WIFSTOPPED(status)) {
		long ip = ptrace(PTRACE_PEEKUSER, pid,
				 16 * sizeof(long) /* rip */, NULL);

		n += ours(ip) &&
		     (ptrace(PTRACE_PEEKTEXT, pid, ip, NULL) & 0xffffff) == 0xf9010f;
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	return n;
}

static void a_hidden_rdtscp_is_not_executed(void **state)
{
	(void)state;
	assert_int_equal(rdtscp_executed("rdtscp"), 0);
}

static void rdtscp_is_executed_where_it_is_there(void **state)
{
	(void)state;
	unsetenv(CPU_HIDE);
	if (!cpu__has("rdtscp"))
		skip();
	assert_true(rdtscp_executed("") >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_mask_it_is_cpuid),
		cmocka_unit_test(no_leaf_is_zeros),
		cmocka_unit_test(a_mask_hides_its_bit_alone),
		cmocka_unit_test(several_are_hidden_at_once),
		cmocka_unit_test(what_nobody_can_hide_is_named),
		cmocka_unit_test(a_hidden_rdtscp_is_not_executed),
		cmocka_unit_test(rdtscp_is_executed_where_it_is_there),
	};

	return cmocka_run_group_tests_name("cpu", tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A quiet process: what the system allows, and what it refuses, is said.
 */
#include "unit.h"

#include <errno.h>
#include <math.h>
#include <time.h>
#include <unistd.h>

#include "quiet_process.h"
#include "tsc.h"

static int refuse_affinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	(void)pid, (void)size, (void)set;
	errno = EPERM;
	return -1;
}

static int refuse_nice(int nice)
{
	(void)nice;
	errno = EACCES;
	return -1;
}

static cpu_set_t allowed, pinned;
static int asked_nice;

static int fake_get_affinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid, (void)size;
	*set = allowed;
	return 0;
}

static int refuse_get_affinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)set;
	return refuse_affinity(pid, size, NULL);
}

static int fake_set_affinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	(void)size;
	assert_int_equal(pid, 0);
	pinned = *set;
	return 0;
}

static int take_nice(int nice)
{
	asked_nice = nice;
	return 0;
}

/* From the first CPU that is allowed to the last one, and there it is. */
static void pinning_moves_the_thread(void **state)
{
	cpu_set_t before, now, from;
	char *said, want[32];
	int first = -1, last = -1;

	(void)state;
	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (!CPU_ISSET(i, &before))
			continue;
		if (first < 0)
			first = i;
		last = i;
	}
	if (first == last)
		skip();
	CPU_ZERO(&from);
	CPU_SET(first, &from);
	assert_int_equal(sched_setaffinity(0, sizeof(from), &from), 0);
	assert_int_equal(sched_getcpu(), first);
	assert_int_equal(sched_setaffinity(0, sizeof(before), &before), 0);

	assert_int_equal(quiet_process__pin(&said), 0);
	assert_int_equal(sched_getcpu(), last);
	assert_int_equal(sched_getaffinity(0, sizeof(now), &now), 0);
	assert_int_equal(CPU_COUNT(&now), 1);
	assert_true(CPU_ISSET(last, &now));
	snprintf(want, sizeof(want), "cpu %d", last);
	assert_string_equal(said, want);
	sched_setaffinity(0, sizeof(before), &before);
	free(said);
}

static void takes_the_last_allowed_cpu(void **state)
{
	static const struct {
		int cpu[3], last;
		const char *said;
	} cases[] = {
		{ { 0, 0, 0 }, 0, "cpu 0" },	/* no other is allowed */
		{ { 0, 1, 1 }, 1, "cpu 1" },
		{ { 2, 5, 900 }, 900, "cpu 900" },
	};
	struct quiet_process_system was = quiet_process_system;
	char *said;

	(void)state;
	quiet_process_system.get_affinity = fake_get_affinity;
	quiet_process_system.set_affinity = fake_set_affinity;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CPU_ZERO(&allowed);
		for (int k = 0; k < 3; k++)
			CPU_SET(cases[i].cpu[k], &allowed);
		assert_int_equal(quiet_process__pin(&said), 0);
		assert_string_equal(said, cases[i].said);
		assert_int_equal(CPU_COUNT(&pinned), 1);
		assert_true(CPU_ISSET(cases[i].last, &pinned));
		free(said);
	}
	quiet_process_system = was;
}

static void asks_for_the_priority_it_says(void **state)
{
	struct quiet_process_system was = quiet_process_system;
	char *said;

	(void)state;
	quiet_process_system.set_priority = take_nice;
	assert_int_equal(quiet_process__priority(&said), 0);
	assert_int_equal(asked_nice, -20);
	assert_string_equal(said, "nice -20");
	free(said);
	quiet_process_system = was;
}

static void says_what_is_refused(void **state)
{
	struct quiet_process_system was = quiet_process_system;
	char *said;

	(void)state;
	quiet_process_system.set_affinity = refuse_affinity;
	quiet_process_system.set_priority = refuse_nice;
	quiet_process_system.huge_pages = "/nonexistent/thp";
	assert_int_equal(quiet_process__pin(&said), -EPERM);
	assert_string_equal(said, "not pinned: sched_setaffinity: Operation not permitted");
	free(said);
	quiet_process_system.get_affinity = refuse_get_affinity;
	assert_int_equal(quiet_process__pin(&said), -EPERM);
	assert_string_equal(said, "not pinned: sched_getaffinity: Operation not permitted");
	free(said);
	assert_int_equal(quiet_process__priority(&said), -EACCES);
	assert_string_equal(said, "not raised: setpriority: Permission denied");
	free(said);
	assert_int_equal(quiet_process__memory(&said), -ENOENT);
	assert_non_null(strstr(said, "not in large pages: /nonexistent/thp: No such file"));
	free(said);
	quiet_process_system = was;
}

static void large_pages_as_sysfs_says(void **state)
{
	static const struct {
		const char *text;
		int e;
		const char *said;
	} cases[] = {
		{ "always madvise [never]\n", -ENOENT, "says never" },
		{ "always [madvise] never\n", 0, "large pages by madvise" },
		{ "[always] madvise never\n", 0, "large pages by madvise" },
	};
	struct quiet_process_system was = quiet_process_system;
	char path[] = "/tmp/faultline-thp-XXXXXX", *said;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	quiet_process_system.huge_pages = path;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t len = strlen(cases[i].text);

		assert_int_equal(pwrite(fd, cases[i].text, len, 0), len);
		assert_int_equal(quiet_process__memory(&said), cases[i].e);
		assert_non_null(strstr(said, cases[i].said));
		free(said);
	}
	close(fd);
	unlink(path);
	quiet_process_system = was;
}

static struct {
	uint32_t crystal, numerator, denominator;
	bool no_power_leaf, invariant;
} cpu;

static bool fake_cpuid(uint32_t leaf, uint32_t reg[4])
{
	memset(reg, 0, 4 * sizeof(*reg));
	if (leaf == 0x15) {
		reg[0] = cpu.denominator;
		reg[1] = cpu.numerator;
		reg[2] = cpu.crystal;
		return true;
	}
	assert_int_equal(leaf, 0x80000007);
	reg[3] = ~(1u << 8) | (uint32_t)cpu.invariant << 8;
	return !cpu.no_power_leaf;
}

static void tsc_is(double hz, const char *words)
{
	char *said;

	assert_float_equal(quiet_process__tsc_hz(&said), hz, 1e-3);
	assert_string_equal(said, words);
	free(said);
}

/* 25 MHz times 188 / 2. */
static void tsc_rate_by_cpuid(void **state)
{
	struct quiet_process_system was = quiet_process_system;

	(void)state;
	quiet_process_system.cpuid = fake_cpuid;
	cpu.crystal = 25000000;
	cpu.numerator = 188;
	cpu.denominator = 2;
	cpu.invariant = true;
	tsc_is(2350e6, "2350 MHz, CPUID");
	cpu.invariant = false;
	tsc_is(2350e6, "not invariant: 2350 MHz, CPUID");
	cpu.invariant = cpu.no_power_leaf = true;
	tsc_is(2350e6, "not invariant: 2350 MHz, CPUID");
	quiet_process_system = was;
}

/* Another clock, another instruction, asleep instead of awake. */
static double rate_by_sleeping(void)
{
	const struct timespec nap = { 0, 100000000 };
	struct timespec a, b;
	uint64_t from, to;

	clock_gettime(CLOCK_MONOTONIC, &a);
	from = __builtin_ia32_rdtsc();
	nanosleep(&nap, NULL);
	clock_gettime(CLOCK_MONOTONIC, &b);
	to = __builtin_ia32_rdtsc();
	return (to - from) / (b.tv_sec - a.tv_sec + (b.tv_nsec - a.tv_nsec) * 1e-9);
}

static void tsc_rate_measured_where_cpuid_is_silent(void **state)
{
	struct quiet_process_system was = quiet_process_system;
	double other = rate_by_sleeping();

	(void)state;
	quiet_process_system.cpuid = fake_cpuid;
	cpu.invariant = true;
	cpu.no_power_leaf = false;
	for (int lacks = 0; lacks < 3; lacks++) {
		double hz;
		char *said;

		cpu.crystal = lacks == 0 ? 0 : 25000000;
		cpu.numerator = lacks == 1 ? 0 : 188;
		cpu.denominator = lacks == 2 ? 0 : 2;
		hz = quiet_process__tsc_hz(&said);
		assert_true(fabs(hz / other - 1) < 0.05);
		assert_non_null(strstr(said, " MHz, measured"));
		assert_true(said[0] != 'n');
		free(said);
	}
	quiet_process_system = was;
}

static void tsc_goes_forward(void **state)
{
	const bool rdtscp = tsc__rdtscp();
	uint64_t last = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		uint64_t begin = tsc__begin(), end = tsc__end(rdtscp);

		assert_true(begin > last && end > begin);
		last = end;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pinning_moves_the_thread),
		cmocka_unit_test(takes_the_last_allowed_cpu),
		cmocka_unit_test(asks_for_the_priority_it_says),
		cmocka_unit_test(says_what_is_refused),
		cmocka_unit_test(large_pages_as_sysfs_says),
		cmocka_unit_test(tsc_rate_by_cpuid),
		cmocka_unit_test(tsc_rate_measured_where_cpuid_is_silent),
		cmocka_unit_test(tsc_goes_forward),
	};

	return cmocka_run_group_tests_name("quiet", tests, NULL, NULL);
}

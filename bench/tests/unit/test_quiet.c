// SPDX-License-Identifier: GPL-2.0
/*
 * A quiet process, and counters of hardware that is here, is not, is refused
 * or lies: the kernel is the test's own.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "counters.h"
#include "quiet.h"

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

static int asked_nice;

static int take_nice(int nice)
{
	asked_nice = nice;
	return 0;
}

static void asks_for_the_priority_it_says(void **state)
{
	struct quiet_system was = quiet_system;
	char *said;

	(void)state;
	quiet_system.set_priority = take_nice;
	assert_int_equal(quiet__priority(&said), 0);
	assert_int_equal(asked_nice, -20);
	assert_string_equal(said, "nice -20");
	free(said);
	quiet_system = was;
}

static void pins_to_the_last_cpu(void **state)
{
	cpu_set_t before, now;
	char *said;

	(void)state;
	sched_getaffinity(0, sizeof(before), &before);
	assert_int_equal(quiet__pin(&said), 0);
	sched_getaffinity(0, sizeof(now), &now);
	assert_int_equal(CPU_COUNT(&now), 1);
	assert_true(CPU_ISSET(atoi(said + strlen("cpu ")), &now));
	assert_int_equal(sched_getcpu(), atoi(said + strlen("cpu ")));
	for (int i = sched_getcpu() + 1; i < CPU_SETSIZE; i++)
		assert_false(CPU_ISSET(i, &before));
	sched_setaffinity(0, sizeof(before), &before);
	free(said);
}

static void says_what_is_refused(void **state)
{
	struct quiet_system was = quiet_system;
	char *said;

	(void)state;
	quiet_system.set_affinity = refuse_affinity;
	quiet_system.set_priority = refuse_nice;
	quiet_system.huge_pages = "/nonexistent/thp";
	assert_int_equal(quiet__pin(&said), -EPERM);
	assert_string_equal(said, "not pinned: sched_setaffinity: Operation not permitted");
	free(said);
	assert_int_equal(quiet__priority(&said), -EACCES);
	assert_string_equal(said, "not raised: setpriority: Permission denied");
	free(said);
	assert_int_equal(quiet__memory(&said), -ENOENT);
	assert_non_null(strstr(said, "not in large pages: /nonexistent/thp: No such file"));
	free(said);
	quiet_system = was;
}

static void large_pages_never(void **state)
{
	struct quiet_system was = quiet_system;
	char path[] = "/tmp/faultline-thp-XXXXXX", *said;
	int fd = mkstemp(path);

	(void)state;
	assert_int_equal(write(fd, "always madvise [never]\n", 23), 23);
	close(fd);
	quiet_system.huge_pages = path;
	assert_int_equal(quiet__memory(&said), -ENOENT);
	assert_non_null(strstr(said, "says never"));
	free(said);
	unlink(path);
	quiet_system = was;
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

static void clock_rate(void **state)
{
	char *a, *b;
	double x = quiet__tsc_hz(&a), y = quiet__tsc_hz(&b);

	(void)state;
	assert_true(x > 1e8 && x < 1e10);
	assert_true(fabs(x - y) < 0.02 * x);
	assert_true(fabs(x - rate_by_sleeping()) < 0.05 * x);
	assert_non_null(strstr(a, " MHz, "));
	free(a);
	free(b);
}

/* A PMU. */

static int open_error, opened, closed_events;
static struct {
	uint64_t nr, enabled, running, value[NR_COUNTERS];
} pmu;

static int fake_open(struct perf_event_attr *attr, int group)
{
	if (open_error) {
		errno = open_error;
		return -1;
	}
	assert_true(attr->exclude_kernel);
	assert_int_equal(attr->disabled, group < 0);
	assert_int_equal(opened > 0, group >= 0);
	opened++;
	return dup(STDERR_FILENO);
}

static int fake_control(int fd, unsigned long request)
{
	(void)fd;
	closed_events += request == PERF_EVENT_IOC_DISABLE;
	return 0;
}

static ssize_t fake_read(int fd, void *to, size_t size)
{
	(void)fd;
	assert_int_equal(size, sizeof(pmu));
	memcpy(to, &pmu, size);
	return size;
}

static int open_fake(int error, uint64_t cycles, uint64_t instructions,
		     uint64_t enabled, uint64_t running, char *why)
{
	struct counters c;
	int e;

	counters_kernel = (struct counters_kernel) { fake_open, fake_control, fake_read };
	open_error = error;
	opened = 0;
	pmu.nr = NR_COUNTERS;
	pmu.enabled = enabled;
	pmu.running = running;
	pmu.value[COUNT_CYCLES] = cycles;
	pmu.value[COUNT_INSTRUCTIONS] = instructions;
	pmu.value[COUNT_BRANCH_MISSES] = 12;
	e = counters__open(&c, why, 256);
	if (!e) {
		uint64_t v[NR_COUNTERS];

		assert_int_equal(opened, NR_COUNTERS);
		assert_int_equal(counters__read(&c, v), 0);
		assert_int_equal(v[COUNT_INSTRUCTIONS], instructions);
		assert_int_equal(v[COUNT_BRANCH_MISSES], 12);
		pmu.running = pmu.enabled / 2;
		assert_int_equal(counters__read(&c, v), -EAGAIN);
		counters__close(&c);
	}
	return e;
}

static void a_good_pmu(void **state)
{
	char why[256];

	(void)state;
	assert_int_equal(open_fake(0, 1000400, 2000123, 500, 500, why), 0);
}

static void no_pmu(void **state)
{
	char why[256];

	(void)state;
	assert_int_equal(open_fake(ENOENT, 0, 0, 0, 0, why), -ENOENT);
	assert_non_null(strstr(why, "has no PMU"));
	assert_int_equal(open_fake(EOPNOTSUPP, 0, 0, 0, 0, why), -ENOENT);
	assert_int_equal(open_fake(ENODEV, 0, 0, 0, 0, why), -ENOENT);
}

static void refused(void **state)
{
	char why[256];

	(void)state;
	assert_int_equal(open_fake(EACCES, 0, 0, 0, 0, why), -EACCES);
	assert_non_null(strstr(why, "perf_event_paranoid"));
	assert_int_equal(open_fake(EPERM, 0, 0, 0, 0, why), -EPERM);
}

static void a_pmu_that_lies(void **state)
{
	char why[256];

	(void)state;
	assert_int_equal(open_fake(0, 1000400, 1999999, 500, 500, why), -ERANGE);
	assert_non_null(strstr(why, "1999999 instructions"));
	assert_int_equal(open_fake(0, 1000400, 2100000, 500, 500, why), -ERANGE);
	assert_int_equal(open_fake(0, 0, 2000123, 500, 500, why), -ERANGE);
	assert_int_equal(open_fake(0, 1u << 31, 2000123, 500, 500, why), -ERANGE);
}

static void a_pmu_in_turns(void **state)
{
	char why[256];

	(void)state;
	assert_int_equal(open_fake(0, 1000400, 2000123, 500, 499, why), -EAGAIN);
	assert_int_equal(open_fake(0, 1000400, 2000123, 0, 0, why), -EAGAIN);
	assert_non_null(strstr(why, "do not count all the time"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_for_the_priority_it_says),
		cmocka_unit_test(pins_to_the_last_cpu),
		cmocka_unit_test(says_what_is_refused),
		cmocka_unit_test(large_pages_never),
		cmocka_unit_test(clock_rate),
		cmocka_unit_test(a_good_pmu),
		cmocka_unit_test(no_pmu),
		cmocka_unit_test(refused),
		cmocka_unit_test(a_pmu_that_lies),
		cmocka_unit_test(a_pmu_in_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

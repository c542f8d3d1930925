// SPDX-License-Identifier: GPL-2.0
/*
 * What counters ask of the kernel, and that they give it back: the kernel is
 * the test's own. test_quiet.c has what they say of a PMU.
 */
#include "unit.h"
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "counters.h"

static struct {
	uint64_t nr, enabled, running, value[NR_COUNTERS];
} pmu;
static struct perf_event_attr asked[NR_COUNTERS];
static int group_of[NR_COUNTERS], fds[NR_COUNTERS], opened, fail_at;
static unsigned long requests[16];
static size_t nr_requests;

static int fake_open(struct perf_event_attr *attr, int group)
{
	if (opened == fail_at) {
		errno = EINVAL;
		return -1;
	}
	asked[opened] = *attr;
	group_of[opened] = group;
	return fds[opened++] = dup(STDERR_FILENO);
}

static int fake_control(int fd, unsigned long request)
{
	assert_int_equal(fd, fds[0]);
	assert_true(nr_requests < 16);
	requests[nr_requests++] = request;
	return 0;
}

static ssize_t fake_read(int fd, void *to, size_t size)
{
	assert_int_equal(fd, fds[0]);
	assert_int_equal(size, sizeof(pmu));
	memcpy(to, &pmu, size);
	return size;
}

static int good_pmu(void **state)
{
	(void)state;
	counters_kernel = (struct counters_kernel) { fake_open, fake_control, fake_read };
	memset(&pmu, 0, sizeof(pmu));
	pmu.nr = NR_COUNTERS;
	pmu.enabled = pmu.running = 500;
	pmu.value[COUNT_CYCLES] = 1000400;
	pmu.value[COUNT_INSTRUCTIONS] = 2000123;
	pmu.value[COUNT_BRANCH_MISSES] = 12;
	opened = 0;
	nr_requests = 0;
	fail_at = -1;
	return 0;
}

static void all_are_closed(int nr)
{
	assert_int_equal(opened, nr);
	for (int i = 0; i < nr; i++)
		assert_int_equal(fcntl(fds[i], F_GETFD), -1);
}

static void asks_for_three_user_space_events_in_one_group(void **state)
{
	const uint64_t config[] = { PERF_COUNT_HW_CPU_CYCLES,
		PERF_COUNT_HW_INSTRUCTIONS, PERF_COUNT_HW_BRANCH_MISSES };
	struct counters c;
	char why[256];

	(void)state;
	assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
	for (int i = 0; i < NR_COUNTERS; i++) {
		assert_int_equal(asked[i].type, PERF_TYPE_HARDWARE);
		assert_int_equal(asked[i].config, config[i]);
		assert_true(asked[i].exclude_kernel && asked[i].exclude_hv);
		assert_int_equal(asked[i].read_format, PERF_FORMAT_GROUP |
				 PERF_FORMAT_TOTAL_TIME_ENABLED |
				 PERF_FORMAT_TOTAL_TIME_RUNNING);
		assert_int_equal(group_of[i], i ? fds[0] : -1);
	}
	counters__close(&c);
	all_are_closed(NR_COUNTERS);
}

static void the_loop_is_counted_from_zero(void **state)
{
	struct counters c;
	char why[256];

	(void)state;
	assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
	assert_int_equal(nr_requests, 3);
	assert_int_equal(requests[0], PERF_EVENT_IOC_RESET);
	assert_int_equal(requests[1], PERF_EVENT_IOC_ENABLE);
	assert_int_equal(requests[2], PERF_EVENT_IOC_DISABLE);
	counters__close(&c);
}

static void a_group_that_opens_in_part_is_closed(void **state)
{
	struct counters c;
	char why[256];

	(void)state;
	fail_at = 2;
	assert_int_equal(counters__open(&c, why, sizeof(why)), -EINVAL);
	all_are_closed(2);
}

static void a_pmu_that_lies_is_closed(void **state)
{
	struct counters c;
	char why[256];

	(void)state;
	pmu.value[COUNT_BRANCH_MISSES] = 500000;	/* of 1e6 branches, all alike */
	assert_int_equal(counters__open(&c, why, sizeof(why)), -ERANGE);
	all_are_closed(NR_COUNTERS);
}

static void another_layout_is_not_read(void **state)
{
	struct counters c;
	char why[256];

	(void)state;
	pmu.nr = 2;
	assert_int_equal(counters__open(&c, why, sizeof(why)), -EIO);
}

static void a_turn_lost_once_is_not_held_against_the_next_read(void **state)
{
	uint64_t v[NR_COUNTERS];
	struct counters c;
	char why[256];

	(void)state;
	assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
	pmu.enabled += 500;
	pmu.running += 400;
	assert_int_equal(counters__read(&c, v), -EAGAIN);
	pmu.enabled += 500;
	pmu.running += 500;
	assert_int_equal(counters__read(&c, v), 0);
	pmu.enabled += 500;
	pmu.running += 499;
	assert_int_equal(counters__read(&c, v), -EAGAIN);
	counters__close(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(asks_for_three_user_space_events_in_one_group, good_pmu),
		cmocka_unit_test_setup(the_loop_is_counted_from_zero, good_pmu),
		cmocka_unit_test_setup(a_group_that_opens_in_part_is_closed, good_pmu),
		cmocka_unit_test_setup(a_pmu_that_lies_is_closed, good_pmu),
		cmocka_unit_test_setup(another_layout_is_not_read, good_pmu),
		cmocka_unit_test_setup(a_turn_lost_once_is_not_held_against_the_next_read, good_pmu),
	};

	return cmocka_run_group_tests_name("counters", tests, NULL, NULL);
}

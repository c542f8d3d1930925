// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of hardware that is here, is not, is refused or lies. The PMU is
 * the test's own: it counts only while it is enabled, as one group.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "counters.h"

static struct pmu {
	int error, error_at;		/* this event cannot be opened */
	int opened, fd[NR_COUNTERS];
	bool enabled;
	uint64_t count[NR_COUNTERS];	/* as read */
	uint64_t loop[NR_COUNTERS];	/* what it adds from enable to disable */
	uint64_t nr, time_enabled, time_running;
	ssize_t shorter;		/* bytes a read lacks */
} pmu;

static struct counters_kernel real;

static int fake_open(struct perf_event_attr *attr, int group)
{
	static const uint64_t events[NR_COUNTERS] = {
		PERF_COUNT_HW_CPU_CYCLES, PERF_COUNT_HW_INSTRUCTIONS,
		PERF_COUNT_HW_BRANCH_MISSES,
	};

	assert_true(pmu.opened < NR_COUNTERS);
	if (pmu.error && pmu.opened == pmu.error_at) {
		errno = pmu.error;
		return -1;
	}
	assert_int_equal(attr->type, PERF_TYPE_HARDWARE);
	assert_int_equal(attr->size, sizeof(*attr));
	assert_int_equal(attr->config, events[pmu.opened]);
	assert_int_equal(attr->exclude_kernel, 1);
	assert_int_equal(attr->exclude_hv, 1);
	assert_int_equal(attr->read_format, PERF_FORMAT_GROUP |
			 PERF_FORMAT_TOTAL_TIME_ENABLED |
			 PERF_FORMAT_TOTAL_TIME_RUNNING);
	/* The leader waits to be enabled, the others follow it. */
	assert_int_equal(attr->disabled, pmu.opened == 0);
	assert_int_equal(group, pmu.opened ? pmu.fd[0] : -1);
	pmu.fd[pmu.opened] = dup(STDERR_FILENO);
	return pmu.fd[pmu.opened++];
}

static int fake_control(int fd, unsigned long request, unsigned long flags)
{
	assert_int_equal(fd, pmu.fd[0]);
	assert_int_equal(flags, PERF_IOC_FLAG_GROUP);
	for (int i = 0; i < NR_COUNTERS; i++) {
		if (request == PERF_EVENT_IOC_RESET)
			pmu.count[i] = 0;
		if (request == PERF_EVENT_IOC_DISABLE && pmu.enabled)
			pmu.count[i] += pmu.loop[i];
	}
	if (request != PERF_EVENT_IOC_RESET)
		pmu.enabled = request == PERF_EVENT_IOC_ENABLE;
	return 0;
}

static ssize_t fake_read(int fd, void *to, size_t size)
{
	uint64_t g[3 + NR_COUNTERS] = { pmu.nr, pmu.time_enabled,
					pmu.time_running };

	assert_int_equal(fd, pmu.fd[0]);
	assert_int_equal(size, sizeof(g));
	assert_false(pmu.enabled);
	memcpy(g + 3, pmu.count, sizeof(pmu.count));
	memcpy(to, g, size);
	return size - pmu.shorter;
}

/* A PMU that counts 2000123 instructions in 1000400 cycles. */
static int setup(void **state)
{
	(void)state;
	pmu = (struct pmu) {
		.count = { 77, 77, 77 },	/* of before */
		.loop = { 1000400, 2000123, 12 },
		.nr = NR_COUNTERS, .time_enabled = 500, .time_running = 500,
	};
	counters_kernel = (struct counters_kernel) { fake_open, fake_control, fake_read };
	return 0;
}

static void nothing_is_open(const struct counters *c)
{
	for (int i = 0; i < pmu.opened; i++)
		assert_int_equal(fcntl(pmu.fd[i], F_GETFD), -1);
	for (int i = 0; i < NR_COUNTERS; i++)
		assert_int_equal(c->fd[i], -1);
}

static void refused_with(int e, const char *words)
{
	struct counters c;
	char why[256] = "";

	assert_int_equal(counters__open(&c, why, sizeof(why)), e);
	if (!strstr(why, words))
		fail_msg("\"%s\" does not say \"%s\"", why, words);
	nothing_is_open(&c);
}

static void counts_from_start_to_stop(void **state)
{
	struct counters c;
	uint64_t v[NR_COUNTERS];
	char why[256];

	(void)state;
	assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
	pmu.loop[COUNT_CYCLES] = 7;
	pmu.loop[COUNT_INSTRUCTIONS] = 20;
	pmu.loop[COUNT_BRANCH_MISSES] = 3;
	counters__start(&c);
	counters__stop(&c);
	assert_int_equal(counters__read(&c, v), 0);
	assert_int_equal(v[COUNT_CYCLES], 7);
	assert_int_equal(v[COUNT_INSTRUCTIONS], 20);
	assert_int_equal(v[COUNT_BRANCH_MISSES], 3);
	counters__close(&c);
	nothing_is_open(&c);
}

static void a_turn_lost_once_is_not_held_against_the_next_read(void **state)
{
	uint64_t v[NR_COUNTERS];
	struct counters c;
	char why[256];

	(void)state;
	assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
	pmu.time_enabled += 500;
	pmu.time_running += 400;
	assert_int_equal(counters__read(&c, v), -EAGAIN);
	pmu.time_enabled += 500;
	pmu.time_running += 500;
	assert_int_equal(counters__read(&c, v), 0);
	pmu.time_enabled += 500;
	pmu.time_running += 499;
	assert_int_equal(counters__read(&c, v), -EAGAIN);
	counters__close(&c);
}

static void shared_counters_are_not_believed(void **state)
{
	(void)state;
	pmu.time_running = 499;
	refused_with(-EAGAIN, "do not count all the time");
	setup(NULL);
	pmu.time_enabled = pmu.time_running = 0;
	refused_with(-EAGAIN, "do not count all the time");
}

static void another_layout_is_not_read(void **state)
{
	(void)state;
	pmu.shorter = 8;
	refused_with(-EIO, "not readable");
	setup(NULL);
	pmu.nr = 2;
	refused_with(-EIO, "not readable");
}

static void every_refusal_names_cause_and_next_step(void **state)
{
	static const struct {
		int error, at, e;
		const char *words;
	} cases[] = {
		{ ENOENT, 0, -ENOENT, "has no PMU (perf_event_open: No such file" },
		{ EOPNOTSUPP, 0, -ENOENT, "needs one from its host" },
		{ ENODEV, 0, -ENOENT, "has no PMU (" },
		{ ENOENT, 2, -ENOENT, "no PMU that counts branch-misses" },
		{ EACCES, 0, -EACCES, "sysctl kernel.perf_event_paranoid=2" },
		{ EPERM, 0, -EPERM, "perf_event_open of cycles is refused: Operation not permitted" },
		{ EPERM, 1, -EPERM, "instructions is refused" },
		{ ENOSYS, 0, -ENOSYS, "CONFIG_PERF_EVENTS" },
		{ EMFILE, 1, -EMFILE, "of instructions: Too many open files; perf_event_open(2)" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		setup(NULL);
		pmu.error = cases[i].error;
		pmu.error_at = cases[i].at;
		refused_with(cases[i].e, cases[i].words);
		assert_int_equal(pmu.opened, cases[i].at);
	}
}

/* The loop has 2000000 instructions and a chain of 1000000 steps. */
static void a_pmu_that_lies_is_not_believed(void **state)
{
	static const uint64_t lies[][NR_COUNTERS] = {
		{ 0, 0, 0 },			/* counts nothing */
		{ 1000400, 1999999, 12 },	/* one too few */
		{ 1000400, 2020000, 12 },
		{ 1000400, 1000000, 12 },	/* half */
		{ 500000, 2000123, 12 },
		{ 40000000, 2000123, 12 },
		{ 1000400, 2000123, 100000 },	/* one jump, always taken */
	};
	static const uint64_t truths[][NR_COUNTERS] = {
		{ 500001, 2000000, 0 },
		{ 39999999, 2019999, 99999 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		char words[64];

		setup(NULL);
		memcpy(pmu.loop, lies[i], sizeof(pmu.loop));
		snprintf(words, sizeof(words), "miscounts: %d instructions, %d cycles",
			 (int)lies[i][COUNT_INSTRUCTIONS], (int)lies[i][COUNT_CYCLES]);
		refused_with(-ERANGE, words);
	}
	for (size_t i = 0; i < sizeof(truths) / sizeof(*truths); i++) {
		struct counters c;
		char why[256];

		setup(NULL);
		memcpy(pmu.loop, truths[i], sizeof(pmu.loop));
		assert_int_equal(counters__open(&c, why, sizeof(why)), 0);
		counters__close(&c);
	}
}

/* Whatever this machine has, it is counters or a reason. */
static void this_machine(void **state)
{
	struct counters c;
	char why[256] = "";
	int e;

	setup(state);
	counters_kernel = real;
	e = counters__open(&c, why, sizeof(why));
	if (!e)
		counters__close(&c);
	else
		assert_true(e < 0 && *why);
	nothing_is_open(&c);
}

static int keep_real(void **state)
{
	(void)state;
	real = counters_kernel;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(counts_from_start_to_stop, setup),
		cmocka_unit_test_setup(a_turn_lost_once_is_not_held_against_the_next_read, setup),
		cmocka_unit_test_setup(shared_counters_are_not_believed, setup),
		cmocka_unit_test_setup(another_layout_is_not_read, setup),
		cmocka_unit_test_setup(every_refusal_names_cause_and_next_step, setup),
		cmocka_unit_test_setup(a_pmu_that_lies_is_not_believed, setup),
		cmocka_unit_test(this_machine),
	};

	return cmocka_run_group_tests_name("counters", tests, keep_real, NULL);
}

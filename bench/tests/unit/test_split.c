// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of host and guest, apart, on a PMU of the test's own that goes by
 * what it was asked to exclude; or lies in one way.
 */
#include "unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <unistd.h>

#include "counters.h"

#define EVENTS		(3 * NR_COUNTERS)	/* user, host, guest */
#define A_CALL		800			/* instructions in the kernel */
#define THE_LOOP	2000123

enum lie {
	NONE, COUNTS_USER, GUEST_IS_HOST, COUNTS_NOTHING, ALWAYS_THE_SAME,
	GROWS_TOO_FAST, FAR_TOO_MUCH, GUEST_CYCLES,
};

static struct pmu {
	enum lie lie;
	int error, error_at;		/* what of the opened fails */
	int nr, fd[EVENTS];
	struct perf_event_attr attr[EVENTS];
	uint64_t value[EVENTS];		/* instructions, of leaders */
	int calls, calls_at[EVENTS];
	bool shared;
} pmu;

static struct counters_kernel real;

static int leader_of(int fd)
{
	for (int i = pmu.nr; i-- > 0;) {
		if (pmu.fd[i] == fd)
			return i;
	}
	fail_msg("fd %d was never opened", fd);
	return -1;
}

static int fake_open(struct perf_event_attr *attr, int group)
{
	assert_true(pmu.nr < EVENTS);
	if (pmu.error && pmu.nr == pmu.error_at) {
		errno = pmu.error;
		return -1;
	}
	(void)group;
	pmu.attr[pmu.nr] = *attr;
	pmu.fd[pmu.nr] = dup(STDERR_FILENO);
	return pmu.fd[pmu.nr++];
}

/* Without a call between the two the loop was run, which is user code. */
static uint64_t counted(const struct perf_event_attr *a, int calls)
{
	uint64_t user = calls ? 20 * calls : THE_LOOP, kernel = 300, n = 0;

	kernel += (uint64_t)A_CALL * calls;
	if (pmu.lie == COUNTS_NOTHING && !a->exclude_kernel)
		return 0;
	if (pmu.lie == ALWAYS_THE_SAME && !a->exclude_kernel && !a->exclude_host)
		return calls ? 1600000 : 300;
	if (pmu.lie == GROWS_TOO_FAST && calls > 2000)
		kernel *= 2;
	if (pmu.lie == FAR_TOO_MUCH)
		kernel *= 100;
	if (a->exclude_host && pmu.lie != GUEST_IS_HOST)
		return 0;
	if (!a->exclude_user || pmu.lie == COUNTS_USER)
		n += user;
	if (!a->exclude_kernel)
		n += kernel;
	return n;
}

static int fake_control(int fd, unsigned long request, unsigned long flags)
{
	int i = leader_of(fd);

	assert_int_equal(flags, PERF_IOC_FLAG_GROUP);
	if (request == PERF_EVENT_IOC_RESET)
		pmu.value[i] = 0;
	if (request == PERF_EVENT_IOC_ENABLE)
		pmu.calls_at[i] = pmu.calls;
	if (request == PERF_EVENT_IOC_DISABLE)
		pmu.value[i] += counted(&pmu.attr[i], pmu.calls - pmu.calls_at[i]);
	return 0;
}

static ssize_t fake_read(int fd, void *to, size_t size)
{
	int i = leader_of(fd);
	uint64_t n = pmu.value[i];
	uint64_t g[3 + NR_COUNTERS] = { NR_COUNTERS, 500,
		pmu.shared && pmu.nr > NR_COUNTERS ? 400 : 500, n / 2, n, n / 100000 };

	assert_int_equal(size, sizeof(g));
	if (pmu.lie == GUEST_CYCLES && pmu.attr[i].exclude_host)
		g[3] = 5;
	memcpy(to, g, size);
	return size;
}

static void fake_call(void)
{
	pmu.calls++;
}

static int setup(void **state)
{
	(void)state;
	pmu = (struct pmu) { 0 };
	counters_kernel = (struct counters_kernel) { fake_open, fake_control,
						     fake_read, fake_call };
	return 0;
}

static void everything_is_closed(void)
{
	for (int i = 0; i < pmu.nr; i++)
		assert_int_equal(fcntl(pmu.fd[i], F_GETFD), -1);
}

static void refused_with(int e, const char *words)
{
	struct counters host, guest;
	char why[512] = "";

	assert_int_equal(counters__open_split(&host, &guest, why, sizeof(why)), e);
	if (!strstr(why, words))
		fail_msg("\"%s\" does not say \"%s\"", why, words);
	everything_is_closed();
}

static void each_group_excludes_what_is_the_others(void **state)
{
	struct counters host, guest;
	uint64_t v[NR_COUNTERS];
	char why[512] = "";

	(void)state;
	if (counters__open_split(&host, &guest, why, sizeof(why)))
		fail_msg("%s", why);
	for (int i = NR_COUNTERS; i < EVENTS; i++) {
		bool of_guest = i >= 2 * NR_COUNTERS;

		assert_int_equal(pmu.attr[i].exclude_host, of_guest);
		assert_int_equal(pmu.attr[i].exclude_guest, !of_guest);
		assert_int_equal(pmu.attr[i].exclude_user, !of_guest);
		assert_int_equal(pmu.attr[i].exclude_kernel, 0);
		assert_int_equal(pmu.attr[i].disabled, i % NR_COUNTERS == 0);
	}
	counters__start(&host);
	for (int i = 0; i < 10; i++)
		fake_call();
	counters__stop(&host);
	assert_int_equal(counters__read(&host, v), 0);
	assert_int_equal(v[COUNT_INSTRUCTIONS], 300 + 10 * A_CALL);
	counters__close(&host);
	counters__close(&guest);
	everything_is_closed();
}

static void a_pmu_that_lies_is_not_believed(void **state)
{
	static const struct {
		enum lie lie;
		const char *words;
	} lies[] = {
		{ COUNTS_USER, "the kernel's group counts 2000423 instructions in a loop of user code" },
		{ GUEST_IS_HOST, "the guest's group counts 2000423 instructions while no guest ran" },
		{ GUEST_CYCLES, "the guest's group counts 0 instructions while no guest ran" },
		{ COUNTS_NOTHING, "the kernel's group counts 0 instructions in 2000 system calls" },
		{ FAR_TOO_MUCH, "the kernel's group counts 160030000 instructions in 2000 system calls" },
		{ ALWAYS_THE_SAME, "1600000 instructions in 4000 system calls, which is not twice" },
		{ GROWS_TOO_FAST, "6400600 instructions in 4000 system calls" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
		setup(NULL);
		pmu.lie = lies[i].lie;
		refused_with(-ERANGE, lies[i].words);
	}
}

static void what_is_refused_or_shared_is_said(void **state)
{
	(void)state;
	pmu.error = EACCES;
	pmu.error_at = NR_COUNTERS;
	refused_with(-EACCES, "sysctl kernel.perf_event_paranoid=1");
	setup(NULL);
	pmu.error = EACCES;
	refused_with(-EACCES, "sysctl kernel.perf_event_paranoid=2");
	setup(NULL);
	pmu.error = EOPNOTSUPP;
	pmu.error_at = 2 * NR_COUNTERS + 1;
	refused_with(-ENOENT, "no PMU that counts instructions");
	setup(NULL);
	pmu.shared = true;
	refused_with(-EAGAIN, "do not count all the time");
}

/* Whatever this machine has, it is counters or a reason. */
static void this_machine(void **state)
{
	struct counters host, guest;
	char why[512] = "";

	(void)state;
	counters_kernel = real;
	if (counters__open_split(&host, &guest, why, sizeof(why))) {
		assert_true(strlen(why) > 20);
		return;
	}
	counters__close(&host);
	counters__close(&guest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_group_excludes_what_is_the_others, setup),
		cmocka_unit_test_setup(a_pmu_that_lies_is_not_believed, setup),
		cmocka_unit_test_setup(what_is_refused_or_shared_is_said, setup),
		cmocka_unit_test(this_machine),
	};

	real = counters_kernel;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware counters; see counters.h.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "counters.h"

#define LOOPS		1000000ull
#define INSTRUCTIONS	(2 * LOOPS)	/* dec, jnz */
#define SLACK		20000ull	/* of the calls around it */

static int real_open(struct perf_event_attr *attr, int group)
{
	return syscall(SYS_perf_event_open, attr, 0, -1, group, PERF_FLAG_FD_CLOEXEC);
}

static int real_control(int fd, unsigned long request, unsigned long flags)
{
	return ioctl(fd, request, flags);
}

struct counters_kernel counters_kernel = { real_open, real_control, read };

static const uint64_t events[NR_COUNTERS] = {
	[COUNT_CYCLES] = PERF_COUNT_HW_CPU_CYCLES,
	[COUNT_INSTRUCTIONS] = PERF_COUNT_HW_INSTRUCTIONS,
	[COUNT_BRANCH_MISSES] = PERF_COUNT_HW_BRANCH_MISSES,
};

static const char *const names[NR_COUNTERS] = {
	[COUNT_CYCLES] = "cycles",
	[COUNT_INSTRUCTIONS] = "instructions",
	[COUNT_BRANCH_MISSES] = "branch-misses",
};

/* What PERF_FORMAT_GROUP with both times reads. */
struct group {
	uint64_t nr, enabled, running, value[NR_COUNTERS];
};

static void close_all(struct counters *c)
{
	for (int i = 0; i < NR_COUNTERS; i++) {
		if (c->fd[i] >= 0)
			close(c->fd[i]);
		c->fd[i] = -1;
	}
}

/* *at is the event that failed. */
static int open_all(struct counters *c, int *at)
{
	c->enabled = c->running = 0;
	for (int i = 0; i < NR_COUNTERS; i++)
		c->fd[i] = -1;
	for (int i = 0; i < NR_COUNTERS; i++) {
		struct perf_event_attr attr = {
			.type = PERF_TYPE_HARDWARE,
			.size = sizeof(attr),
			.config = events[i],
			.disabled = !i,
			.exclude_kernel = 1,
			.exclude_hv = 1,
			.read_format = PERF_FORMAT_GROUP |
				PERF_FORMAT_TOTAL_TIME_ENABLED |
				PERF_FORMAT_TOTAL_TIME_RUNNING,
		};

		c->fd[i] = counters_kernel.open(&attr, i ? c->fd[0] : -1);
		if (c->fd[i] < 0) {
			int e = errno;

			*at = i;
			close_all(c);
			return -e;
		}
	}
	return 0;
}

static void known_loop(void)
{
	uint64_t n = LOOPS;

	__asm__ volatile("1: dec %0; jnz 1b" : "+r"(n));
}

static int check(struct counters *c, char *why, size_t len)
{
	uint64_t v[NR_COUNTERS];
	int e;

	counters__start(c);
	known_loop();
	counters__stop(c);
	e = counters__read(c, v);
	if (e) {
		snprintf(why, len, "the PMU's counters are %s; is another profiler running?",
			 e == -EAGAIN ? "shared out and do not count all the time" : "not readable");
		return e;
	}
	if (v[COUNT_INSTRUCTIONS] >= INSTRUCTIONS &&
	    v[COUNT_INSTRUCTIONS] < INSTRUCTIONS + SLACK &&
	    v[COUNT_CYCLES] > INSTRUCTIONS / 4 &&
	    v[COUNT_CYCLES] < INSTRUCTIONS * 20 &&
	    v[COUNT_BRANCH_MISSES] < LOOPS / 10)
		return 0;
	snprintf(why, len, "the PMU miscounts: %llu instructions, %llu cycles, %llu branch-misses for a loop of %llu instructions; it is not believed: count on the bare machine",
		 (unsigned long long)v[COUNT_INSTRUCTIONS],
		 (unsigned long long)v[COUNT_CYCLES],
		 (unsigned long long)v[COUNT_BRANCH_MISSES], INSTRUCTIONS);
	return -ERANGE;
}

int counters__open(struct counters *c, char *why, size_t len)
{
	int at = 0, e = open_all(c, &at);
	const char *said = strerror(-e);

	switch (-e) {
	case 0:
		e = check(c, why, len);
		if (e)
			close_all(c);
		return e;
	case EACCES:
	case EPERM:
		snprintf(why, len, "perf_event_open of %s is refused: %s; as root: sysctl kernel.perf_event_paranoid=2, or allow it in the container's seccomp",
			 names[at], said);
		return e;
	case ENOENT:
	case ENODEV:
	case EOPNOTSUPP:
		snprintf(why, len, "this machine has no PMU%s%s (perf_event_open: %s); a virtual machine needs one from its host",
			 at ? " that counts " : "", at ? names[at] : "", said);
		return -ENOENT;
	case ENOSYS:
		snprintf(why, len, "this kernel has no perf_event_open (%s); it needs CONFIG_PERF_EVENTS, or a sandbox hides it",
			 said);
		return e;
	default:
		snprintf(why, len, "perf_event_open of %s: %s; perf_event_open(2) says when",
			 names[at], said);
		return e;
	}
}

void counters__start(const struct counters *c)
{
	counters_kernel.control(c->fd[0], PERF_EVENT_IOC_RESET, PERF_IOC_FLAG_GROUP);
	counters_kernel.control(c->fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
}

void counters__stop(const struct counters *c)
{
	counters_kernel.control(c->fd[0], PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP);
}

int counters__read(struct counters *c, uint64_t value[NR_COUNTERS])
{
	struct group g;
	bool all;

	if (counters_kernel.read(c->fd[0], &g, sizeof(g)) != sizeof(g) ||
	    g.nr != NR_COUNTERS)
		return -EIO;
	/*
	 * The times are since opening and no reset clears them: what was lost
	 * before the last read must not count against this one.
	 */
	all = g.running && g.running - c->running == g.enabled - c->enabled;
	c->enabled = g.enabled;
	c->running = g.running;
	if (!all)
		return -EAGAIN;
	memcpy(value, g.value, sizeof(g.value));
	return 0;
}

void counters__close(struct counters *c)
{
	close_all(c);
}

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
#define CALLS		2000		/* into the kernel */
#define CALL_LEAST	20ull		/* instructions of one */
#define CALL_MOST	20000ull	/* with every mitigation, in a guest */

static int real_open(struct perf_event_attr *attr, int group)
{
	return syscall(SYS_perf_event_open, attr, 0, -1, group, PERF_FLAG_FD_CLOEXEC);
}

static int real_control(int fd, unsigned long request, unsigned long flags)
{
	return ioctl(fd, request, flags);
}

/* The shortest way into the kernel and out again that every kernel has. */
static void real_call(void)
{
	syscall(SYS_getppid);
}

struct counters_kernel counters_kernel = { real_open, real_control, read, real_call };

/* Whose instructions a group counts. */
enum whose { USER, HOST, GUEST };

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
static int open_all(struct counters *c, enum whose whose, int *at)
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
			.exclude_user = whose == HOST,
			.exclude_kernel = whose == USER,
			.exclude_hv = 1,
			.exclude_host = whose == GUEST,
			.exclude_guest = whose == HOST,
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

static int say_unreadable(int e, char *why, size_t len)
{
	snprintf(why, len, "the PMU's counters are %s; is another profiler running?",
		 e == -EAGAIN ? "shared out and do not count all the time" : "not readable");
	return e;
}

static int check(struct counters *c, char *why, size_t len)
{
	uint64_t v[NR_COUNTERS];
	int e;

	counters__start(c);
	known_loop();
	counters__stop(c);
	e = counters__read(c, v);
	if (e)
		return say_unreadable(e, why, len);
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

/* What the kernel said to opening event `at`. */
static int explain(int e, enum whose whose, int at, char *why, size_t len)
{
	const char *said = strerror(-e);

	switch (-e) {
	case EACCES:
	case EPERM:
		snprintf(why, len, "perf_event_open of %s is refused: %s; as root: sysctl kernel.perf_event_paranoid=%d, or allow it in the container's seccomp",
			 names[at], said, whose == USER ? 2 : 1);
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

int counters__open(struct counters *c, char *why, size_t len)
{
	int at = 0, e = open_all(c, USER, &at);

	if (e)
		return explain(e, USER, at, why, len);
	e = check(c, why, len);
	if (e)
		close_all(c);
	return e;
}

/* Both groups around a piece of code; 0, or -errno and a message in @why. */
static int around(struct counters *host, struct counters *guest,
		  void (*code)(int), int n, uint64_t of_host[NR_COUNTERS],
		  uint64_t of_guest[NR_COUNTERS], char *why, size_t len)
{
	int e;

	counters__start(guest);
	counters__start(host);
	code(n);
	counters__stop(host);
	counters__stop(guest);
	e = counters__read(host, of_host) ?: counters__read(guest, of_guest);
	return e ? say_unreadable(e, why, len) : 0;
}

static void run_loop(int n)
{
	(void)n;
	known_loop();
}

static void run_calls(int n)
{
	while (n--)
		counters_kernel.call();
}

static int refuse(char *why, size_t len, const char *what, uint64_t found,
		  const char *where)
{
	snprintf(why, len, "the PMU miscounts: %s counts %llu instructions %s; it is not believed: count on the bare machine",
		 what, (unsigned long long)found, where);
	return -ERANGE;
}

/*
 * User code is no one's here; the kernel's share of n and 2n calls must be of
 * a call's size and twice as large; no guest ran, so the guest's is nothing.
 */
static int check_split(struct counters *host, struct counters *guest,
		       char *why, size_t len)
{
	uint64_t h[3][NR_COUNTERS], g[NR_COUNTERS], n[3];
	int e;

	for (int i = 0; i < 3; i++) {
		e = around(host, guest, i ? run_calls : run_loop, i * CALLS,
			   h[i], g, why, len);
		if (e)
			return e;
		n[i] = h[i][COUNT_INSTRUCTIONS];
		if (g[COUNT_INSTRUCTIONS] || g[COUNT_CYCLES])
			return refuse(why, len, "the guest's group",
				      g[COUNT_INSTRUCTIONS], "while no guest ran");
	}
	if (n[0] >= INSTRUCTIONS / 2)
		return refuse(why, len, "the kernel's group", n[0],
			      "in a loop of user code");
	if (n[1] < CALLS * CALL_LEAST || n[1] > CALLS * CALL_MOST)
		return refuse(why, len, "the kernel's group", n[1],
			      "in 2000 system calls");
	if (2 * n[2] < 3 * n[1] || 2 * n[2] > 5 * n[1])
		return refuse(why, len, "the kernel's group", n[2],
			      "in 4000 system calls, which is not twice that of 2000");
	return 0;
}

int counters__open_split(struct counters *host, struct counters *guest,
			 char *why, size_t len)
{
	struct counters user;
	int at = 0, e = counters__open(&user, why, len);

	if (e)
		return e;
	counters__close(&user);
	e = open_all(host, HOST, &at);
	if (e)
		return explain(e, HOST, at, why, len);
	e = open_all(guest, GUEST, &at);
	if (e) {
		close_all(host);
		return explain(e, GUEST, at, why, len);
	}
	e = check_split(host, guest, why, len);
	if (e) {
		close_all(guest);
		close_all(host);
	}
	return e;
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

// SPDX-License-Identifier: GPL-2.0
/*
 * A quiet process; see quiet_process.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "cpu.h"
#include "quiet_process.h"
#include "tsc.h"
#include "util.h"

#define MEASURE_NS	50000000ll

static int set_nice(int nice)
{
	return setpriority(PRIO_PROCESS, 0, nice);
}

static int set_affinity(pid_t pid, size_t size, const cpu_set_t *set)
{
	return sched_setaffinity(pid, size, set);
}

struct quiet_process_system quiet_process_system = {
	sched_getaffinity, set_affinity, set_nice, cpu__cpuid,
	"/sys/kernel/mm/transparent_hugepage/enabled",
};

int quiet_process__pin(char **said)
{
	cpu_set_t all, one;
	int cpu = -1, e;

	CPU_ZERO(&one);
	if (quiet_process_system.get_affinity(0, sizeof(all), &all)) {
		e = errno;
		*said = xasprintf("not pinned: sched_getaffinity: %s", strerror(e));
		return -e;
	}
	for (int i = 0; i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, &all))
			cpu = i;
	}
	if (cpu >= 0)
		CPU_SET(cpu, &one);
	if (quiet_process_system.set_affinity(0, sizeof(one), &one)) {
		e = errno;
		*said = xasprintf("not pinned: sched_setaffinity: %s", strerror(e));
		return -e;
	}
	*said = xasprintf("cpu %d", cpu);
	return 0;
}

int quiet_process__priority(char **said)
{
	if (quiet_process_system.set_priority(-20)) {
		int e = errno;

		*said = xasprintf("not raised: setpriority: %s", strerror(e));
		return -e;
	}
	*said = xstrdup("nice -20");
	return 0;
}

int quiet_process__memory(char **said)
{
	char *text = path_read(quiet_process_system.huge_pages, NULL);
	int e = text ? 0 : -errno;

	if (!text)
		*said = xasprintf("not in large pages: %s: %s",
				  quiet_process_system.huge_pages, strerror(-e));
	else if (strstr(text, "[never]"))
		*said = xasprintf("not in large pages: %s says never",
				  quiet_process_system.huge_pages);
	else
		*said = xstrdup("large pages by madvise");
	if (text && strstr(text, "[never]"))
		e = -ENOENT;
	free(text);
	return e;
}

static int64_t raw_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC_RAW, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static double measured_hz(void)
{
	const bool rdtscp = tsc__rdtscp();
	int64_t from = raw_ns(), to;
	uint64_t start = tsc__begin(), end;

	do {
		to = raw_ns();
		end = tsc__end(rdtscp);
	} while (to - from < MEASURE_NS);
	return (double)(end - start) * 1e9 / (to - from);
}

/* Leaf 0x15: the crystal's rate and its ratio to the counter's; 0 if not said. */
static double cpuid_hz(void)
{
	uint32_t r[4];

	if (!quiet_process_system.cpuid(0x15, r) || !r[0])
		return 0;
	return (double)r[2] * r[1] / r[0];
}

static bool invariant(void)
{
	uint32_t r[4];

	return quiet_process_system.cpuid(0x80000007, r) && r[3] & 1u << 8;
}

double quiet_process__tsc_hz(char **said)
{
	double hz = cpuid_hz();
	const char *how = hz > 0 ? "CPUID" : "measured";

	if (!(hz > 0))
		hz = measured_hz();
	*said = xasprintf("%s%.0f MHz, %s", invariant() ? "" : "not invariant: ",
			  hz / 1e6, how);
	return hz;
}

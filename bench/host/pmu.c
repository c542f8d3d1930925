// SPDX-License-Identifier: GPL-2.0
/*
 * Hardware counters around the measured phase: what the kernel did for the
 * vCPU, and what the guest did. Where a machine has none, or its counts
 * are impossible, the reason is sent instead of the counts.
 */
#include "counters.h"
#include "host.h"

static const char *const names[NR_COUNTERS] = {
	[COUNT_CYCLES] = "cycles",
	[COUNT_INSTRUCTIONS] = "instructions",
	[COUNT_BRANCH_MISSES] = "branch_misses",
};

static struct counters host, guest;
static bool is_open;

void pmu__open(const struct plan_cell *cell)
{
	char why[512];

	is_open = false;
	if (!cell->counters)
		return;
	if (cell->vcpus > 1) {
		chan__say("str pmu not counted: the counters count one thread, the cell has %llu vCPUs",
			  (unsigned long long)cell->vcpus);
		return;
	}
	is_open = !counters__open_split(&host, &guest, why, sizeof(why));
	if (!is_open)
		chan__say("str pmu not counted: %s", why);
}

void pmu__start(void)
{
	if (is_open) {
		counters__start(&guest);
		counters__start(&host);
	}
}

void pmu__stop(void)
{
	if (is_open) {
		counters__stop(&host);
		counters__stop(&guest);
	}
}

static void say_group(const char *whose, const uint64_t *v)
{
	for (int i = 0; i < NR_COUNTERS; i++)
		chan__say("count %s_%s %llu", whose, names[i],
			  (unsigned long long)v[i]);
}

/* An event is an instruction of the guest at least, and many of the host. */
void pmu__say(uint64_t events)
{
	uint64_t h[NR_COUNTERS], g[NR_COUNTERS];

	if (!is_open)
		return;
	if (counters__read(&host, h) || counters__read(&guest, g))
		chan__say("str pmu not counted: the counters were multiplexed; is another profiler running?");
	else if (g[COUNT_INSTRUCTIONS] < events ||
		 h[COUNT_INSTRUCTIONS] < events || !h[COUNT_CYCLES])
		chan__say("str pmu not counted: the PMU miscounts: %llu instructions of the host, %llu of the guest in %llu events",
			  (unsigned long long)h[COUNT_INSTRUCTIONS],
			  (unsigned long long)g[COUNT_INSTRUCTIONS],
			  (unsigned long long)events);
	else {
		chan__say("str pmu counted");
		say_group("host", h);
		say_group("guest", g);
	}
	counters__close(&guest);
	counters__close(&host);
	is_open = false;
}

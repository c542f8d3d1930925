// SPDX-License-Identifier: GPL-2.0
/* See two_methods.h. */
#include "two_methods.h"

/* The sum of all samples but the n largest. */
static double sum_but(const struct record *r, uint64_t n)
{
	double sum = 0;

	for (size_t i = r->nr_bins; i-- > 0;) {
		const uint64_t left = r->bin[i].count < n ? r->bin[i].count : n;

		sum += (double)r->bin[i].ticks * (r->bin[i].count - left);
		n -= left;
	}
	return sum;
}

struct two_methods two_methods__of(const struct record *r, uint64_t doorbells)
{
	const uint64_t shared = r->nr_vcpus ? r->irqs : 0;
	const double ticks = r->irqs + r->nr_vcpus + shared;
	struct two_methods m = {
		.compared = r->events && r->nr_bins && r->clock_floor && doorbells,
	};

	if (!m.compared)
		return m;
	m.over = ((double)r->total - doorbells - sum_but(r, shared)) / r->events;
	m.most = LOOP_LIMIT + ticks * TICK_LIMIT / r->events;
	m.agree = m.over >= 0 && m.over <= m.most;
	return m;
}

char *two_methods__text(const struct two_methods *m)
{
	return xasprintf("the samples leave %.1f per event of the total, and loop, ticks and switches are 0 to %.1f",
			 m->over, m->most);
}

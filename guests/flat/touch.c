// SPDX-License-Identifier: GPL-2.0
/*
 * Touch one page an event, by a load or a store, in linear or seeded order,
 * and time each touch. With .pretouch every page was mapped before, so that
 * what the host did at BELL_READY (zap, write-protect) is what faults.
 */
#include "guest-lib.h"

static inline volatile uint64_t *word(uint64_t gpa)
{
	return (volatile uint64_t *)(uintptr_t)gpa;
}

static void measure_reads(const struct guest_params *p)
{
	for (uint64_t i = 0; i < p->events; i++) {
		volatile uint64_t *w = word(guest_event_gpa(p, i));
		uint64_t t0 = guest_clock();

		(void)*w;
		guest_sample(i, guest_clock() - t0);
	}
}

static void measure_writes(const struct guest_params *p)
{
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);
		uint64_t stamp = guest_stamp(~p->seed, gpa);
		volatile uint64_t *w = word(gpa);
		uint64_t t0 = guest_clock();

		*w = stamp;
		guest_sample(i, guest_clock() - t0);
	}
}

/*
 * Every page holds what it must: the host's stamp, or the one written. A huge
 * page is touched at its end as well: if KVM mapped it small, that faults, and
 * the host sees it.
 */
static void check_pages(const struct guest_params *p)
{
	uint64_t seed = p->op == GUEST_WRITE ? ~p->seed : p->seed;

	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(seed, gpa), *word(gpa));
		if (p->page_size > 4096)
			(void)*word(gpa + p->page_size - 8);
	}
}

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	if (p->pretouch) {
		for (uint64_t i = 0; i < p->events; i++) {
			uint64_t gpa = guest_event_gpa(p, i);

			guest_check(i, guest_stamp(p->seed, gpa), *word(gpa));
			*word(gpa) = guest_stamp(p->seed, gpa);
		}
	}
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	if (p->op == GUEST_WRITE)
		measure_writes(p);
	else
		measure_reads(p);
	guest_ring(BELL_END);
	check_pages(p);
}

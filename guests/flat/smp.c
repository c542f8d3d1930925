// SPDX-License-Identifier: GPL-2.0
/*
 * The stores of touch.c by several vCPUs at once: each has its own events,
 * all of which are one store to a page. vCPU 0 makes the order before the
 * first bell, where the host lets each wait for all.
 */
#include "guest-lib.h"

static uint64_t own_gpa(const struct guest_params *p, uint64_t i)
{
	return guest_event_gpa(p, p->first + i);
}

static volatile uint64_t *word(uint64_t gpa)
{
	return (volatile uint64_t *)(uintptr_t)gpa;
}

static void measure_writes(const struct guest_params *p)
{
	volatile struct guest_result *r = guest_result_of(p->vcpu);
	volatile uint32_t *sample = guest_samples() + p->first_sample;

	for (uint64_t i = 0; i < p->count; i++) {
		uint64_t gpa = own_gpa(p, i);
		uint64_t stamp = guest_stamp(~p->seed, gpa);
		volatile uint64_t *w = word(gpa);
		uint64_t t0 = guest_clock(), ticks;

		*w = stamp;
		ticks = guest_clock() - t0;
		sample[i] = ticks > UINT32_MAX ? UINT32_MAX : ticks;
		r->samples = i + 1;
	}
}

void guest_main(const struct guest_params *p)
{
	guest_check(0, GUEST_WRITE, p->op);
	guest_check(0, 0, p->pretouch);
	if (p->vcpu == 0) {
		guest_make_order(p);
		guest_clock_floor();
	}
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	measure_writes(p);
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->count; i++) {
		uint64_t gpa = own_gpa(p, i);

		guest_check(i, guest_stamp(~p->seed, gpa), *word(gpa));
	}
}

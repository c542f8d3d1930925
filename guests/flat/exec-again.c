// SPDX-License-Identifier: GPL-2.0
/*
 * Call into one page an event that was written before the bells: where KVM lets
 * no huge page be executed, the call is what splits it. Every page begins with a
 * `ret`, the lowest byte of its stamp.
 */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		*(volatile uint64_t *)(uintptr_t)gpa = guest_stamp(p->seed, gpa);
	}
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		void (*page)(void) = (void (*)(void))guest_event_gpa(p, i);
		uint64_t t0 = guest_clock();

		page();
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Store to one page an event that a read-only memslot backs: KVM finds that it may
 * not write there, emulates the store and asks the VMM, which drops it, as a
 * ROM does. Every page still holds the host's stamp then.
 */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);
		volatile uint64_t *w = (volatile uint64_t *)(uintptr_t)gpa;
		uint64_t t0 = guest_clock();

		*w = 0;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
}

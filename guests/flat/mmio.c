// SPDX-License-Identifier: GPL-2.0
/*
 * Load from one page an event that no memslot backs: KVM installs an MMIO
 * SPTE, emulates the load and asks the VMM, which answers with the stamp.
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
		uint64_t t0 = guest_clock();
		uint64_t found = *(volatile uint64_t *)(uintptr_t)gpa;

		guest_sample(i, guest_clock() - t0);
		guest_check(i, guest_stamp(p->seed, gpa), found);
	}
	guest_ring(BELL_END);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Load from one page an event that no memslot backs, and for which KVM has its
 * MMIO SPTE already: each was loaded from once before the bells. It finds that SPTE
 * again, emulates the load and asks the VMM, as for every access to a device.
 */
#include "guest-lib.h"

static void load_all(const struct guest_params *p)
{
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
}

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	load_all(p);
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

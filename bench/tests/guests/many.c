// SPDX-License-Identifier: GPL-2.0
/*
 * Load from where no slot is, .seed times an event: every load faults, so the
 * faults are not bounded by the samples. For the memory of the plugin.
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

		for (uint64_t j = 0; j < p->seed; j++)
			(void)*(volatile uint64_t *)(uintptr_t)gpa;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
}

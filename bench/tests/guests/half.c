// SPDX-License-Identifier: GPL-2.0
/* A guest that claims N samples and touches only half of its pages. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i / 2);
		uint64_t t0 = guest_clock();

		(void)*(volatile uint64_t *)(uintptr_t)gpa;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
}

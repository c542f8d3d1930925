// SPDX-License-Identifier: GPL-2.0
/*
 * The host maps the region between the bells; the guest touches nothing until
 * that is over, and then finds every page.
 */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = p->region_gpa + i * p->stride;

		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
}

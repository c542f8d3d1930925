// SPDX-License-Identifier: GPL-2.0
/*
 * The host maps the region between the bells, as for prefault, and finds that each
 * page is mapped: the guest loaded from all of them before.
 */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_clock_floor();
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = p->region_gpa + i * p->stride;

		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	guest_ring(BELL_END);
}

// SPDX-License-Identifier: GPL-2.0
/* Every page of what it says, and one exit more than that: a hypercall. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	uint64_t ret = 0x7fffffff;

	guest_make_order(p);
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		volatile uint64_t *w = (void *)(uintptr_t)guest_event_gpa(p, i);
		uint64_t t0 = guest_clock();

		*w = guest_stamp(~p->seed, guest_event_gpa(p, i));
		guest_sample(i, guest_clock() - t0);
	}
	asm volatile("vmmcall" : "+a"(ret) : : "memory");
	guest_ring(BELL_END);
}

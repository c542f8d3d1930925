// SPDX-License-Identifier: GPL-2.0
/* A guest whose own check fails: it looks for a stamp that is not there. */
#include "guest-lib.h"

void guest_main(const struct guest_params *p)
{
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	guest_ring(BELL_END);
	guest_check(7, guest_stamp(p->seed + 1, p->region_gpa),
		    *(volatile uint64_t *)(uintptr_t)p->region_gpa);
}

// SPDX-License-Identifier: GPL-2.0
/* Several vCPUs, of which one misbehaves; the seed says how. */
#include "guest-lib.h"

enum { NEVER_STARTS = 1, FAILS, HALTS, NEVER_ENDS, STAYS_WITH_OTHERS, RINGS_TWICE };

static void touch_own(const struct guest_params *p)
{
	uint64_t first = p->seed == STAYS_WITH_OTHERS ? 0 : p->first;

	for (uint64_t i = 0; i < p->count; i++) {
		uint64_t gpa = p->region_gpa + (first + i) * p->stride;

		(void)*(volatile uint64_t *)(uintptr_t)gpa;
		guest_samples()[p->first_sample + i] = 1;
		guest_result_of(p->vcpu)->samples = i + 1;
	}
}

void guest_main(const struct guest_params *p)
{
	while (p->seed == NEVER_STARTS && p->vcpu == 2)
		asm volatile("pause");
	guest_ring(BELL_READY);
	if (p->seed == RINGS_TWICE && p->vcpu == 1)
		guest_ring(BELL_READY);
	guest_ring(BELL_START);
	if (p->seed == FAILS && p->vcpu == 3)
		guest_check(7, 1, 2);
	if (p->seed == HALTS && p->vcpu == 1)
		asm volatile("hlt");
	touch_own(p);
	while (p->seed == NEVER_ENDS && p->vcpu == 3)
		asm volatile("pause");
	guest_ring(BELL_END);
}

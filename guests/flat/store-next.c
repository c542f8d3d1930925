// SPDX-License-Identifier: GPL-2.0
/*
 * Store to one huge page an event, of which a small part was executed before the
 * bells: where KVM lets no huge page be executed, there is a table by then, and the
 * store gets a small page in it. Every page begins with a `ret`, the lowest byte of
 * its stamp.
 */
#include "guest-lib.h"

/* Far from what was executed: KVM may have mapped what is next to that. */
static volatile uint64_t *place(const struct guest_params *p, uint64_t i)
{
	return (volatile uint64_t *)(uintptr_t)
		(guest_event_gpa(p, i) + p->page_size / 2);
}

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	for (uint64_t i = 0; i < p->events; i++)
		((void (*)(void))(uintptr_t)guest_event_gpa(p, i))();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		volatile uint64_t *w = place(p, i);
		uint64_t t0 = guest_clock();

		*w = i;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, i, *place(p, i));
		guest_check(i, guest_stamp(p->seed, gpa),
			    *(volatile uint64_t *)(uintptr_t)gpa);
	}
}

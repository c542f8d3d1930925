// SPDX-License-Identifier: GPL-2.0
/*
 * Store to a page directory of this guest's own, an event, below shadow paging: KVM
 * protects it, for it has made a shadow of it, and emulates the store. With
 * .pretouch each store is to the same address, which KVM has mapped. Otherwise each is
 * to another page of the region, which all lead to the directory that maps them: a
 * store that changes how it is itself mapped, and KVM has no SPTE for it yet. The entry
 * is one that maps nothing.
 */
#include "guest-lib.h"

#define PTE_ADDRESS	0x000ffffffffff000ull
#define LAST		511

/* The VMM's identity map has the tables where they are to the guest. */
static uint64_t *table_of(uint64_t gpa, int shift)
{
	uint64_t *t, cr3;

	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	t = (uint64_t *)(cr3 & PTE_ADDRESS);
	for (int s = 39; s > shift; s -= 9)
		t = (uint64_t *)(t[gpa >> s & 511] & PTE_ADDRESS);
	return t;
}

static uint64_t *directory(const struct guest_params *p)
{
	return table_of(p->pretouch ? 0 : p->region_gpa, 21);
}

/* All before the first access to one of them: no table of theirs has a shadow yet. */
static void lead_to_directory(const struct guest_params *p)
{
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);
		uint64_t *pte = &table_of(gpa, 12)[gpa >> 12 & 511];

		*pte = (*pte & ~PTE_ADDRESS) | (uint64_t)directory(p);
	}
}

void guest_main(const struct guest_params *p)
{
	volatile uint64_t *own = &directory(p)[LAST];

	guest_make_order(p);
	guest_clock_floor();
	guest_check(0, 0, *own);
	if (!p->pretouch)
		lead_to_directory(p);
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t *t = (uint64_t *)guest_event_gpa(p, i);
		volatile uint64_t *e = p->pretouch ? own : &t[LAST];
		uint64_t t0 = guest_clock();

		*e = 0;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
	guest_check(0, 0, *own);
}

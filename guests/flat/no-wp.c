// SPDX-License-Identifier: GPL-2.0
/*
 * Store to one page an event that this guest's own page tables have as read-only,
 * with CR0.WP clear, so that the store is allowed all the same. Below shadow paging KVM
 * has no such table to give to the CPU, which runs with WP set.
 */
#include "guest-lib.h"

#define PTE_WRITE	0x002ull
#define PTE_LARGE	0x080ull
#define PTE_ADDRESS	0x000ffffffffff000ull
#define CR0_WP		(1ull << 16)

/* The VMM's identity map has the tables where they are to the guest. */
static uint64_t *leaf_of(uint64_t gpa)
{
	uint64_t *t, cr3;

	asm volatile("mov %%cr3, %0" : "=r"(cr3));
	t = (uint64_t *)(cr3 & PTE_ADDRESS);
	for (int shift = 39; shift > 12; shift -= 9) {
		uint64_t *entry = &t[gpa >> shift & 511];

		if (*entry & PTE_LARGE)
			return entry;
		t = (uint64_t *)(*entry & PTE_ADDRESS);
	}
	return &t[gpa >> 12 & 511];
}

/* KVM has other tables for a guest with WP clear: what the loop uses is mapped anew. */
static void clear_wp(void)
{
	uint64_t cr0;

	asm volatile("mov %%cr0, %0" : "=r"(cr0));
	asm volatile("mov %0, %%cr0" : : "r"(cr0 & ~CR0_WP) : "memory");
	for (uintptr_t gpa = 0x1000; gpa < GUEST_LOW_SIZE; gpa += 0x1000)
		(void)*(volatile uint64_t *)gpa;
}

void guest_main(const struct guest_params *p)
{
	guest_make_order(p);
	guest_clock_floor();
	for (uint64_t i = 0; i < p->events; i++)
		*leaf_of(guest_event_gpa(p, i)) &= ~PTE_WRITE;
	clear_wp();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);
		uint64_t stamp = guest_stamp(~p->seed, gpa);
		volatile uint64_t *w = (volatile uint64_t *)gpa;
		uint64_t t0 = guest_clock();

		*w = stamp;
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(~p->seed, gpa),
			    *(volatile uint64_t *)gpa);
	}
}

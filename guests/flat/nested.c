// SPDX-License-Identifier: GPL-2.0
/*
 * A hypervisor as guest: L1 runs an L2 by VMRUN, with nested page tables of its
 * own, and L2 touches one page an event. L1 maps a page when L2's fault comes to
 * it; with .pretouch it has mapped all of them before, and no fault comes to it.
 * L2 is code of this image on a stack of its own, at the same addresses as L1's,
 * and rings the bells of the measured phase itself: it leaves for L1 with what L1
 * intercepts, and for the host with everything else.
 */
#include "guest-lib.h"
#include "svm.h"

/* Low memory that nothing else uses: L1's tables for L2. */
#define L2_TABLES_GPA	0x00180000u
#define L2_TABLES_END	GUEST_IMAGE_END
#define LEAF		(NPT_TABLE | NPT_DIRTY)

static struct vmcb vmcb __attribute__((aligned(4096)));
static uint8_t host_save[4096] __attribute__((aligned(4096)));
static uint64_t l2_stack[512] __attribute__((aligned(4096)));
static uint64_t free_table = L2_TABLES_GPA;

static uint64_t *next_table(uint64_t *entry)
{
	if (!*entry) {
		guest_check(0, 1, free_table < L2_TABLES_END);
		*entry = free_table | NPT_TABLE;
		free_table += 4096;
	}
	return (uint64_t *)(*entry & NPT_ADDRESS);
}

/* To L2 a page is where it is to L1. */
static void map_l2(uint64_t gpa)
{
	uint64_t *t = (uint64_t *)vmcb.nested_cr3;

	t = next_table(&t[gpa >> 39 & 511]);
	t = next_table(&t[gpa >> 30 & 511]);
	t = next_table(&t[gpa >> 21 & 511]);
	t[gpa >> 12 & 511] = (gpa & NPT_ADDRESS) | LEAF;
}

/* All tables are there before the measured phase; the region's leaves may not be. */
static void make_l2_tables(const struct guest_params *p)
{
	uint64_t end = p->region_gpa + p->events * p->stride;

	for (uint64_t gpa = L2_TABLES_GPA; gpa < L2_TABLES_END; gpa += 8)
		*(uint64_t *)gpa = 0;
	free_table += 4096;
	for (uint64_t gpa = 0; gpa < GUEST_LOW_SIZE; gpa += 4096)
		map_l2(gpa);
	for (uint64_t gpa = p->region_gpa; gpa < end; gpa += p->stride) {
		uint64_t *t = (uint64_t *)vmcb.nested_cr3;

		if (p->pretouch) {
			map_l2(gpa);
			continue;
		}
		t = next_table(&t[gpa >> 39 & 511]);
		t = next_table(&t[gpa >> 30 & 511]);
		next_table(&t[gpa >> 21 & 511]);
	}
}

static void measure(const struct guest_params *p)
{
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);
		uint64_t stamp = guest_stamp(~p->seed, gpa);
		volatile uint64_t *w = (volatile uint64_t *)gpa;
		uint64_t t0 = guest_clock();

		*w = stamp;
		guest_sample(i, guest_clock() - t0);
	}
}

/* L2. What it uses of low memory KVM maps before the bells, as guest_start() does. */
static void l2_main(const struct guest_params *p)
{
	for (uintptr_t gpa = 0x1000; gpa < GUEST_LOW_SIZE; gpa += 0x1000)
		(void)*(volatile uint64_t *)gpa;
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	measure(p);
	guest_ring(BELL_END);
	for (;;)
		asm volatile("vmmcall" : : : "memory");
}

static void make_l2(const struct guest_params *p)
{
	svm_on(host_save);
	vmcb.nested_cr3 = L2_TABLES_GPA;
	make_l2_tables(p);
	svm_same_mode(&vmcb);
	vmcb.rip = (uint64_t)l2_main;
	/* As after a call: the stack is 8 off a multiple of 16. */
	vmcb.rsp = (uint64_t)&l2_stack[511];
	svm_l2_regs.rdi = (uint64_t)p;
}

void guest_main(const struct guest_params *p)
{
	uint64_t end = p->region_gpa + p->events * p->stride;
	uint64_t mapped = 0;

	guest_make_order(p);
	make_l2(p);
	for (svm_run(&vmcb); vmcb.exit_code == SVM_EXIT_NPF; svm_run(&vmcb)) {
		guest_check(mapped, 1, vmcb.exit_info_2 >= p->region_gpa &&
				       vmcb.exit_info_2 < end);
		map_l2(vmcb.exit_info_2);
		mapped++;
	}
	guest_check(mapped, SVM_EXIT_VMMCALL, vmcb.exit_code);
	guest_check(0, p->pretouch ? 0 : p->events, mapped);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t gpa = guest_event_gpa(p, i);

		guest_check(i, guest_stamp(~p->seed, gpa),
			    *(volatile uint64_t *)gpa);
	}
}

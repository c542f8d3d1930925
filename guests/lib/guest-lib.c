// SPDX-License-Identifier: GPL-2.0
/*
 * Runtime of the flat guests; see guest-lib.h.
 */
#include "guest-lib.h"

void guest_ring(enum guest_bell bell)
{
	asm volatile("outl %0, %w1" : : "a"((uint32_t)bell), "Nd"(GUEST_PORT)
		     : "memory");
}

/* A vCPU knows itself by its stack. */
static uint64_t own_vcpu(void)
{
	uintptr_t frame = (uintptr_t)__builtin_frame_address(0);

	return (GUEST_STACK_TOP - 1 - frame) / GUEST_STACK_STEP;
}

_Noreturn void guest_fail(uint64_t line, uint64_t index, uint64_t expected,
			  uint64_t found)
{
	struct guest_result *r = guest_result_of(own_vcpu());

	r->line = line;
	r->index = index;
	r->expected = expected;
	r->found = found;
	for (;;)
		guest_ring(BELL_FAIL);
}

static uint64_t xorshift64star(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

void guest_make_order(const struct guest_params *p)
{
	uint64_t state = p->seed | 1;
	uint32_t *order = guest_order();

	for (uint64_t i = 0; i < p->events; i++)
		order[i] = i;
	if (p->order != GUEST_RANDOM)
		return;
	/* The division below is of 64 bits. */
	if (sizeof(uintptr_t) < sizeof(uint64_t))
		guest_fail(__LINE__, 0, GUEST_LINEAR, p->order);
	for (uint64_t i = p->events - 1; i > 0; i--) {
		uint64_t j = xorshift64star(&state) % (i + 1);
		uint32_t t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}

void guest_clock_floor(void)
{
	uint64_t least = UINT64_MAX;

	for (int i = 0; i < 16; i++) {
		uint64_t t0 = guest_clock();
		uint64_t d = guest_clock() - t0;

		if (d < least)
			least = d;
	}
	guest_result()->clock_floor = least;
}

/*
 * Map the whole low slot by loads, so that nothing but the region faults in
 * the measured phase. Loads, not stores: under shadow paging a store to a
 * page table would be emulated.
 */
static void warm_low_memory(void)
{
	for (uintptr_t gpa = 0x1000; gpa < GUEST_LOW_SIZE; gpa += 0x1000)
		(void)*(volatile uint64_t *)gpa;
}

/* start.S jumps here with the parameters. */
void guest_start(const struct guest_params *p)
{
	warm_low_memory();
	guest_check(0, GUEST_MAGIC, p->magic);
	guest_check(0, GUEST_VERSION, p->version);
	guest_main(p);
	guest_ring(BELL_PASS);
}

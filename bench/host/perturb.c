// SPDX-License-Identifier: GPL-2.0
/*
 * What the plan asks of the host before the cell, so that it does not begin as
 * every other boot of it does: other pages at hand, another phase of the tick.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "host.h"

#define PAGE	4096

/* The order of n pages: a walk by steps that have no factor in common with n. */
static uint64_t step_of(uint64_t n)
{
	uint64_t step = n / 3 + 1;

	for (;; step++) {
		uint64_t a = n, b = step;

		while (b) {
			uint64_t rest = a % b;

			a = b;
			b = rest;
		}
		if (a == 1)
			return step;
	}
}

/*
 * Take that many pages one by one and give every other back, out of order; the
 * others stay taken. What the allocator has on its lists then, and in which
 * order, is another with each number.
 */
static void take_pages(uint64_t n)
{
	uint64_t step = step_of(n), at = 0;
	char *p = mmap(NULL, n * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		host_die("mmap of %llu pages: %s", (unsigned long long)n,
			 strerror(errno));
	for (uint64_t i = 0; i < n; i++)
		p[i * PAGE] = 1;
	for (uint64_t i = 0; i < n; i++, at = (at + step) % n) {
		if (i & 1)
			madvise(p + at * PAGE, PAGE, MADV_DONTNEED);
	}
}

/* Not by the clock: reading that takes an emulator long. */
static void wait_for(uint64_t instructions)
{
	uint64_t rounds = instructions / 2;

	if (rounds)
		asm volatile("1: subq $1, %0; jnz 1b" : "+r"(rounds) : : "cc");
}

void perturb__host(const struct plan_cell *cell)
{
	if (cell->pages)
		take_pages(cell->pages);
	wait_for(cell->spin);
}

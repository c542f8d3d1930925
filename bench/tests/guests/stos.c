// SPDX-License-Identifier: GPL-2.0
/*
 * Event i runs a `rep stos` of i words and nothing else: a known answer about
 * the instrument, which counts such an instruction once an iteration.
 */
#include "guest-lib.h"

#define STOS_WORDS	64

static uint64_t buf[STOS_WORDS];
void guest_main(const struct guest_params *p)
{
	guest_clock_floor();
	guest_ring(BELL_READY);
	guest_ring(BELL_START);
	for (uint64_t i = 0; i < p->events; i++) {
		uint64_t n = i % STOS_WORDS, *d = buf;
		uint64_t t0 = guest_clock();

		asm volatile("rep stosq" : "+c"(n), "+D"(d) : "a"(0ull)
			     : "memory");
		guest_sample(i, guest_clock() - t0);
	}
	guest_ring(BELL_END);
}

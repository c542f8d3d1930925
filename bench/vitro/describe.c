// SPDX-License-Identifier: GPL-2.0
/*
 * This machine, made as quiet as it lets itself be, and what it did not allow.
 */
#include "quiet_process.h"
#include "session.h"
#include "tsc.h"

#define QUANTUM_READINGS	20000u

/*
 * The time stamp counter may move in steps of many cycles: what all differences
 * of its readings are a multiple of.
 */
static uint64_t quantum(void)
{
	const bool rdtscp = tsc__rdtscp();
	uint64_t all = 0;

	for (unsigned int i = 0; i < QUANTUM_READINGS && all != 1; i++) {
		uint64_t start = tsc__begin(), b;

		for (volatile unsigned int k = 0; k < i % 97; k++)
			;
		b = tsc__end(rdtscp) - start;
		while (b) {		/* Euclid */
			uint64_t rest = all % b;

			all = b;
			b = rest;
		}
	}
	return all;
}

void session__describe(struct vitro_session *s)
{
	char why[256];

	quiet_process__pin(&s->pinned);
	quiet_process__priority(&s->priority);
	quiet_process__memory(&s->memory);
	s->tsc_hz = quiet_process__tsc_hz(&s->tsc);
	s->tsc_quantum = xasprintf("%llu", (unsigned long long)quantum());
	s->tsc_end = tsc__end_name();
	s->has_pmu = !counters__open(&s->counters, why, sizeof(why));
	s->pmu = s->has_pmu ? xstrdup("cycles, instructions, branch-misses") :
			      xasprintf("not counted: %s", why);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runtime of the flat guests: the clock, the doorbells, the order of events,
 * the checks. A payload defines guest_main() and calls these.
 */
#ifndef FAULTLINE_GUEST_LIB_H
#define FAULTLINE_GUEST_LIB_H

#include "guest.h"

/* The payload. Returns when its checks passed. */
void guest_main(const struct guest_params *p);

/*
 * Fill the order table: order[i] is the page that event i touches. Linear, or
 * a permutation by Fisher and Yates with xorshift64* (Vigna 2016) from .seed.
 */
void guest_make_order(const struct guest_params *p);

/* Measure two clock reads with nothing between them and note the smallest. */
void guest_clock_floor(void);

void guest_ring(enum guest_bell bell);
_Noreturn void guest_fail(uint64_t line, uint64_t index, uint64_t expected,
			  uint64_t found);

#define guest_check(index, expected, found) do {			\
	uint64_t e_ = (expected), f_ = (found);				\
	if (e_ != f_)							\
		guest_fail(__LINE__, (index), e_, f_);			\
} while (0)

static inline uint32_t *guest_samples(void)
{
	return (uint32_t *)(uintptr_t)GUEST_SAMPLES_GPA;
}

static inline uint32_t *guest_order(void)
{
	return (uint32_t *)(uintptr_t)GUEST_ORDER_GPA;
}

static inline struct guest_result *guest_result(void)
{
	return (struct guest_result *)(uintptr_t)GUEST_RESULT_GPA;
}

/* The same of another vCPU than the first. */
static inline struct guest_result *guest_result_of(uint64_t vcpu)
{
	return (struct guest_result *)((uintptr_t)guest_result() +
				       (uintptr_t)vcpu * GUEST_RESULT_STEP);
}

/* Where event i happens. */
static inline uint64_t guest_event_gpa(const struct guest_params *p, uint64_t i)
{
	return p->region_gpa + guest_order()[i] * p->stride;
}

/*
 * The clock of the measured phase: TSC ticks; under icount one tick is one
 * instruction. lfence keeps earlier loads from being timed late on silicon.
 */
static inline uint64_t guest_clock(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void guest_sample(uint64_t i, uint64_t ticks)
{
	guest_samples()[i] = ticks > UINT32_MAX ? UINT32_MAX : ticks;
	guest_result()->samples = i + 1;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Small benchmarks of what the variants differ in, out of the kernel: args.c,
 * dispatch.c and exits.c are compiled as kernel code is (Makefile: SMALL_CFLAGS) and
 * hold no floating point. Each has the empty loop as its floor, and one
 * function registered twice, whose difference is noise.
 */
#ifndef FAULTLINE_SMALL_H
#define FAULTLINE_SMALL_H

#include "gbench.h"

#define NOIPA		__attribute__((noipa))
#define INLINE		inline __attribute__((always_inline))

struct small {
	const char *name;
	const char *label;		/* what it is */
	gbench_fn fn;			/* gets its struct small as data */
};

/* The time stamp counter, after everything before it and before anything after it. */
static inline uint64_t small__tsc(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

static inline void small__done(struct gbench_state *s, const void *data,
			       uint64_t ticks)
{
	gbench__counter_int(s, "tsc", ticks, GBENCH_AVG_ITERATIONS);
	gbench__set_label(s, ((const struct small *)data)->label);
}

/* The loop; its counter tsc is ticks of the time stamp counter an iteration. */
#define SMALL_LOOP(s, data, body) do {					\
	uint64_t ticks = 0;						\
	int64_t n;							\
									\
	while ((n = gbench__take(s))) {					\
		ticks -= small__tsc();					\
		for (; n; n--) {					\
			body;						\
		}							\
		ticks += small__tsc();					\
	}								\
	small__done(s, data, ticks);					\
} while (0)

/* The empty loop. */
static inline void small__floor(struct gbench_state *s, void *data)
{
	SMALL_LOOP(s, data, gbench__clobber_memory());
}

/* 0 or -errno. */
int args__register(void);
int dispatch__register(void);
int exits__register(void);

#endif

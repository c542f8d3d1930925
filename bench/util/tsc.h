/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The time stamp counter around a piece of code: begin when all before is
 * done, end when the piece is. Its cycles are of a constant rate, not the
 * core's. After Intel, "How to Benchmark Code Execution Times on IA-32 and
 * IA-64" (324264), with LFENCE for CPUID, which a hypervisor traps; under
 * Linux LFENCE serializes on AMD as well (MSR DE_CFG).
 */
#ifndef FAULTLINE_TSC_H
#define FAULTLINE_TSC_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Does CPUID offer RDTSCP? It is asked once. Take the answer before
 * tsc__begin(): then nothing that is measured loads it.
 */
bool tsc__rdtscp(void);

/* What tsc__end() executes, for a record: "rdtscp" or "lfence; rdtsc". */
const char *tsc__end_name(void);

/* Nothing after it begins before it has read. */
static inline uint64_t tsc__begin(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence; rdtsc; lfence" : "=a"(lo), "=d"(hi) : :
			 "memory");
	return (uint64_t)hi << 32 | lo;
}

/*
 * It reads when all before it is done: by RDTSCP, or without it by the LFENCE
 * before RDTSC. The branch goes the same way every time.
 */
static inline uint64_t tsc__end(bool rdtscp)
{
	uint32_t lo, hi, cpu;

	if (__builtin_expect(!rdtscp, 0))
		return tsc__begin();
	__asm__ volatile("rdtscp; lfence" : "=a"(lo), "=d"(hi), "=c"(cpu) : :
			 "memory");
	return (uint64_t)hi << 32 | lo;
}

#endif

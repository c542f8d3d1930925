/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that measures, made as quiet as the machine allows. Each function
 * says in *said (allocated; the caller frees it) what was reached, or "not ...: why": words for
 * a record. 0, or -errno where it was not available; the caller continues.
 *
 * Nothing locks the memory (mlockall): a caller that maps more than it uses
 * would have all of it present, and MADV_DONTNEED is refused on locked pages.
 */
#ifndef FAULTLINE_QUIET_PROCESS_H
#define FAULTLINE_QUIET_PROCESS_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stay on one CPU: the last that is allowed, for the first gets interrupts. */
int quiet_process__pin(char **said);

/*
 * Nice -20. Not SCHED_FIFO: the kernel throttles it for 50 ms of every second,
 * and what else a machine of two CPUs has to do would do it then.
 */
int quiet_process__priority(char **said);

/* Does madvise() get large pages, which the kernel's own memory is in? */
int quiet_process__memory(char **said);

/*
 * Cycles a second of the time stamp counter, by CPUID's leaf 0x15 where that
 * says it all (Intel SDM, "Determining the Processor Base Frequency"), else
 * measured with CLOCK_MONOTONIC_RAW for 50 ms. Leaf 0x16 is not asked: it gives
 * whole MHz, and Linux does not take what it gives for known either
 * (native_calibrate_tsc()). *said: "2350 MHz, CPUID" or "2350 MHz, measured",
 * after "not invariant: " where its rate may change (leaf 0x80000007).
 */
double quiet_process__tsc_hz(char **said);

/* The system, which a test puts another in the place of. */
struct quiet_process_system {
	int (*get_affinity)(pid_t pid, size_t size, cpu_set_t *set);
	int (*set_affinity)(pid_t pid, size_t size, const cpu_set_t *set);
	int (*set_priority)(int nice);
	/* eax, ebx, ecx, edx of a leaf; false: there is no such leaf */
	bool (*cpuid)(uint32_t leaf, uint32_t reg[4]);
	const char *huge_pages;		/* a file of sysfs */
};
extern struct quiet_process_system quiet_process_system;

#endif

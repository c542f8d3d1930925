/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process that measures, made as quiet as the machine allows. Each function
 * says in *said, in new memory, what was reached, or "not ...: why": words for
 * a record. 0, or -errno where it was not to be had; the caller goes on.
 */
#ifndef FAULTLINE_QUIET_H
#define FAULTLINE_QUIET_H

#include <sched.h>
#include <stddef.h>

/* Stay on one CPU: the last that is allowed, for the first gets interrupts. */
int quiet__pin(char **said);

/*
 * Nice -20. Not SCHED_FIFO: the kernel throttles it for 50 ms of every second,
 * and what else a machine of two CPUs has to do would do it then.
 */
int quiet__priority(char **said);

/* Does madvise() get large pages, which the kernel's own memory is in? */
int quiet__memory(char **said);

/*
 * Cycles a second of the time stamp counter, by CPUID where that says it, else
 * held against CLOCK_MONOTONIC_RAW for 50 ms.
 */
double quiet__tsc_hz(char **said);

/* The system, which a test puts another in the place of. */
struct quiet_system {
	int (*get_affinity)(pid_t pid, size_t size, cpu_set_t *set);
	int (*set_affinity)(pid_t pid, size_t size, const cpu_set_t *set);
	int (*set_priority)(int nice);
	const char *huge_pages;		/* a file of sysfs */
};
extern struct quiet_system quiet_system;

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What this CPU offers beyond baseline x86-64, by CPUID. Whoever executes an
 * instruction that is not baseline, or patches one in, asks here first: a
 * hypervisor may hide what the core executes, and valgrind refuses what the
 * machine's CPUID hides.
 *
 * FAULTLINE_CPUID_HIDE=FEATURE[,FEATURE]... hides more, as if this CPU did not
 * have it: for tests, and for a valgrind that does not know an instruction. It
 * never adds a feature.
 */
#ifndef FAULTLINE_CPU_H
#define FAULTLINE_CPU_H

#include <stdbool.h>
#include <stdint.h>

#include "util.h"

#define CPU_HIDE	"FAULTLINE_CPUID_HIDE"

/*
 * eax, ebx, ecx, edx of a leaf (its subleaf 0), without what is hidden.
 * Return: false, and zeros in @reg, if there is no such leaf.
 */
bool cpu__cpuid(uint32_t leaf, uint32_t reg[4]);

/*
 * Is every name in CPU_HIDE one of a feature that can be hidden? A program asks
 * once, at its start; from then on an unknown name hides nothing.
 * Return: 0, or -1 with a message in @err.
 */
int cpu__check_hidden(char *err, size_t errlen);

/* Is there a feature of this name that can be asked for and hidden? */
bool cpu__knows(const char *feature);

/* Does this CPU offer a feature that cpu__knows()? */
bool cpu__has(const char *feature);

/* Add the names of known features that this CPU does not offer. */
void cpu__lacks(struct strlist *l);

#endif

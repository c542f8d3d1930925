/* SPDX-License-Identifier: GPL-2.0 */
/*
 * By which of KVM's counters a denominator was checked: an older KVM has fewer,
 * and a table that says "KVM counted what the guest provoked" says which it lacks.
 */
#ifndef FAULTLINE_COUNTERS_CHECKED_H
#define FAULTLINE_COUNTERS_CHECKED_H

#include "run.h"

struct counters_checked {
	struct strlist checked;	/* in some valid record */
	struct strlist lacks;	/* of those that tell faults apart; the kernel has none */
};

/* Of the valid records of one base and profile, each name once. */
void counters_checked__of(struct counters_checked *c, const struct run *run,
			  const char *base, const char *profile);
void counters_checked__free(struct counters_checked *c);

#endif

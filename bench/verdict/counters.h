/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What perf in the host counted, beside what the same cell is without it: the
 * faults by every one who counts them, and what perf itself costs. A cell with
 * perf is one of a workload's name with WITH_PERF, WITH_EXITS or WITH_PROFILE.
 */
#ifndef FAULTLINE_COUNTERS_H
#define FAULTLINE_COUNTERS_H

#include "compare.h"

#define NOT_COUNTED	(-1)

struct counters_row {
	const char *base, *profile, *variant, *workload;
	char *plain;			/* the workload without perf */
	struct cmp_cell without, with;
	const struct record *r;		/* first valid boot with perf, or NULL */
	/*
	 * Faults, or NOT_COUNTED: between the doorbells, where the workload
	 * says how many there are; by the guest's own kernel; by KVM without
	 * and with perf; by perf.
	 */
	int64_t doorbell, guest, kvm, kvm_with, perf;
	bool differ;			/* two that count the same do not agree */
	bool moved;			/* KVM's are others than without perf */
};

struct counters {
	struct counters_row *row;
	size_t nr;
	size_t counted;			/* rows that have perf's count of faults */
	size_t differ, inexact;
};

/* Rows of one base, profile and variant together, in the order of the run. */
void counters__make(struct counters *c, const struct run *run);
bool counters__same_kernel(const struct counters_row *a,
			   const struct counters_row *b);
void counters__free(struct counters *c);

/* "kvm:kvm_exit" of a stat called perf/kvm:kvm_exit, or NULL. */
const char *counters__event(const char *stat);

#endif

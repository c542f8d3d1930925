/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What perf in the host counted, next to what the same cell is without it: the
 * faults by every one who counts them, and what perf itself costs. A cell with
 * perf is one of a workload's name with WITH_PERF, WITH_EXITS or WITH_PROFILE.
 */
#ifndef FAULTLINE_PERF_CELLS_H
#define FAULTLINE_PERF_CELLS_H

#include "compare.h"

#define NOT_COUNTED	(-1)

struct perf_row {
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

struct perf_cells {
	struct perf_row *row;
	size_t nr;
	size_t counted;			/* rows that have perf's count of faults */
	size_t differ, inexact;
};

/*
 * Rows of one base, profile and variant together, in the order of the run.
 * Return: 0, or -1 with EXIT_NO_DATA and a message in @err where it has none.
 */
int perf_cells__make(struct perf_cells *c, const struct run *run,
		     struct err *err);
/*
 * Do perf and KVM count the same faults? Return: 0, or -1 with EXIT_DISAGREE and
 * a message in @err.
 */
int perf_cells__check(const struct perf_cells *c, const struct run *run,
		      struct err *err);
bool perf_cells__same_kernel(const struct perf_row *a,
			   const struct perf_row *b);
void perf_cells__free(struct perf_cells *c);

/* "kvm:kvm_exit" of a stat called perf/kvm:kvm_exit, or NULL. */
const char *perf_cells__event(const char *stat);

#endif

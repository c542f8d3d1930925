/* SPDX-License-Identifier: GPL-2.0 */
/*
 * AMD and Intel next to each other: the cells of a base that a run has of CPU
 * models of two vendors. Of each fault what the shapes cost, and what a retpoline
 * and the ways to call add to it, by the same kernels on each CPU.
 */
#ifndef FAULTLINE_VENDORS_H
#define FAULTLINE_VENDORS_H

#include "compare.h"
#include "run_rigs.h"

/* What is added to a shape's own kernel, and under which profile. */
enum vendors_added {
	ADDED_RETPOLINE,		/* the profile, to the kernel as it is */
	ADDED_INDIRECT,			/* no direct call of the handler (NPF and EPT) */
	ADDED_INDIRECT_RETPOLINE,
	ADDED_EPT_DIRECT,		/* a direct call of EPT_VIOLATION's exit handler */
	ADDED_EPT_DIRECT_RETPOLINE,
	NR_VENDORS_ADDED
};

struct vendors_cell {
	struct cmp_cell cell;
	struct cmp_diff diff;		/* to the reference shape's; its own is 0 */
	struct cmp_diff added[NR_VENDORS_ADDED];
};

struct vendors_row {
	char *workload;
	struct vendors_cell *cell;	/* a CPU model each, of each shape */
};

struct vendors {
	const char *base, *profile;
	struct strlist shapes;		/* reference first; no steps, no overlays */
	struct run_views side;		/* the run of each model, AMD's first */
	struct vendors_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
	bool has[NR_VENDORS_ADDED];	/* some cell of the run */
};

/* Return: has the run exact records of CPU models of two vendors? */
bool vendors__has(const struct run *run);

/*
 * The shapes under one profile, and what is added to it. Of the variants that are
 * listed, NULL or empty: of all without steps and overlays; reference NULL:
 * baseline, or the first. Return: 0, or -1 with EXIT_UNKNOWN_NAME and a message in
 * @err where the run has no such variant; there is nothing to free then.
 */
int vendors__make(struct vendors *x, const struct run *run, const char *base,
		  const char *profile, const char *reference,
		  const struct strlist *variants, struct err *err);
void vendors__free(struct vendors *x);

/* The cell of a row, by shape and model. */
static inline const struct vendors_cell *vendors__cell(const struct vendors *x,
						       const struct vendors_row *row,
						       size_t shape, size_t side)
{
	return &row->cell[shape * x->side.nr + side];
}

/* Is a difference one that most faults share? */
static inline bool vendors__shared(const struct cmp_diff *d)
{
	return d->comparable && d->by.shared;
}

#endif

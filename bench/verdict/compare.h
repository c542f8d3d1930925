/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the records of a run to a comparison: for one profile, workloads in
 * rows, variants in columns, each compared with one reference variant. Invalid
 * records are named and never compared.
 */
#ifndef FAULTLINE_COMPARE_H
#define FAULTLINE_COMPARE_H

#include "counters_checked.h"
#include "hist.h"
#include "run.h"

/*
 * Instructions an iteration of a guest's loop may take outside its two clock
 * reads; the doorbell figure may exceed the mean sample by that much.
 */
#define LOOP_LIMIT	64

struct cmp_cell {
	size_t boots, valid;
	bool exact;		/* two boots or more, all valid and bit-equal */
	bool usable;		/* one valid boot or more */
	bool skipped;		/* every boot is a skip: why says so */
	const char *why;	/* why not usable, or why not exact */
	uint64_t events;
	/*
	 * The figure: the mode of the samples, over the boots the smallest;
	 * for a workload without events the ticks from bell to bell.
	 */
	uint64_t typical, typical_max;
	double share;		/* of samples that have it, first valid boot */
	double mean, mean_max;	/* of all samples, least and most over boots */
	uint64_t total;		/* ticks from bell to bell, first valid boot */
	uint64_t clock_floor, irqs;
	struct hist_summary hist;	/* first valid boot */
	const char *handler;	/* sha256 of its code, "" when unknown */
};

/* The difference of a cell to the reference's; only where both are usable. */
struct cmp_diff {
	bool comparable;
	bool exact;		/* both are */
	bool same_code;		/* equal handlers: any difference is noise */
	int64_t typical;
	double typical_percent;
	double mean, mean_percent;
};

struct cmp_row {
	const char *workload;
	struct cmp_cell *cell;	/* one a variant */
	struct cmp_diff *diff;	/* one a variant; the reference's is 0 */
};

/* The second method next to the first: doorbells, floor, samples. */
struct cmp_methods {
	size_t cells;		/* that both methods measured */
	double least, most;	/* (total - null) / N - mean sample */
	size_t disagree;	/* cells outside 0 .. LOOP_LIMIT */
	const char *worst;	/* workload of one that disagrees */
};

struct comparison {
	const char *base, *rig, *profile;
	struct strlist variants;	/* reference first */
	struct cmp_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
	size_t left_out;	/* variants of the run that are not in it */
	size_t aa_pairs, aa_zero;	/* boots of the reference against its first */
	int64_t aa_worst;		/* largest difference of a typical figure */
	struct cmp_methods methods;
	struct counters_checked counters;
};

/*
 * What a run has, in the order of its plan. Workloads with perf in the host are
 * none of them: perf_cells.h has those.
 */
void compare__bases(const struct run *run, struct strlist *bases);
void compare__profiles(const struct run *run, const char *base,
		       struct strlist *profiles);
void compare__variants(const struct run *run, const char *base,
		       const char *profile, struct strlist *variants);
void compare__workloads(const struct run *run, const char *base,
			const char *profile, struct strlist *workloads);

/*
 * The variants that a comparison has, the reference first, as of
 * compare__make(). Return: 0, or -1 with EXIT_UNKNOWN_NAME and a message in
 * @err when the run has no such variant.
 */
int compare__order(const struct run *run, const char *base,
		   const char *profile, const char *reference,
		   const struct strlist *wanted, struct strlist *variants,
		   struct err *err);

/* One cell of a run; its `why` says when there is none. */
struct cmp_cell compare__cell(const struct run *run, const char *base,
			      const char *profile, const char *variant,
			      const char *workload);

/* c against ref; not comparable unless both are usable. */
struct cmp_diff compare__diff(const struct cmp_cell *ref,
			      const struct cmp_cell *c);

/*
 * Compare the records of one base and profile. reference NULL means
 * `baseline`, or the first variant where that is not in it; variants NULL or
 * empty means those of the plan's first section for that base and profile.
 * Return: 0, or -1 with EXIT_UNKNOWN_NAME and a message in @err when the run
 * has no such variant; there is nothing to free then.
 */
int compare__make(struct comparison *c, const struct run *run, const char *base,
		  const char *profile, const char *reference,
		  const struct strlist *variants, struct err *err);
/* How many variants of a base and profile are not among these. */
size_t compare__left_out(const struct run *run, const char *base,
			 const char *profile, const struct strlist *variants);
void compare__free(struct comparison *c);

#endif

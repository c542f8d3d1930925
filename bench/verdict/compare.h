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
#include "rep_once.h"
#include "run.h"
#include "two_methods.h"

struct cmp_cell {
	size_t boots, valid;
	bool exact;		/* two boots or more, and it holds (exact.h) */
	bool repeats;		/* no two boots of one seed differ by a bit */
	size_t seeds;		/* of its boots; 1: replays of one layout */
	double low, high;	/* its boots against the first (exact.h) */
	bool usable;		/* one valid boot or more */
	bool skipped;		/* every boot is a skip: why says so */
	const char *why;	/* why not usable, or why not exact */
	uint64_t events;
	const struct record *first;	/* its first valid boot */
	/*
	 * The mode of the samples, over the boots the smallest; for a workload
	 * without events the ticks from bell to bell. The figure of the cell,
	 * unless it has several of which none stands out (hist.h).
	 */
	uint64_t typical, typical_max;
	bool several;
	double share;		/* of samples that have it, first valid boot */
	/*
	 * Of all samples, least and most over boots: with the ticks that fell
	 * into one, and without those that fell between two. Information, and
	 * nothing to compare. largest: what the largest sample alone adds to it.
	 */
	double mean, mean_max, largest;
	uint64_t total;		/* ticks from bell to bell, first valid boot */
	uint64_t clock_floor, irqs;
	struct hist_summary hist;	/* first valid boot */
	/* sha256 of its code and of its kernel, "" when unknown: of boot 1 */
	const char *handler, *vmlinux;
	const struct record_rep *rep;	/* first boot that was attributed, or NULL */
	/*
	 * Several vCPUs: its figures are of the touches that faulted, and there is
	 * no mean (NAN), since a sample has in it what others did meanwhile. late:
	 * faults whose number depends on who ran when, so there is no difference.
	 */
	size_t vcpus;		/* 0: one */
	int64_t late;
	struct two_methods methods;	/* of a boot where they disagree, or the first */
};

/*
 * Two records, fault by fault in order of size (paired.h); where neither has an
 * event, from bell to bell.
 */
struct cmp_pair {
	bool made;		/* they have as many faults */
	bool shared;		/* more than half of the pairs have diff */
	int64_t diff;		/* what most pairs differ by */
	double share;		/* of the pairs, that have it */
	double mean;		/* 5 % trimmed mean of the pairs */
	int64_t least, most;
};

/* The difference of a cell to the reference's; only where both are usable. */
struct cmp_diff {
	bool comparable;	/* both are usable, and their faults pair */
	bool exact;		/* both are */
	/*
	 * What the boots of the two cells are apart, together: a difference of
	 * no more than that says nothing. INFINITY where a replay differs or a
	 * cell has one boot.
	 */
	double range;
	bool same_handler;	/* equal code of the handler */
	bool same_code;		/* and an equal kernel around it: nothing differs */
	struct cmp_pair by;
	double percent, mean_percent;	/* of the reference's fault (compare__fault()) */
	struct rep_once rep;		/* of by.diff, where it is shared */
};

/* A figure that many faults of a cell share. */
struct cmp_mode {
	uint64_t ticks;
	double share;
};
#define CMP_MODES	3	/* that are named, at most */

struct cmp_row {
	const char *workload;
	struct cmp_cell *cell;	/* one a variant */
	struct cmp_diff *diff;	/* one a variant; the reference's is 0 */
};

/* The second method next to the first, over all cells. */
struct cmp_methods {
	size_t cells;		/* that both methods measured */
	double least, most;	/* what the samples leave over, of those that agree */
	size_t disagree;
	const char *workload, *variant;	/* of one that disagrees */
	struct two_methods worst;
};

/*
 * The reference against itself: each further boot of a workload against the first,
 * which has another layout where the run perturbs.
 */
struct cmp_aa {
	size_t pairs;
	size_t equal;		/* bit by bit */
	size_t held;		/* the figures are the same (exact.h) */
	size_t seeds;		/* most of a workload */
	/* Least and most, over the pairs: what most faults share, trimmed, plain. */
	double diff[2], trimmed[2], mean[2];
	const char *worst;	/* workload of the largest, or NULL: all are 0 */
};

/* Return: of least and most the one that is farther from 0. */
static inline double compare__farther(const double range[2])
{
	return -range[0] > range[1] ? range[0] : range[1];
}

struct comparison {
	const char *base, *rig, *profile;
	struct strlist variants;	/* reference first */
	struct cmp_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
	size_t left_out;	/* variants of the run that are not in it */
	struct cmp_aa aa;
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
 * b against a. What two records pair to is decided here alone. Of other numbers of
 * faults it is not made.
 */
struct cmp_pair compare__pair(const struct record *a, const struct record *b);
/* What samples say as a histogram (hist.h), by rising ticks. */
struct hist_summary compare__summary(const struct bin *bin, size_t nr);
/* The same of the samples of a record that faulted. */
struct hist_summary compare__faults(const struct record *r);

/* The same of bins, one of which may be a kept one: they come by rising ticks. */
struct cmp_pair compare__pair_bins(const struct bin *a, size_t nr_a,
				   const struct bin *b, size_t nr_b);

/*
 * What a fault of the cell costs, where one figure must stand for it, as in a
 * percentage: the typical one, or the median where it has several.
 */
uint64_t compare__fault(const struct cmp_cell *c);
/* The commonest figures of a usable cell, the commonest first; how many. */
size_t compare__modes(const struct cmp_cell *c, struct cmp_mode mode[CMP_MODES]);
/* "12261 (46 %), 15801 (37 %)"; allocated; the caller frees it. */
char *compare__modes_text(const struct cmp_cell *c);

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

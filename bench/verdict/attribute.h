/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which functions make the difference: the attributions of one workload's
 * variants, function by function, compared with one of them.
 */
#ifndef FAULTLINE_ATTRIBUTE_H
#define FAULTLINE_ATTRIBUTE_H

#include "attribution.h"
#include "run.h"

/* A variant, as all its boots attribute it. */
struct attr_column {
	const char *variant;
	struct attribution all;
	size_t boots;			/* that have an attribution */
	bool equal;			/* ... and all the same one */
	size_t agreeing;		/* boots whose plugin and clock agree */
	const struct attr_class *class;	/* the one compared; NULL: has none */
	uint64_t total;			/* its typical fault */
	int64_t diff;			/* ... against the reference's */
	int64_t diff_sum;		/* the rows' differences, added up */
	uint64_t func_sum;		/* its functions, added up */
};

/* A function that does not cost the same everywhere. */
struct attr_row {
	const char *name;
	uint64_t *cost;			/* exclusive instructions, a column each */
	bool *there;			/* it was executed at all */
	int64_t *diff;			/* against the reference */
};

struct attr_cmp {
	char *base, *profile, *workload, *class;
	const char *rig;		/* of the records; lives as long as the run */
	struct attr_column *column;	/* 0 is the reference */
	size_t nr_columns;
	struct attr_row *row;		/* largest difference first */
	size_t nr_rows;
	size_t same;			/* functions that cost the same in all */
	uint64_t same_cost;		/* ... together */
	bool sums;			/* every total is the sum of its functions,
					   every difference that of the rows */
};

/* Is a record valid, and its attribution in the run? */
bool attribute__has(const struct run *run, const struct record *r);

/*
 * Compare the typical faults of class, or of the reference's largest class
 * when NULL. Variants: those listed, else all of the run; against is the
 * reference, NULL: baseline or else the first. Return: 0, or -1 with code and
 * message in @err, and nothing to free: EXIT_UNKNOWN_NAME for a variant or class
 * that is not there, EXIT_NO_DATA when the run has no attribution (the message
 * says which command adds it) or the workload provoked no fault,
 * EXIT_BAD_RECORD when one cannot be read.
 */
int attribute__compare(struct attr_cmp *c, const struct run *run,
		       const char *base, const char *profile,
		       const char *workload, const char *class,
		       const char *against, const struct strlist *variants,
		       struct err *err);
void attribute__free(struct attr_cmp *c);

/* Workloads of a run that have an attribution with a fault in it. */
void attribute__workloads(const struct run *run, const char *base,
			  const char *profile, struct strlist *l);
/* Variants that have one of that workload, as the run's plan orders them. */
void attribute__variants(const struct run *run, const char *base,
			 const char *profile, const char *workload,
			 struct strlist *l);

#endif

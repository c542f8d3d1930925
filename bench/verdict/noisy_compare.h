/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From noisy records to a comparison: for one base and profile, workloads in
 * rows, variants in columns, each paired with one reference variant, hot and
 * cold apart.
 */
#ifndef FAULTLINE_NOISY_COMPARE_H
#define FAULTLINE_NOISY_COMPARE_H

#include "noisy_rule.h"

/* What the same code does at another address: the run's own difference. */
struct noisy_own {
	struct noisy_value by;
	const char *variant, *profile;	/* whose code that is */
};

/*
 * Of ref where it has a second copy, else of the run's first cell of that base
 * and workload that has.
 */
struct noisy_own noisy__own(const struct run *run, enum cycles_mode m,
			    const struct noisy_cell *ref);

/* What every table of a base says besides its figures. */
struct noisy_setting {
	const char *rig, *unit;		/* "layout" or "boot" */
	bool paired;			/* cells were measured in turns */
	size_t cells, usable, skipped;
	size_t layouts;			/* of a cell, at most */
	bool has[NR_CYCLES_MODES];	/* a cell at least */
	double kept[NR_CYCLES_MODES];	/* share of the rounds, least of a cell */
	uint64_t chunk[NR_CYCLES_MODES];	/* faults */
	/* "pinned: not ...": what could not be set on the machine. */
	struct strlist limits;
};

void noisy__set(struct noisy_setting *s, const struct run *run,
		const char *base);
/* One more cell. */
void noisy__count(struct noisy_setting *s, const struct noisy_cell *c);

struct noisy_row {
	char *workload;
	struct noisy_cell *cell;	/* one a variant */
	struct noisy_diff *diff[NR_CYCLES_MODES]; /* one a variant; of the reference all 0 */
	struct noisy_own own[NR_CYCLES_MODES];
	/* The smallest difference that has a word in every column of the row; INFINITY: none. */
	double shows[NR_CYCLES_MODES];
};

struct noisy_comparison {
	const char *base, *profile;
	struct strlist variants;	/* reference first */
	struct noisy_row *row;
	size_t nr_rows;
	const struct noisy_rule *rule;	/* of the whole run */
	size_t left_out;	/* variants of the run that are not in it */
	struct noisy_setting set;
};

/*
 * Arguments and errors are those of compare__make(); rule is that of the run,
 * made with the same reference, and must outlive c.
 */
int noisy_compare__make(struct noisy_comparison *c, const struct run *run,
			const struct noisy_rule *rule, const char *base,
			const char *profile, const char *reference,
			const struct strlist *variants, struct err *err);
void noisy_compare__free(struct noisy_comparison *c);

#endif

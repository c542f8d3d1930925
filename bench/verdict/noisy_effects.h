/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The effects of any set of factors in cycles, hot and cold apart: each is one
 * sum of cells, block by block and over layouts, and has its own interval.
 */
#ifndef FAULTLINE_NOISY_EFFECTS_H
#define FAULTLINE_NOISY_EFFECTS_H

#include "levels.h"
#include "noisy_compare.h"

struct noisy_effects_row {
	const char *workload;
	struct noisy_cell *cell;			/* one a cell */
	struct noisy_value *value[NR_CYCLES_MODES];	/* one an effect */
	bool *identical;	/* one an effect: all of its pairs have equal handlers */
	struct noisy_own own[NR_CYCLES_MODES];
};

struct noisy_effects_of_run {
	struct levels levels;
	struct noisy_effects_row *row;
	size_t nr_rows;
	struct noisy_setting set;
};

/* Arguments and errors are those of levels__make(). */
int noisy_effects__make(struct noisy_effects_of_run *x, const struct run *run,
			const char *base, const struct strlist *wanted,
			const char *reference, const struct strlist *only,
			struct err *err);
void noisy_effects__free(struct noisy_effects_of_run *x);

#endif

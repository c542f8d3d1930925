/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The factor table in cycles: shape x dispatch x profile for every workload of
 * a base, as factors.h has it of instructions, hot and cold apart. Everything
 * that is not a figure is paired by block, over profiles too.
 */
#ifndef FAULTLINE_NOISY_FACTORS_H
#define FAULTLINE_NOISY_FACTORS_H

#include "factors.h"
#include "noisy_compare.h"

/* Differences of one shape and mode; each has its layouts, interval and why. */
struct noisy_effects {
	/* By the direct call; percent of the indirect figure. */
	struct noisy_value saved[NR_FACTOR_PROFILES];
	/* By the profile; percent of the figure under off. */
	struct noisy_value added[NR_DISPATCHES][NR_FACTOR_PROFILES];
	/* What the direct call saves more than it does under off. */
	struct noisy_value interaction[NR_FACTOR_PROFILES];
};

struct noisy_shape {
	struct noisy_cell at[NR_DISPATCHES][NR_FACTOR_PROFILES];
	struct noisy_effects effect[NR_CYCLES_MODES];
};

struct noisy_factor_row {
	char *workload;
	struct noisy_shape *shape;	/* one a shape */
	struct noisy_own own[NR_CYCLES_MODES];
};

struct noisy_factors {
	const char *base;
	struct strlist shapes;		/* reference first */
	struct strlist profiles;	/* FACTOR_PROFILES, split */
	struct strlist variants;	/* names that cells point to */
	struct noisy_factor_row *row;
	size_t nr_rows;
	struct noisy_setting set;
};

/* Arguments and errors are those of factors__make(). */
int noisy_factors__make(struct noisy_factors *f, const struct run *run,
			const char *base, const char *reference,
			const struct strlist *only, struct err *err);
void noisy_factors__free(struct noisy_factors *f);

#endif

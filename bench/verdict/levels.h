/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Any set of factors: the shape, each overlay, the profile. Which cells of a run
 * are combinations of their levels, and which pairs of cells an effect is the mean
 * of. Nothing in here is a figure.
 *
 * A variant's name says its levels: of NAME@STEP+a+b the shape is NAME@STEP, a and
 * b are there and any other overlay is not. The first level of shape is the
 * reference, of an overlay that it is not there, of profile the first of the run.
 */
#ifndef FAULTLINE_LEVELS_H
#define FAULTLINE_LEVELS_H

#include "run.h"

#define FACTOR_SHAPE	"shape"
#define FACTOR_PROFILE	"profile"

struct factor {
	const char *name;	/* FACTOR_SHAPE, FACTOR_PROFILE, or an overlay's */
	struct strlist levels;	/* the reference first */
};

struct levels_cell {
	const char *variant, *profile;
	char *name;		/* the variant's; with the profile where that is a factor */
	size_t *at;		/* its level of each factor */
};

/* From one cell to the other, times the weight. */
struct levels_pair {
	size_t from, to;	/* cells */
	double weight;
};

/*
 * Of one factor: the mean, over all settings of the others that the run has both
 * cells of, of what this level alone changes. Of two: what both levels together
 * change beyond the sum of each, the mean over the settings of the rest. Box,
 * Hunter and Hunter, Statistics for Experimenters, ch. 5, whose interaction of
 * two levels is half of that.
 */
struct levels_effect {
	char *name;		/* "struct-by-pointer", "+init-none", "NAME with +inline" */
	size_t factors;		/* 1 or 2 */
	size_t settings;	/* that it is the mean of */
	struct levels_pair *pair;
	size_t nr;
};

struct levels {
	const char *base;
	struct factor *factor;
	struct levels_cell *cell;
	struct levels_effect *effect;	/* those of one factor first */
	size_t nr_factors, nr_cells, nr_effects;
	struct strlist names;	/* whose strings the others are */
	struct strlist workloads;
};

/*
 * Of the factors @wanted, or of all that a run has two levels of where it is
 * ALL. @reference: the shape that the others are compared with (NULL: baseline, or
 * the first). @only: shapes (NULL or empty: every one). Return: 0, or -1 with
 * EXIT_UNKNOWN_NAME and a message in @err where the run has no two levels of one
 * that is wanted; there is nothing to free then.
 */
int levels__make(struct levels *l, const struct run *run, const char *base,
		 const struct strlist *wanted, const char *reference,
		 const struct strlist *only, struct err *err);
void levels__free(struct levels *l);

#endif

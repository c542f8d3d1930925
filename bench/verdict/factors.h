/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which of the two ideas bought what: the shape of the arguments, and the
 * direct call around the retpoline. A full factorial of shape x dispatch x
 * profile for every workload of a base, out of the records of a run.
 *
 * The direct cell of a shape is NAME+direct, or NAME where its kernel takes
 * the direct call by itself (run.json says which does); the indirect cell
 * likewise.
 */
#ifndef FAULTLINE_FACTORS_H
#define FAULTLINE_FACTORS_H

#include "compare.h"

#define DISPATCH_DIRECT		"direct"
#define DISPATCH_INDIRECT	"indirect"
#define FACTOR_PROFILES		"off,retpoline,retpoline-lfence"

enum { DIRECT, INDIRECT, NR_DISPATCHES };
enum { PROFILE_OFF, PROFILE_RETPOLINE, PROFILE_LFENCE, NR_FACTOR_PROFILES };

extern const char *const factors_dispatches[NR_DISPATCHES];

/* Figures of one workload in one shape; usable where its bit is set. */
struct factor_cells {
	struct cmp_cell at[NR_DISPATCHES][NR_FACTOR_PROFILES];
	bool complete;		/* all six are usable, and their faults pair */
};

/*
 * Six cells, taken apart; only where they are complete. Instructions, each of them
 * what most pairs of faults differ by (struct cmp_pair), or VARIES.
 */
#define VARIES	INT64_MIN
struct factor_diffs {
	int64_t saved[NR_FACTOR_PROFILES];	/* by the direct call */
	int64_t added[NR_DISPATCHES][NR_FACTOR_PROFILES]; /* by the profile */
	/* What the direct call saves more than it does under `off`. */
	int64_t interaction[NR_FACTOR_PROFILES];
};

/*
 * Main effects of a workload: each is the mean, over all levels of the other
 * two factors, of the difference to the factor's first level. Of shape s,
 * effect_shape[s]; [0] is 0.
 */
struct main_effects {
	bool complete;		/* every shape is, and no difference varies */
	double *shape;
	double indirect, profile[NR_FACTOR_PROFILES];
	/*
	 * Largest part of any cell's difference to the first one that the main
	 * effects do not explain.
	 */
	double residual;
};

struct factor_row {
	const char *workload;
	struct factor_cells *cells;	/* one a shape */
	struct factor_diffs *diffs;	/* one a shape */
	struct main_effects main;
};

struct factors {
	const char *base;
	struct strlist shapes;		/* reference first */
	struct strlist profiles;	/* FACTOR_PROFILES, split */
	struct factor_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
	/* The effect that the smallest share of the pairs has, and whose it is. */
	struct cmp_pair least;
	const char *least_of;	/* workload; NULL: there is no effect */
};

/*
 * Of the shapes `only` (NULL or empty: all of the run), compared with
 * `reference` (NULL: baseline, or the first). Return: 0, or -1 with
 * EXIT_UNKNOWN_NAME and a message in @err when the run has no such variant;
 * there is nothing to free then.
 */
int factors__make(struct factors *f, const struct run *run, const char *base,
		  const char *reference, const struct strlist *only,
		  struct err *err);
void factors__free(struct factors *f);

/* Those shapes, the reference first, where one is known; errors as above. */
int factors__shapes(const struct run *run, const char *base,
		    const struct strlist *profiles, const char *reference,
		    const struct strlist *only, struct strlist *shapes,
		    struct err *err);
/*
 * The variant that stands for a shape and a dispatch, allocated:
 * NAME+dispatch, or NAME where the run has none of that and its kernel
 * dispatches so by itself.
 */
char *factors__variant(const struct run *run, const char *base,
		       const char *shape, const char *dispatch,
		       const char *profile, const char *workload);

#endif

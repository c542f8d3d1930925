/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The pictures of a run: which there are, and the data that a gnuplot script
 * (bench/report/<script>.gp) draws them of.
 */
#ifndef FAULTLINE_PLOTS_H
#define FAULTLINE_PLOTS_H

#include <stdio.h>

#include "judge.h"

struct picture {
	char *name;		/* "effect-v6.1-off", "touch-write-v6.1-off-hot" */
	char *title;
	const char *script;	/* "effect", "distribution", "layouts" */
	const struct plot *plot;	/* its row in plots.c */
	size_t lines;		/* variants in it */
	const char *base, *profile, *rig, *workload, *mode;
	bool rigs;		/* the run has several: name and title say which */
};

struct pictures {
	struct picture *item;
	size_t nr;
};

/*
 * Of a run's default base and first profile, of each rig: what each variant adds, and per
 * workload its distribution over faults, or over layouts. Strings of items live
 * as long as j.
 */
void pictures__of(struct pictures *p, const struct run *run,
		  const struct judgements *j);
void pictures__free(struct pictures *p);
/* What the script reads. Names are such that it takes them for nothing else. */
void picture__data(FILE *f, const struct picture *p, const struct run *run,
		   const struct judgements *j);

#endif

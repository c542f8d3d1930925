/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each patch of a series added: the cells of NAME@0, NAME@1, ... of a
 * run, each compared with the one before it.
 */
#ifndef FAULTLINE_STEPS_H
#define FAULTLINE_STEPS_H

#include "compare.h"

struct step_row {
	const char *workload;
	struct cmp_cell *cell;	/* one a step, the base as it is first */
	struct cmp_diff *diff;	/* to the step before; of the first all 0 */
	bool exact, usable;	/* all of them are */
};

struct steps {
	const char *base, *profile;
	char *variant;		/* the series */
	int *number;		/* of each column; a run may lack steps */
	size_t nr;
	struct strlist titles;	/* subject of each patch, from run.json */
	struct step_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
};

/* Series of which a run has two steps or more, under base and profile. */
void steps__series(const struct run *run, const char *base,
		   const char *profile, struct strlist *names);
struct steps steps__make(const struct run *run, const char *base,
			 const char *profile, const char *variant);
void steps__free(struct steps *s);

#endif

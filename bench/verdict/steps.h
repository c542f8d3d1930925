/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each step added: the patches of a series (the cells of NAME@0, NAME@1, ...
 * of a run), or the commits of a tree that `faultline diff` measured, each
 * compared with the last one before it that has a figure.
 */
#ifndef FAULTLINE_STEPS_H
#define FAULTLINE_STEPS_H

#include "compare.h"

/* In steps__series(): the commits of the run, which have no series' name. */
#define STEPS_COMMITS	""

struct series_step {
	char *variant;		/* as its records are called */
	int number;		/* of the patch or commit; 0: what they are on top of */
	const char *id;		/* of a commit: 12 digits; else "" */
	const char *title;	/* subject, or "" */
	const char *failed;	/* why there is no kernel of it, or NULL */
	struct strlist functions;	/* of the handler, that it changed */
};

struct step_row {
	const char *workload;
	struct cmp_cell *cell;	/* one a step */
	struct cmp_diff *diff;	/* to the step before; of the first all 0 */
	size_t *against;	/* which one that is */
	bool exact, usable;	/* all that could be are */
};

struct steps {
	const char *base, *profile;
	char *variant;		/* the series, or STEPS_COMMITS */
	bool commits;
	struct series_step *step;	/* a run may lack some */
	size_t nr;
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

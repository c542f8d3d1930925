/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history's figures without words, for pictures of millions of points; runs
 * once each, next to them.
 */
#ifndef FAULTLINE_HISTORY_FIGURES_H
#define FAULTLINE_HISTORY_FIGURES_H

#include "history.h"

struct history_figure {
	int64_t added;		/* of the run, see struct history_kept */
	double value, spread;	/* as in struct history_point */
};

/*
 * The newest `most` figures of a series (0: all), in the order of adding;
 * allocated, the caller frees it; *nr of them.
 */
struct history_figure *history__figures(struct history *h, int64_t series,
					size_t most, size_t *nr);

/* A run, as it was added. */
struct history_kept {
	int64_t added;		/* rises with every run */
	int64_t started;	/* seconds since 1970 */
	char *id, *path, *revision;
};

/* All of them, withdrawn or not, in the order of adding, allocated; *nr of them. */
struct history_kept *history__kept(struct history *h, size_t *nr);
void history__kept_free(struct history_kept *k, size_t nr);

/*
 * The cells and metrics of the series whose metric a glob of SQLite matches, whatever
 * the variant and machine, which are ""; allocated, *nr of them.
 */
struct history_key *history__keys(struct history *h, const char *glob,
				  size_t *nr);
void history__keys_free(struct history_key *k, size_t nr);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as lines over time: one chart per workload and metric, a line a
 * variant, and where a line moved for good.
 */
#ifndef FAULTLINE_TREND_H
#define FAULTLINE_TREND_H

#include <time.h>

#include "history.h"

/* Of a noisy series this many of the newest points are searched for changes. */
#define TREND_WINDOW	365

struct trend_mark {
	size_t at;		/* the point from which on it is so */
	double before, after;
	double of;		/* what 100 % are: before, or the baseline's figure */
	bool exact;		/* another exact value; else a change point */
};

struct trend_line {
	const char *variant;
	struct history_point *point;	/* oldest first */
	time_t *when;			/* of each */
	size_t nr;
	struct trend_mark *mark;	/* rising */
	size_t nr_marks;
};

struct trend_chart {
	struct history_key key;		/* variant "" */
	const char *unit;
	struct trend_line *line;
	size_t nr;
	time_t first, last;
	double least, most;
	char *newest;			/* start of the newest run in it */
};

struct trend {
	struct history_series *series;
	size_t nr_series;
	struct trend_chart *chart;	/* cycles before instructions, then by key */
	size_t nr;
	size_t nr_marks;		/* over all */
};

/*
 * The series that match (NULL: all), the newest `most` points of each (0: all).
 */
void trend__make(struct trend *t, struct history *h,
		 const struct selection *match, size_t most);
void trend__free(struct trend *t);

#endif

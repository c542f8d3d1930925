/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as lines over time, each a series, and where a line moved for good.
 */
#ifndef FAULTLINE_TREND_H
#define FAULTLINE_TREND_H

#include "history_figures.h"

/* Of a noisy series this many of the newest points are searched for changes. */
#define TREND_WINDOW	365
/* Moves of a line that are kept; of more the newest. */
#define TREND_MARKS	20

struct trend_mark {
	size_t at;		/* the point from which on it is so */
	double before, after;
	double of;		/* what 100 % are: before, or the baseline's figure */
};

struct trend_point {
	size_t run;		/* in struct trend */
	double value;
};

/* What alert compared it with from a run on. */
struct trend_accepted {
	size_t run;		/* in struct trend */
	struct history_accepted is;
};

struct trend_line {
	const struct history_series *series;
	bool exact;			/* every move is one; else by change points */
	struct trend_point *point;	/* in the order of adding */
	size_t nr;
	double spread;			/* of the newest point; NAN: exact, or of one boot */
	double of;			/* of a difference: the newest baseline's; else 0 */
	char *release;			/* the kernel of the newest point, "" unknown */
	struct trend_mark *mark;	/* rising */
	size_t nr_marks;
	size_t moves;			/* all, kept or not */
	struct trend_accepted *accepted;	/* in the order in which it was said */
	size_t nr_accepted;
};

struct trend {
	struct history_series *series;
	size_t nr_series;
	struct history_kept *run;	/* in the order of adding */
	size_t nr_runs;
	/*
	 * Cycles before instructions, attributions last, differences before figures; then
	 * by rig, base, profile, workload, metric; the baseline before other variants.
	 */
	struct trend_line *line;
	size_t nr;			/* those that have points */
	size_t moves;			/* over all */
};

/*
 * The series that match (NULL: all), the newest `most` points of each (0: all).
 */
void trend__make(struct trend *t, struct history *h,
		 const struct selection *match, size_t most);
void trend__free(struct trend *t);

/* Is it a difference: FIGURE_over_REFERENCE? */
bool trend__is_difference(const char *metric);
/* One picture: all but variant and machine are the same. */
bool trend__same_chart(const struct trend_line *a, const struct trend_line *b);

#endif

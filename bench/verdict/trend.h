/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as charts: one a workload, metric, base, rig, machine and profile,
 * in it a line a variant. A chart's points are loaded when it is drawn, so that
 * few are in memory at a time.
 */
#ifndef FAULTLINE_TREND_H
#define FAULTLINE_TREND_H

#include "alert.h"

struct trend_point {
	double t;			/* seconds since 1970 */
	double value;			/* in the series' unit */
	double level;			/* of its stretch; exact: the value */
	bool change;			/* the first of another level */
};

struct trend_line {
	const struct history_series *series;
	const struct alert_item *item;	/* what alert says of it, or NULL */
	struct history_point *p;	/* oldest first, */
	struct trend_point *at;		/* and where they stand */
	size_t nr;
};

struct trend_chart {
	struct history_key key;		/* variant is NULL */
	const char *unit;
	bool exact;
	struct trend_line *line;
	size_t nr;
	double first, last;		/* seconds since 1970, once loaded */
	double least, most;		/* values, once loaded */
};

struct trend {
	struct trend_chart *chart;	/* by workload, cycles before instructions */
	size_t nr;
};

/*
 * The charts of the series that were judged; a must outlive them. means: those
 * of instructions_mean too, which says little that the typical fault does not.
 */
void trend__charts(struct trend *t, const struct alerts *a, bool means);
/* The newest points of a chart's lines (0: all), and they are gone again. */
void trend__load(struct trend_chart *c, struct history *h, size_t newest);
void trend__unload(struct trend_chart *c);
void trend__free(struct trend *t);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as one page: what alert says, then a chart after the other. It is
 * whole in itself, fetches nothing and runs no script. Every name in it came from
 * outside and is escaped.
 */
#ifndef FAULTLINE_TREND_REPORT_H
#define FAULTLINE_TREND_REPORT_H

#include <stdio.h>

#include "trend.h"

/* What a page is written with, and what it has come to. */
struct trend_page {
	FILE *file;
	/*
	 * Where the report of a run is, from the page on: a relative path, or NULL
	 * without one. By the run's path as the history has it.
	 */
	const char *(*link)(const char *path, void *arg);
	void *arg;
	const char *day;		/* today, "2026-11-23" */
	/* The page's own: */
	const char *workload, *metric;	/* of the section that is open */
	bool details;			/* ... of other profiles */
	struct trend_run *run;
	size_t nr_runs;
};

/* Up to the first chart: the answer, what got worse, what is acknowledged. */
void report__trend_head(struct trend_page *p, const struct alerts *a,
			const struct trend *t);
/* The next chart, loaded. */
void report__trend_chart(struct trend_page *p, const struct trend_chart *c);
/* The runs that were met, and the end; frees what the page took. */
void report__trend_foot(struct trend_page *p);

/* trend_svg.c, for trend_page.c: */

/* The picture of a loaded chart. */
void trend_svg__write(struct trend_page *p, const struct trend_chart *c);
/* ` href="..."` of a run's report, or nothing. */
void trend_svg__href(struct trend_page *p, const char *path);
/* The class of a line's colour, by its place in the chart: "l0". */
int trend_svg__colour(size_t line);

#endif

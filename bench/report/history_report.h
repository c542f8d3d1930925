/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as text, CSV, JSON lines and OpenMetrics. Every name in it came
 * from outside, and is escaped as the format wants it; in text, what a terminal
 * would act upon stands as \xNN.
 */
#ifndef FAULTLINE_HISTORY_REPORT_H
#define FAULTLINE_HISTORY_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "history.h"
#include "points.h"

/* What became of a run that was given to the history at path. */
void report__history_added(FILE *f, const struct points *p,
			   enum history_added is, const char *path);

/* A line a series: how many points, from when to when, the newest value. */
void report__history_list(FILE *f, const struct history_series *s, size_t nr);
/* Runs that say they started before one that was there already. */
void report__history_jumps(FILE *f, const struct history_jump *j, size_t nr);

/* What changed from run to run, and what was withdrawn; one object per line. */
void report__history_events(FILE *f, const struct history_event *e, size_t nr,
			    const struct history_withdrawal *w, size_t nr_w);
void report__history_events_jsonl(FILE *f, const struct history_event *e,
				  size_t nr, const struct history_withdrawal *w,
				  size_t nr_w);

/*
 * What a history__walk() calls, its arg a struct history_out: a head at each
 * new series and one line per point; one line per point; one object per line.
 */
struct history_out {
	FILE *file;
	int64_t series;		/* that the last line was of */
	size_t points;		/* so far; 0 to begin with */
};

int report__history_point_text(const struct history_series *s,
			       const struct history_point *p, void *out);
int report__history_point_csv(const struct history_series *s,
			      const struct history_point *p, void *out);
int report__history_point_jsonl(const struct history_series *s,
				const struct history_point *p, void *out);

/*
 * The newest value of each series, as OpenMetrics 1.0 text: a family a unit,
 * and one that says when the run of that value started.
 */
void report__history_openmetrics(FILE *f, const struct history_series *s,
				 size_t nr);

/* A string of JSON; what is no UTF-8 cannot stand there, and stands as \xNN. */
json_t *safe_json(const char *s);

/* For a terminal: control characters, and bytes that are no text, as \xNN. */
char *safe_text(const char *s);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What got worse, of all series of a history: each judged by itself
 * (alert_series.h), with the run where it began, what changed between that run
 * and the one before, and whether somebody acknowledged it.
 *
 * Differences of variants to their baseline, of profiles to `off` and of the
 * indirect call to the direct one are series of their own, judged first: what a difference says its figure does not say again, and figures that
 * moved with their baseline's are one item, the base's (ALERT_BASE). An exact
 * figure under another instrument that is not the one before is ALERT_UNJUDGED
 * until somebody accepts it; the differences go on. What was worse when a series
 * ended stays.
 *
 * Figures of attributions are listed with what the cell's instructions say; what those
 * do not say is one item a cell.
 */
#ifndef FAULTLINE_ALERT_H
#define FAULTLINE_ALERT_H

#include "acks.h"
#include "alert_series.h"
#include "alert_where.h"

#define ALERT_SHOWN	40	/* of each kind; where attributions are read, too */

/*
 * A baseline's item that stands for those of other workloads, and for variants: of
 * its figures, or of a profile over `off`.
 */
struct alert_moved {
	size_t workloads;		/* 0: it stands for itself */
	size_t profiles;
	size_t variants;		/* that went with it */
	double least, most;		/* by how much, in the unit */
	struct strlist workload, profile;	/* those that are counted */
};

/* Of a function: is it executed newly, or not any more? */
enum alert_code { ALERT_CODE_STAYED, ALERT_CODE_CAME, ALERT_CODE_WENT };

/* A figure of an attribution that is listed with an item, not told by itself. */
struct alert_part {
	char *metric;			/* without what it is a difference to */
	double diff;
	enum alert_code code;
};

struct alert_item {
	const struct history_series *series;
	struct alert_verdict v;
	struct history_point before;	/* the last point without it; run NULL: none */
	struct history_point first;	/* the first with it */
	struct history_point newest;
	struct history_accepted accepted;	/* when NULL: none ever was */
	const struct ack *ack;		/* that holds, or NULL */
	const struct ack *void_ack;	/* that would, but is void or too small, or NULL */
	bool covered;			/* another item says the same: difference, baseline */
	bool ended;			/* not measured any more, and nobody took it */
	struct alert_moved moved;
	enum alert_code code;
	bool code_moved;		/* functions of its cell came or went, so it is no verdict */
	struct alert_part *part;	/* functions first, largest first */
	size_t nr_parts;
	struct strlist cell;		/* that the parts are of */
	double figure_before, figure_now;	/* of a difference that covers it; 0, 0 */
	char *cause;			/* what changed from before to first, in words */
	char *commits;			/* "a..b" of this tool, "" unknown */
	struct alert_where where;	/* functions, of the first ALERT_SHOWN items */
};

/* Of series of hot cycles, figures and differences. */
struct alert_cycles {
	size_t series, judged, worse, suspect;
};

/* Points' texts, and with them an alert's, are as long as the history is open. */
struct alerts {
	struct history_series *all;	/* whatever the metric and machine */
	size_t nr_all;
	struct history_series *series;	/* that are watched, of those */
	size_t nr_series;
	struct alert_item *item;	/* worst first; those of NOTHING are left out */
	size_t nr;
	/* Series, but for covered ones; those with an ack that holds are acked alone. */
	size_t count[NR_ALERT_IS];
	size_t acked, covered;
	size_t ended;			/* series without a point for days, not judged */
	size_t open;			/* items of such that nobody took; they count above */
	size_t judged;
	struct alert_cycles cycles;
	size_t others;			/* series that are not of attributions; of those alone all is: */
	size_t attributed;		/* series of attributions, judged; in none of the above */
	size_t attributed_told;		/* items of those that another one lists */
	bool *ack_used;			/* an ack each: it silences something */
	const struct acks *acks;
	const char *newest;		/* start of the newest run, "" none */
	const char *db;			/* the history, where it was named; or NULL */
};

struct alert_options {
	struct selection match;
	struct alert_limits limits;
	struct strlist watch;		/* globs: figures of attributions besides the default */
	const char *today;		/* "2027-03-01", for the acks */
	unsigned int ended_days;	/* nights of its rig without it: then it is over */
};

void alerts__judge(struct alerts *a, struct history *h,
		   const struct acks *acks, const struct alert_options *o);
void alerts__free(struct alerts *a);

/* Is a metric judged at all? Some of attributions only where they are asked for. */
bool alert__watches(const char *metric);

/* Is it cycles per fault, which every first line is about? */
bool alert__is_headline(const char *metric);

/*
 * Figures of attributions are many, so they are counted apart from other series, where
 * there are any.
 */
bool alert__is_apart(const struct alerts *a, const struct history_series *s);

/* Does it count: neither acknowledged, nor covered? */
bool alert__counts(const struct alert_item *i);

/*
 * What comes of it all: EXIT_REGRESSION, else EXIT_UNJUDGED for suspects and
 * for another instrument, EXIT_BASE_MOVED, EXIT_IMPROVED, EXIT_UNJUDGED where
 * nothing could be judged, EXIT_NO_DATA without series, EXIT_OK.
 */
enum faultline_exit alerts__exit(const struct alerts *a);

#endif

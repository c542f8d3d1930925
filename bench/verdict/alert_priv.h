/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of alert share while a history is judged.
 */
#ifndef FAULTLINE_ALERT_PRIV_H
#define FAULTLINE_ALERT_PRIV_H

#include "alert.h"

struct alert_judging {
	struct alerts *a;
	struct history *h;
	const struct alert_options *o;
	/* a->all by cell and metric; of one, a machine each, by its first run */
	const struct history_series **chain;
	size_t *place;				/* of each of them in chain */
	/* A series each, of a->series: */
	size_t *in_all;				/* where it is in a->all */
	enum alert_is *is;			/* NR_ALERT_IS: it was not judged */
	bool *ended;				/* nothing was added to it for days */
	size_t *item;				/* its item + 1, 0 without one */
	size_t *covered_by;			/* an item each, while they are grouped: another + 1 */
};

/*
 * alert_select.c: a->all and a->series; and at the end leave of these, and of the
 * items, what was asked for.
 */
void alert__load_series(struct alert_judging *j);
void alert__narrow(struct alert_judging *j);
bool alert__is_asked_for(const struct alert_judging *j,
			 const struct history_series *s);
/* The same, as far as its metric goes. */
bool alert__names_metric(const struct alert_judging *j,
			 const struct history_series *s);
void alert__free_item(struct alert_item *i);

/* What changed between two points, and whose code it is: alert_cause.c. Allocated; the caller frees it. */
char *alert__cause(const struct history_point *before,
		   const struct history_point *first, const char *metric);
char *alert__commits(const struct history_point *before,
		     const struct history_point *first);
/* Is it by another compiler or emulator? */
bool alert__built_otherwise(const struct history_point *before,
			    const struct history_point *first);
/* "another instrument, QEMU a -> QEMU b", and what else changed. */
char *alert__instrument_cause(const char *before_machine,
			      const char *machine,
			      const struct history_point *before,
			      const struct history_point *first);

/* Of a->all: alert_instrument.c. */
void alert__chain(struct alert_judging *j);
void alert__chain_free(struct alert_judging *j);

/* What an exact series is compared with. */
enum alert_measure {
	MEASURE_FIRST,		/* its first point: nothing was before it */
	MEASURE_ACCEPTED,	/* what was accepted, here or under another instrument */
	MEASURE_UNKNOWN,	/* nothing: another instrument, and another figure */
};

/*
 * accepted: of MEASURE_ACCEPTED, history__accepted_free() is due; of UNKNOWN
 * its value is what was accepted under the instrument before. before: of UNKNOWN
 * the last point under that; *from that series.
 */
enum alert_measure alert__measure(struct alert_judging *j,
				  const struct history_series *s,
				  struct history_accepted *accepted,
				  struct history_point *before,
				  const struct history_series **from);

enum alert_goes_on { GOES_NOT_ON, GOES_ON_JUDGED, GOES_ON_UNJUDGED };

/*
 * Does an exact series end before another instrument's begins, and is that judged,
 * or does it say what this one would?
 */
enum alert_goes_on alert__goes_on(struct alert_judging *j,
				  const struct history_series *s);

/*
 * An exact series' values, as its samples have them: the accepted value and what
 * most pairs of faults differ by from the accepted run's. With its most common
 * figures alone a cell of several would jump from one to another. Values whose
 * samples are not known stay.
 * Return: can the newest be compared with accepted?
 */
bool alert__pair(struct history *h, struct history_point *p, size_t nr,
		 double accepted);

/*
 * alert_open.c: series that are not measured any more. What was worse when one ended
 * stays open until somebody acknowledges or accepts it, whatever became of its name,
 * unless the same cell goes on under another instrument and is judged there.
 */
/* The start of the newest run, "" without one. */
const char *alert__newest(const struct alerts *a);
bool alert__ended(struct alert_judging *j, size_t series);
/* Of one that has: may what it last said be an open alert? */
bool alert__may_be_open(struct alert_judging *j, size_t series);
bool alert__stays_open(enum alert_is is);

/*
 * Mark what another item says already, and put what moved with the base into one
 * item a base: alert_group.c.
 */
void alert__group(struct alert_judging *j);

/* What the files of grouping share. Did it change at all? By how much? */
bool alert__moved(enum alert_is is);
double alert__by(const struct alert_item *i);
/* The item of one of a->series; NULL where it has none, or s is NULL. */
struct alert_item *alert__item(const struct alert_judging *j,
			       const struct history_series *s);
/* The one item is not told: the other says it. */
void alert__cover(struct alert_judging *j, struct alert_item *i,
		  const struct alert_item *by);

/*
 * Figures of attributions: alert_attributed.c. Before the others are grouped: where
 * functions came or went; after it: what is listed with another item.
 */
void alert__mark_attributed(struct alert_judging *j);
void alert__group_attributed(struct alert_judging *j);
/*
 * Did a function cost the same in variant and baseline when the cell was attributed
 * last before this? Its difference has no series then. before: that point.
 */
bool alert__was_equal(struct alert_judging *j, const struct history_series *s,
		      int64_t first, struct history_point *before);

#endif

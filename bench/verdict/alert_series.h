/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Has what one series says got worse? Pure functions over its points, oldest
 * first; lower is better.
 *
 * Exact figures are compared with the accepted value, which is that of the first
 * point until another one is accepted: the newest point alone decides, for it
 * has no noise, and a change of one instruction is a change.
 *
 * Noisy ones fall into stretches of one level each, between the change points of
 * all of the history (bench/stats/changepoint.h). The level of the newest stretch is
 * compared with that of the accepted one: the first, until one was accepted. One
 * point makes no stretch: where the newest deviates, it is a suspect, which more
 * points confirm or clear.
 *
 * The percentages of a difference are of the figure that it is a difference to.
 * BASE and UNJUDGED take more than one series: alert.h.
 */
#ifndef FAULTLINE_ALERT_SERIES_H
#define FAULTLINE_ALERT_SERIES_H

#include "history.h"

enum alert_is {
	ALERT_NOTHING,
	ALERT_CHANGED,		/* exact: another figure, below the limits */
	ALERT_FEW,		/* too few points to judge */
	ALERT_BETTER,		/* beyond the soft limit: to accept */
	ALERT_BASE,		/* a base beyond it, its variants with it: to accept */
	ALERT_SUSPECT,		/* noisy: to be run again */
	ALERT_UNJUDGED,		/* another instrument, another figure: to accept */
	ALERT_SOFT,		/* worse by the soft limit or more */
	ALERT_HARD,
	NR_ALERT_IS
};

const char *alert__name(enum alert_is is);	/* "nothing", "soft", ... */

/* Whichever of a limit's two figures is reached first. */
struct alert_limits {
	double soft, hard;		/* percent of the accepted value; see below */
	double soft_abs, hard_abs;	/* instructions; of exact series alone */
	size_t few;			/* a noisy series of fewer points is not judged */
};
extern const struct alert_limits alert_defaults;

struct alert_verdict {
	enum alert_is is;
	double before, now;	/* the accepted figure or level, and the newest */
	double reference;	/* of a difference: what percent is of; 0: before */
	double percent;		/* now against before; NAN: of 0 or of nothing */
	size_t began;		/* the first point of the change; its index */
	size_t points;		/* from there on */
	size_t levels;		/* noisy: stretches in all of the history */
};

/* accepted: NULL where none ever was. */
struct alert_verdict alert__exact(const struct history_point *p, size_t nr,
				  const struct history_accepted *accepted,
				  const struct alert_limits *limits);
struct alert_verdict alert__noisy(const struct history_point *p, size_t nr,
				  const struct history_accepted *accepted,
				  const struct alert_limits *limits);
/* Which of the two a metric is judged by. */
bool alert__is_exact(const char *metric);

/*
 * A point's value; noisy: the level of its stretch; allocated, nr of them.
 * For a picture of what was judged.
 */
double *alert__levels(const struct history_point *p, size_t nr,
		      const char *metric);

#endif

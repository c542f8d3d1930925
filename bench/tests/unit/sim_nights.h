/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Many histories of one kind of noise: how often alert is wrong in a year, how
 * soon it says a regression, and whether it ever does. Seeded; a history has the
 * same noise whatever its regression is.
 */
#ifndef FAULTLINE_SIM_NIGHTS_H
#define FAULTLINE_SIM_NIGHTS_H

#include <stdlib.h>

#include "sim.h"

#define YEAR	365
#define SIGMA	0.01	/* of a series, a share of the level */
#define LATEST	100	/* nights after a regression; without an alert until then it is lost */
#define FIXED	20	/* nights that a regression lasts that is fixed */
#define CREEP	100	/* nights in which another grows, evenly; then it stays */

/* What becomes of a regression. */
enum course { STAYS, CREEPS };

/* How much of it there is on a night, from the first on. */
static inline double sim__part(enum course c, size_t night)
{
	return c == CREEPS ? fmin(1, (night + 1.0) / CREEP) : 1;
}

/* Nights until something of each history; INFINITY where it never was. */
struct sim_delays {
	double *night;
	size_t nr, never;
};

static inline void sim__delay(struct sim_delays *d, double nights)
{
	d->night = xrealloc(d->night, (d->nr + 1) * sizeof(*d->night));
	d->night[d->nr++] = nights;
	d->never += isinf(nights) != 0;
}

static inline int sim__by_night(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Within how many nights that share of all was; INFINITY: it was not. */
static inline double sim__quantile(struct sim_delays *d, double share)
{
	if (!d->nr)
		return INFINITY;
	qsort(d->night, d->nr, sizeof(*d->night), sim__by_night);
	return d->night[(size_t)ceil(share * d->nr) - 1];
}

static inline void sim__delays_free(struct sim_delays *d)
{
	free(d->night);
	*d = (struct sim_delays) { 0 };
}

/* Years in which nothing happens. */
struct sim_quiet {
	size_t nights;
	size_t alarms[NR_SIM_SERIES], better[NR_SIM_SERIES];	/* both false */
	size_t with[NR_SIM_SERIES];		/* years with such an alarm */
	size_t reruns;
};

static inline void sim__year(struct sim_quiet *q, unsigned long seed,
			     enum noise noise)
{
	struct sim s = sim__begin(seed, noise, SIGMA, true);
	bool with[NR_SIM_SERIES] = { false };

	for (size_t i = 0; i < YEAR; i++) {
		sim__night(&s, LEVEL);
		for (int k = 0; k < NR_SIM_SERIES; k++) {
			with[k] |= sim__new_alarm(&s, k);
			q->alarms[k] += sim__new_alarm(&s, k);
			q->better[k] += s.of[k].v.is == ALERT_BETTER;
		}
		sim__accept(&s);
	}
	for (int k = 0; k < NR_SIM_SERIES; k++)
		q->with[k] += with[k];
	q->nights += YEAR;
	q->reruns += s.reruns;
	sim__end(&s);
}

/*
 * Nights in which nothing happens: BEFORE, and more until no alert is open, so that
 * what is said afterwards is said of what comes then.
 */
static inline struct sim sim__start(unsigned long seed, enum noise noise)
{
	struct sim s = sim__begin(seed, noise, SIGMA, true);

	for (size_t i = 0; i < BEFORE || sim__open(&s); i++) {
		sim__night(&s, LEVEL);
		sim__accept(&s);
	}
	return s;
}

static inline void sim__worse_night(struct sim *s, double sigmas)
{
	sim__night(s, LEVEL * (1 + SIGMA * sigmas));
}

/* One regression: when each series says it, and when one does. */
struct sim_said {
	double of[NR_SIM_SERIES];
};

static inline struct sim_said sim__say(struct sim *s, enum course c, double by)
{
	const size_t end = LATEST + (c == CREEPS ? CREEP : 0);
	struct sim_said said = { { INFINITY, INFINITY } };

	for (size_t i = 0; i < end; i++) {
		sim__worse_night(s, by * sim__part(c, i));
		for (int k = 0; k < NR_SIM_SERIES; k++) {
			if (isinf(said.of[k]) && sim__alarm(s, k))
				said.of[k] = i;
		}
		if (isfinite(said.of[FIGURE]) && isfinite(said.of[DIFFERENCE]))
			break;
	}
	return said;
}

struct sim_shift {
	struct sim_delays of[NR_SIM_SERIES];
	struct sim_delays cell;		/* by whichever of both was first */
};

static inline void sim__shift_free(struct sim_shift *s)
{
	for (int k = 0; k < NR_SIM_SERIES; k++)
		sim__delays_free(&s->of[k]);
	sim__delays_free(&s->cell);
}

/* A history that goes on in nr ways, by[i] sigma worse in each; adds to to[i]. */
static inline void sim__shifts(struct sim_shift *to, const double *by, size_t nr,
			       enum course c, unsigned long seed, enum noise noise)
{
	struct sim start = sim__start(seed, noise);

	for (size_t i = 0; i < nr; i++) {
		struct sim s = sim__copy(&start);
		const struct sim_said said = sim__say(&s, c, by[i]);

		for (int k = 0; k < NR_SIM_SERIES; k++)
			sim__delay(&to[i].of[k], said.of[k]);
		sim__delay(&to[i].cell, fmin(said.of[FIGURE], said.of[DIFFERENCE]));
		sim__end(&s);
	}
	sim__end(&start);
}

/* A regression that lasts FIXED nights: when it is said, and when that has gone. */
static inline void sim__fixed(struct sim_shift *said, struct sim_shift *gone,
			       double by, unsigned long seed, enum noise noise)
{
	struct sim s = sim__start(seed, noise);
	double first[NR_SIM_SERIES] = { INFINITY, INFINITY };
	double end[NR_SIM_SERIES] = { INFINITY, INFINITY };

	for (size_t i = 0; i < FIXED + LATEST; i++) {
		const double gone_for = (double)i - FIXED;

		sim__worse_night(&s, i < FIXED ? by : 0);
		for (int k = 0; k < NR_SIM_SERIES; k++) {
			if (i < FIXED && isinf(first[k]) && sim__alarm(&s, k))
				first[k] = i;
			if (i >= FIXED && isinf(end[k]) && !sim__alarm(&s, k))
				end[k] = gone_for;
		}
		if (i >= FIXED && isfinite(end[FIGURE]) && isfinite(end[DIFFERENCE]))
			break;
	}
	for (int k = 0; k < NR_SIM_SERIES; k++) {
		sim__delay(&said->of[k], first[k]);
		sim__delay(&gone->of[k], end[k]);
	}
	sim__end(&s);
}

#endif

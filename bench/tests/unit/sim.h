/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories whose truth is known, night by night, and what alert says of them;
 * next to it what "more than the last value plus 5 %" would have said. Seeded.
 *
 * A night adds a point to each series: a cell's figure and, of a pair, its
 * difference to the other cell of the same run. Where alert calls the newest of
 * one a suspect, it is run again the same night, RERUNS times at most.
 */
#ifndef FAULTLINE_SIM_H
#define FAULTLINE_SIM_H

#include <string.h>

#include "alert_series.h"
#include "sim_noise.h"

#define LEVEL	240.0	/* cycles per fault, as in docs/results/cycles.md */
#define BEFORE	60	/* nights before a shift */
#define WITHIN	60	/* nights in which it must be found */
#define RERUNS	3
#define PATIENCE 7	/* nights in a row with an alert: then somebody accepts it */

enum sim_series { FIGURE, DIFFERENCE, NR_SIM_SERIES };

struct sim_one {
	struct history_point *p;
	struct history_accepted accepted;	/* where after is 0, nothing ever was */
	struct alert_verdict v;		/* of the newest night */
	size_t open;			/* nights of an alert up to now */
};

struct sim {
	struct noise_state noise;
	struct sim_one of[NR_SIM_SERIES];
	size_t series;
	size_t nr, room;		/* runs */
	size_t nights;
	size_t reruns;
};

static inline struct sim sim__begin(unsigned long seed, enum noise noise,
				    double sigma, bool pair)
{
	struct sim s = { .series = pair ? NR_SIM_SERIES : 1 };

	noise__begin(&s.noise, seed, noise, sigma, pair);
	return s;
}

static inline struct sim sim__copy(const struct sim *from)
{
	struct sim s = *from;

	s.noise = noise__copy(&from->noise);
	for (size_t i = 0; i < s.series; i++) {
		s.of[i].p = xcalloc(s.room, sizeof(*s.of[i].p));
		memcpy(s.of[i].p, from->of[i].p, s.nr * sizeof(*s.of[i].p));
	}
	return s;
}

static inline void sim__end(struct sim *s)
{
	for (size_t i = 0; i < s->series; i++)
		free(s->of[i].p);
	noise__end(&s->noise);
}

/* A night's date; months have 28 days here. */
static inline char *sim__date(size_t night)
{
	static char date[12 * 28 * 10][64];
	char *d = date[night % ARRAY_SIZE(date)];

	snprintf(d, sizeof(date[0]), "%04zu-%02zu-%02zu",
		 2027 + night / 336, 1 + night / 28 % 12, 1 + night % 28);
	return d;
}

static inline void sim__add(struct sim *s, double level)
{
	const double costs[NOISE_CELLS] = { level, LEVEL };
	double value[NOISE_CELLS] = { 0 };
	struct history_point new = {
		.spread = NAN, .boots = 24, .added = s->nr + 1,
		.started = sim__date(s->nights),
	};

	if (s->nr == s->room) {
		s->room = 2 * s->room + 64;
		for (size_t i = 0; i < s->series; i++)
			s->of[i].p = xrealloc(s->of[i].p,
					      s->room * sizeof(*s->of[i].p));
	}
	noise__run(&s->noise, costs, value);
	for (size_t i = 0; i < s->series; i++) {
		new.reference = i == DIFFERENCE ? value[1] : 0;
		new.value = value[0] - new.reference;
		s->of[i].p[s->nr] = new;
	}
	s->nr++;
}

static inline bool sim__alarm(const struct sim *s, enum sim_series i)
{
	return s->of[i].v.is == ALERT_SOFT || s->of[i].v.is == ALERT_HARD;
}

/* What alert says of the newest; is one of the series a suspect? */
static inline bool sim__judge(struct sim *s)
{
	bool suspect = false;

	for (size_t i = 0; i < s->series; i++) {
		struct sim_one *o = &s->of[i];

		o->v = alert__noisy(o->p, s->nr, o->accepted.after ?
				    &o->accepted : NULL, &alert_defaults);
		suspect |= o->v.is == ALERT_SUSPECT;
	}
	return suspect;
}

/* A night at a level, with what is run again. */
static inline void sim__night(struct sim *s, double level)
{
	size_t again = 0;

	s->nights++;
	noise__night(&s->noise);
	sim__add(s, level);
	while (sim__judge(s) && again++ < RERUNS) {
		sim__add(s, level);
		s->reruns++;
	}
	for (size_t i = 0; i < s->series; i++)
		s->of[i].open = sim__alarm(s, i) ? s->of[i].open + 1 : 0;
}

/* An alert began tonight. */
static inline bool sim__new_alarm(const struct sim *s, enum sim_series i)
{
	return s->of[i].open == 1;
}

/* Somebody takes an improvement at once, and what has got worse when it stays so. */
static inline void sim__accept(struct sim *s)
{
	for (size_t i = 0; i < s->series; i++) {
		if (s->of[i].v.is != ALERT_BETTER && s->of[i].open < PATIENCE)
			continue;
		s->of[i].accepted.after = s->nr;
		s->of[i].open = 0;
	}
}

static inline bool sim__open(const struct sim *s)
{
	return s->of[FIGURE].open || s->of[DIFFERENCE].open;
}

struct sim_aa {
	size_t alarms, naive;		/* false alarms */
	size_t better;			/* ... improvements that were not real */
	size_t reruns;
};

/* Nothing happens. */
static inline struct sim_aa sim__aa(unsigned long seed, enum noise noise,
				    double sigma, size_t nights)
{
	struct sim s = sim__begin(seed, noise, sigma, false);
	struct sim_aa r = { 0 };
	double last = INFINITY;

	for (size_t i = 0; i < nights; i++) {
		size_t from = s.nr;

		sim__night(&s, LEVEL);
		r.naive += s.of[FIGURE].p[from].value > 1.05 * last;
		last = s.of[FIGURE].p[from].value;
		r.alarms += sim__new_alarm(&s, FIGURE);
		r.better += s.of[FIGURE].v.is == ALERT_BETTER;
		sim__accept(&s);
	}
	r.reruns = s.reruns;
	sim__end(&s);
	return r;
}

struct sim_found {
	size_t tries, found, naive;	/* within WITHIN nights */
	double delay, naive_delay;	/* nights, mean over tries; missed: WITHIN */
};

/* One history with a shift; adds to f. An alarm before it is accepted. */
static inline void sim__shift(struct sim_found *f, unsigned long seed,
			      enum noise noise, double sigma, double shift)
{
	struct sim s = sim__begin(seed, noise, sigma, false);
	size_t found = WITHIN, naive = WITHIN;
	double last = 0;

	for (size_t i = 0; i < BEFORE + WITHIN; i++) {
		double level = LEVEL * (i < BEFORE ? 1 : 1 + shift);
		size_t from = s.nr;

		if (found < WITHIN && naive < WITHIN)
			break;
		sim__night(&s, level);
		if (i < BEFORE)
			sim__accept(&s);
		if (i >= BEFORE && found == WITHIN && sim__alarm(&s, FIGURE))
			found = i - BEFORE;
		if (i >= BEFORE && naive == WITHIN &&
		    s.of[FIGURE].p[from].value > 1.05 * last)
			naive = i - BEFORE;
		last = s.of[FIGURE].p[from].value;
	}
	sim__end(&s);
	f->delay = (f->delay * f->tries + found) / (f->tries + 1);
	f->naive_delay = (f->naive_delay * f->tries + naive) / (f->tries + 1);
	f->tries++;
	f->found += found < WITHIN;
	f->naive += naive < WITHIN;
}

#endif

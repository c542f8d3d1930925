/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Histories whose truth is known, night by night, and what alert says of them;
 * next to it what "more than the last value plus 5 %" would have said. Seeded.
 *
 * A night adds a point; where alert calls the newest a suspect, it is run again
 * the same night, RERUNS times at most, with noise of its own.
 */
#ifndef FAULTLINE_SIM_H
#define FAULTLINE_SIM_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <string.h>

#include "alert_series.h"

#define LEVEL	240.0	/* cycles per fault, as in docs/results/cycles.md */
#define BEFORE	60	/* nights before a shift */
#define WITHIN	60	/* nights in which it must be found */
#define RERUNS	3

/*
 * From NR_NOISES on nights are not independent: each has 0.5 or 0.8 of the noise
 * of the one before, or the machine makes a step of 1 to 3 % one night in a
 * hundred that all of its cells share, seen in a cell's own figure (STEPS) and in
 * its difference to another cell of the same night (PAIRED).
 */
enum noise {
	NORMAL, STUDENT, WILD, NR_NOISES,
	AR5 = NR_NOISES, AR8, STEPS, PAIRED, ALL_NOISES
};

static const char *const noise_name[ALL_NOISES] = {
	[NORMAL] = "normal", [STUDENT] = "t, 3 df", [WILD] = "2 % wild",
	[AR5] = "AR(1) 0.5", [AR8] = "AR(1) 0.8", [STEPS] = "steps",
	[PAIRED] = "paired",
};

struct sim {
	gsl_rng *rng;
	enum noise noise;
	double sigma;			/* of the noise, a share of the level */
	double before;			/* noise of the point before */
	double machine;			/* what it does to all cells: 1, and steps */
	struct history_point *p;
	size_t nr;
	size_t nights;
	size_t reruns;
};

static void sim__begin(struct sim *s, unsigned long seed, enum noise noise,
		       double sigma, size_t nights)
{
	*s = (struct sim) { .noise = noise, .sigma = sigma, .machine = 1 };
	s->rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(s->rng, seed);
	s->p = xcalloc(nights * (1 + RERUNS), sizeof(*s->p));
}

static void sim__end(struct sim *s)
{
	for (size_t i = 0; i < s->nr; i++)
		free((char *)s->p[i].started);
	free(s->p);
	gsl_rng_free(s->rng);
}

/* Standard deviation 1, but for the wild ones: five times that, upwards. */
static double sim__draw(struct sim *s)
{
	const double a = s->noise == AR5 ? 0.5 : s->noise == AR8 ? 0.8 : 0;

	if (s->noise == STUDENT)
		return gsl_ran_tdist(s->rng, 3) / 1.7320508;
	if (s->noise == WILD && gsl_rng_uniform(s->rng) < 0.02)
		return 5 + fabs(gsl_ran_gaussian(s->rng, 1));
	s->before = a * s->before + sqrt(1 - a * a) * gsl_ran_gaussian(s->rng, 1);
	return s->before;
}

static void sim__machine(struct sim *s)
{
	if ((s->noise == STEPS || s->noise == PAIRED) &&
	    gsl_rng_uniform(s->rng) < 0.01)
		s->machine *= 1 + (gsl_rng_uniform_int(s->rng, 2) ? 1 : -1) *
				  (0.01 + 0.02 * gsl_rng_uniform(s->rng));
}

static void sim__add(struct sim *s, double level)
{
	const double value = level * s->machine * (1 + s->sigma * sim__draw(s));
	const double other = s->noise != PAIRED ? level :
		level * s->machine * (1 + s->sigma * sim__draw(s));

	s->p[s->nr] = (struct history_point) {
		.value = level + value - other,
		.spread = NAN, .boots = 24,
		/* a number that grows is all that is looked at */
		.started = xasprintf("%08zu", s->nr),
	};
	s->nr++;
}

/* A night at a level, with what is run again; the verdict at its end. */
static struct alert_verdict sim__night(struct sim *s, double level,
				       const struct history_accepted *accepted)
{
	struct alert_verdict v;
	size_t again = 0;

	s->nights++;
	sim__machine(s);
	sim__add(s, level);
	for (;;) {
		v = alert__noisy(s->p, s->nr, accepted, &alert_defaults);
		if (v.is != ALERT_SUSPECT || again++ == RERUNS)
			return v;
		sim__add(s, level);
		s->reruns++;
	}
}

static bool sim__alarm(struct alert_verdict v)
{
	return v.is == ALERT_SOFT || v.is == ALERT_HARD;
}

struct sim_aa {
	size_t alarms, naive;		/* nights with a false alarm */
	size_t better;			/* ... an improvement that was not real */
	size_t reruns;
};

/* Nothing happens; an alarm that was sounded is accepted, and it goes on. */
static struct sim_aa sim__aa(unsigned long seed, enum noise noise,
			     double sigma, size_t nights)
{
	struct history_accepted accepted = { .when = NULL };
	struct sim_aa r = { 0 };
	double last = 0;
	struct sim s;

	sim__begin(&s, seed, noise, sigma, nights);
	for (size_t i = 0; i < nights; i++) {
		size_t from = s.nr;
		struct alert_verdict v = sim__night(&s, LEVEL, accepted.when ?
						    &accepted : NULL);

		r.naive += i && s.p[from].value > 1.05 * last;
		last = s.p[from].value;
		r.alarms += sim__alarm(v);
		r.better += v.is == ALERT_BETTER;
		if (sim__alarm(v) || v.is == ALERT_BETTER)
			accepted.when = s.p[s.nr - 1].started;
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
static void sim__shift(struct sim_found *f, unsigned long seed,
		       enum noise noise, double sigma, double shift)
{
	struct history_accepted accepted = { .when = NULL };
	size_t found = WITHIN, naive = WITHIN;
	double last = 0;
	struct sim s;

	sim__begin(&s, seed, noise, sigma, BEFORE + WITHIN);
	for (size_t i = 0; i < BEFORE + WITHIN; i++) {
		double level = LEVEL * (i < BEFORE ? 1 : 1 + shift);
		size_t from = s.nr;
		struct alert_verdict v;

		if (found < WITHIN && naive < WITHIN)
			break;
		v = sim__night(&s, level, accepted.when ? &accepted : NULL);
		if (i < BEFORE && (sim__alarm(v) || v.is == ALERT_BETTER))
			accepted.when = s.p[s.nr - 1].started;
		if (i >= BEFORE && found == WITHIN && sim__alarm(v))
			found = i - BEFORE;
		if (i >= BEFORE && naive == WITHIN &&
		    s.p[from].value > 1.05 * last)
			naive = i - BEFORE;
		last = s.p[from].value;
	}
	sim__end(&s);
	f->delay = (f->delay * f->tries + found) / (f->tries + 1);
	f->naive_delay = (f->naive_delay * f->tries + naive) / (f->tries + 1);
	f->tries++;
	f->found += found < WITHIN;
	f->naive += naive < WITHIN;
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The noise of made histories: of two cells of one machine, run by run. Seeded.
 *
 * A cell has noise of its own; what the machine does, both have to nearly the same
 * part, all night: whatever is run again in a bad night is as bad.
 */
#ifndef FAULTLINE_SIM_NOISE_H
#define FAULTLINE_SIM_NOISE_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <stdbool.h>

/* From NR_NOISES on the nights are not independent. */
enum noise {
	NORMAL,
	STUDENT,		/* heavy tails */
	WILD,			/* one run in fifty is five sigma up */
	NR_NOISES,
	AR3 = NR_NOISES, AR6, AR9,	/* 0.3, 0.6, 0.9 of the run before */
	STEPS,			/* the machine moves by 1 to 3 %, one night in a hundred */
	BURSTS,			/* it is slow for 1 to 3 nights, as often */
	MIXED,			/* all but WILD, at half of that, and AR6 */
	ALL_NOISES
};

static const char *const noise_name[ALL_NOISES] = {
	[NORMAL] = "normal", [STUDENT] = "t, 3 df", [WILD] = "2 % wild",
	[AR3] = "AR(1) 0.3", [AR6] = "AR(1) 0.6", [AR9] = "AR(1) 0.9",
	[STEPS] = "steps", [BURSTS] = "bursts", [MIXED] = "mixed",
};

#define NOISE_CELLS	2
#define NOISE_MACHINE	NOISE_CELLS	/* the part of the noise that both cells have */
#define NOISE_STEP	0.01	/* chance of a step, and of a burst, in a night */
#define NOISE_BURST	5.0	/* sigma */
#define NOISE_ALIKE	0.1	/* cells have 0.9 to 1.1 of what the machine does */

struct noise_state {
	gsl_rng *rng;
	enum noise kind;
	double sigma;			/* of a cell, a share of its level */
	bool pair;			/* half of its variance is the machine's; else none */
	double before[NOISE_CELLS + 1];	/* of the run before */
	double machine[NOISE_CELLS];	/* factor of a cell, all steps so far */
	double burst[NOISE_CELLS];	/* tonight; added to the factor */
	unsigned long left;		/* nights of the burst */
};

/* Of the run before, which has that much of the noise of the one before it. */
static inline double noise__goes_on(enum noise kind)
{
	switch (kind) {
	case AR3:
		return 0.3;
	case AR6:
	case MIXED:
		return 0.6;
	case AR9:
		return 0.9;
	default:
		return 0;
	}
}

static inline void noise__begin(struct noise_state *s, unsigned long seed,
				enum noise kind, double sigma, bool pair)
{
	*s = (struct noise_state) { .kind = kind, .sigma = sigma,
				    .pair = pair };
	s->rng = gsl_rng_alloc(gsl_rng_mt19937);
	gsl_rng_set(s->rng, seed);
	s->machine[0] = s->machine[1] = 1;
	for (int c = 0; c <= NOISE_MACHINE; c++)
		s->before[c] = noise__goes_on(kind) ? gsl_ran_gaussian(s->rng, 1) : 0;
}

/* What goes on from here as the other does, with the same numbers. */
static inline struct noise_state noise__copy(const struct noise_state *s)
{
	struct noise_state copy = *s;

	copy.rng = gsl_rng_clone(s->rng);
	return copy;
}

static inline void noise__end(struct noise_state *s)
{
	gsl_rng_free(s->rng);
}

static inline double noise__alike(struct noise_state *s)
{
	return 1 + NOISE_ALIKE * (2 * gsl_rng_uniform(s->rng) - 1);
}

static inline void noise__step(struct noise_state *s)
{
	const double sign = gsl_rng_uniform_int(s->rng, 2) ? 1 : -1;
	const double step = sign * (0.01 + 0.02 * gsl_rng_uniform(s->rng));

	for (int c = 0; c < NOISE_CELLS; c++)
		s->machine[c] *= 1 + step * noise__alike(s);
}

static inline void noise__burst(struct noise_state *s)
{
	s->left = 1 + gsl_rng_uniform_int(s->rng, 3);
	for (int c = 0; c < NOISE_CELLS; c++)
		s->burst[c] = NOISE_BURST * s->sigma * noise__alike(s);
}

/* What the machine does from this night on. */
static inline void noise__night(struct noise_state *s)
{
	const double chance = s->kind == MIXED ? NOISE_STEP / 2 : NOISE_STEP;

	if (s->left && !--s->left)
		s->burst[0] = s->burst[1] = 0;
	if ((s->kind == STEPS || s->kind == MIXED) &&
	    gsl_rng_uniform(s->rng) < chance)
		noise__step(s);
	if ((s->kind == BURSTS || s->kind == MIXED) && !s->left &&
	    gsl_rng_uniform(s->rng) < chance)
		noise__burst(s);
}

/* Of standard deviation 1; one run after the other. */
static inline double noise__draw(struct noise_state *s, int of)
{
	const double a = noise__goes_on(s->kind);
	double new;

	if (s->kind == STUDENT || s->kind == MIXED)
		new = gsl_ran_tdist(s->rng, 3) / 1.7320508;
	else
		new = gsl_ran_gaussian(s->rng, 1);
	s->before[of] = a * s->before[of] + sqrt(1 - a * a) * new;
	return s->before[of];
}

/* A cell's, without bursts and steps; a wild one is five times that, upwards. */
static inline double noise__of(struct noise_state *s, int cell, double machine)
{
	if (s->kind == WILD && gsl_rng_uniform(s->rng) < 0.02)
		return 5 + fabs(gsl_ran_gaussian(s->rng, 1));
	return s->pair ? (noise__draw(s, cell) + machine) / M_SQRT2 :
			 noise__draw(s, cell);
}

/* What a run says of both cells, whose code costs that much; no pair: of one. */
static inline void noise__run(struct noise_state *s, const double *level,
			      double *value)
{
	const double machine = s->pair ? noise__draw(s, NOISE_MACHINE) : 0;

	for (int c = 0; c < (s->pair ? NOISE_CELLS : 1); c++)
		value[c] = level[c] * (s->machine[c] + s->burst[c]) *
			   (1 + s->sigma * noise__of(s, c, machine));
}

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs of rig vitro that are drawn, of equal code or with an effect, for what the
 * real judge says of them. Seeded. A layout is one block, since that is what a
 * layout is to the judge; each cell has a second copy with noise of its own.
 */
#ifndef FAULTLINE_SIM_NOISY_H
#define FAULTLINE_SIM_NOISY_H

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>

#include "judge.h"
#include "made.h"
#include "rigs.h"

#define SIM_COST	240.0	/* cycles per fault, as in docs/results/cycles.md */
#define SIM_SD		4.0	/* of a copy, over layouts */
#define SIM_VARIANTS	5	/* of a workload, at most */

/* What a copy's cost varies by from layout to layout. */
enum sim_noise {
	SIM_NORMAL,
	SIM_T3,			/* heavy tails */
	SIM_SKEWED,		/* exponential */
	SIM_AR5, SIM_AR8,	/* normal, and 0.5 or 0.8 of the layout before */
	SIM_STEPS,		/* normal, on steps of 50 that all cells share */
	NR_SIM_NOISES
};

static const char *const sim_noise_names[NR_SIM_NOISES] = {
	[SIM_NORMAL] = "normal", [SIM_T3] = "t, 3 df", [SIM_SKEWED] = "skewed",
	[SIM_AR5] = "AR(1) 0.5", [SIM_AR8] = "AR(1) 0.8",
	[SIM_STEPS] = "steps",
};

/* Is a layout's noise not independent of the one before? */
static inline bool sim__related(enum sim_noise n)
{
	return n == SIM_AR5 || n == SIM_AR8;
}

struct sim_run {
	gsl_rng *rng;
	enum sim_noise noise;
	size_t layouts, comparisons;
	const double *effect;	/* one a comparison, or NULL: all are equal */
};

/* Standard deviation 1, mean 0; before: of the layout before. */
static inline double sim__noise(const struct sim_run *s, double before)
{
	const double a = s->noise == SIM_AR5 ? 0.5 : s->noise == SIM_AR8 ? 0.8 : 0;

	if (s->noise == SIM_T3)
		return gsl_ran_tdist(s->rng, 3) / sqrt(3);
	if (s->noise == SIM_SKEWED)
		return gsl_ran_exponential(s->rng, 1) - 1;
	return a * before + sqrt(1 - a * a) * gsl_ran_ugaussian(s->rng);
}

/* The costs of a copy, a layout each. */
static inline void sim__copy(const struct sim_run *s, double cost, double *v)
{
	double e = gsl_ran_ugaussian(s->rng);

	for (size_t l = 0; l < s->layouts; l++) {
		const double step = s->noise == SIM_STEPS ? 50 * (l / 5 % 3) : 0;

		e = sim__noise(s, e);
		v[l] = fmax(1, cost + step + SIM_SD * e);
	}
}

static inline struct record *sim__record(const char *variant,
					 const char *workload, uint64_t layout,
					 double block, double aa)
{
	struct record *r = make_record(variant, "off", workload, layout, 0);

	free(r->rig);
	r->rig = xstrdup(RIG_VITRO);
	r->total = r->nr_bins = 0;
	r->cycles = cycles__new();
	r->cycles->mode[CYCLES_HOT] = (struct cycles_series) {
		.nr = 1, .block = xcalloc(1, sizeof(double)),
		.aa = xcalloc(1, sizeof(double)),
		.chunk = 512, .floor = 24, .kept = 0.9,
	};
	r->cycles->mode[CYCLES_HOT].block[0] = block;
	r->cycles->mode[CYCLES_HOT].aa[0] = aa;
	return r;
}

static inline void sim__cell(const struct sim_run *s, struct run *run,
			     const char *variant, const char *workload,
			     double cost)
{
	double *block = xcalloc(2 * s->layouts, sizeof(*block));
	double *aa = block + s->layouts;

	sim__copy(s, cost, block);
	sim__copy(s, cost, aa);
	run->record = xrealloc(run->record, (run->nr + s->layouts) *
			       sizeof(*run->record));
	for (size_t l = 0; l < s->layouts; l++)
		run->record[run->nr++] = sim__record(variant, workload, l + 1,
						     block[l], aa[l]);
	free(block);
}

/* A run of `comparisons`, SIM_VARIANTS a workload; run__free() frees it. */
static inline struct run sim__run(const struct sim_run *s)
{
	struct run run = { .dir = xstrdup("/nowhere"), .meta = json_object() };

	for (size_t c = 0; c < s->comparisons; c++) {
		const size_t v = c % SIM_VARIANTS;
		char *workload = xasprintf("w%zu", c / SIM_VARIANTS);
		char *variant = xasprintf("v%zu", v);

		if (!v)
			sim__cell(s, &run, "baseline", workload, SIM_COST);
		sim__cell(s, &run, variant, workload,
			  SIM_COST + (s->effect ? s->effect[c] : 0));
		free(variant);
		free(workload);
	}
	return run;
}

/* How many words the judge has for a run. */
static inline size_t sim__words(const struct run *run)
{
	struct judgements j;
	struct err e;
	size_t words;

	if (judge__run(&j, run, &judge_defaults, &e))
		die_err(&e);
	words = j.count[JUDGED_BETTER] + j.count[JUDGED_WORSE];
	judgements__free(&j);
	return words;
}

/* Of a number of runs of equal code, seed by seed: how many have a word. */
static inline size_t sim__false(struct sim_run s, size_t runs)
{
	size_t with = 0;

	s.rng = gsl_rng_alloc(gsl_rng_mt19937);
	for (size_t i = 0; i < runs; i++) {
		struct run run;

		gsl_rng_set(s.rng, 1 + i);
		run = sim__run(&s);
		with += sim__words(&run) > 0;
		run__free(&run);
	}
	gsl_rng_free(s.rng);
	return with;
}

#endif

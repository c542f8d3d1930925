// SPDX-License-Identifier: GPL-2.0
/*
 * What a cell differs by from others of the same run, as points of the history;
 * see difference.h for which.
 */
#include <math.h>
#include <stdlib.h>

#include "compare.h"
#include "difference.h"
#include "noisy.h"
#include "points_priv.h"

#define OVER(figure) {					\
	[OVER_BASELINE] = figure "_over_baseline",	\
	[OVER_OFF] = figure "_over_off",		\
	[OVER_DIRECT] = figure "_over_direct",		\
}

static const char *const instructions[NR_DIFFERENCES] = OVER("instructions");
static const char *const cycles[NR_CYCLES_MODES][NR_DIFFERENCES] = {
	[CYCLES_HOT] = OVER("cycles_hot"), [CYCLES_COLD] = OVER("cycles_cold"),
};

double points__spread(const struct cmp_cell *c)
{
	return fmax(c->typical_max - c->typical, c->high - c->low);
}

/* A cell and the one that it is compared with. */
struct two {
	const struct record *r, *ref;
	enum difference d;
};

/* Value and spread of both: either's boots may differ. */
static void add_exact(struct points *p, const struct run *run,
		      const struct two *t)
{
	struct cmp_cell c = compare__cell(run, t->r->base, t->r->profile,
					  t->r->variant, t->r->workload);
	struct cmp_cell ref = compare__cell(run, t->ref->base, t->ref->profile,
					    t->ref->variant, t->ref->workload);
	struct cmp_diff d = compare__diff(&ref, &c);

	/* Of several vCPUs only what most faults share does not show who ran when. */
	if (!d.comparable || (ref.vcpus && !d.by.shared))
		return;
	points__add(p, run, t->r, t->ref, instructions[t->d], "instructions",
		    (struct history_point) {
		.value = d.by.shared ? d.by.diff : d.by.mean,
		.reference = compare__fault(&ref),
		.boots = c.valid < ref.valid ? c.valid : ref.valid,
		.exact = d.exact,
		.spread = d.exact ? NAN : points__spread(&c) + points__spread(&ref),
	});
}

/* Paired: the machine did to both cells what it did, alike. */
static void add_noisy(struct points *p, const struct run *run,
		      const struct two *t)
{
	struct noisy_cell c = noisy__cell(run, t->r->base, t->r->profile,
					  t->r->variant, t->r->workload);
	struct noisy_cell ref = noisy__cell(run, t->ref->base, t->ref->profile,
					    t->ref->variant, t->ref->workload);
	const struct noisy_term term[] = { { &c, 1 }, { &ref, -1 } };

	for (enum cycles_mode m = 0; m < NR_CYCLES_MODES; m++) {
		struct noisy_value by = noisy__sum(run, m, term,
						   ARRAY_SIZE(term));

		if (by.layouts && ref.mode[m].value > 0)
			points__add(p, run, t->r, t->ref, cycles[m][t->d],
				    "TSC cycles", (struct history_point) {
				.value = by.value, .spread = by.half,
				.boots = by.layouts,
				.reference = ref.mode[m].value,
			});
	}
}

const struct record *points__valid(const struct run *run, const char *base,
				   const char *variant, const char *profile,
				   const char *workload)
{
	for (size_t i = run__first(run, base, variant, profile, workload);
	     i < run->nr; i = run__next(run, i)) {
		if (record__valid(run->record[i]))
			return run->record[i];
	}
	return NULL;
}

void points__add_over(struct points *p, const struct run *run,
		      const struct record *valid)
{
	for (enum difference d = 0; d < NR_DIFFERENCES; d++) {
		const char *profile;
		char *variant = difference__to(d, valid->variant,
					       valid->profile, &profile);
		const struct two t = {
			.r = valid, .d = d,
			.ref = !variant ? NULL :
				points__valid(run, valid->base, variant,
					      profile, valid->workload),
		};

		if (t.ref && record__noisy(valid))
			add_noisy(p, run, &t);
		else if (t.ref)
			add_exact(p, run, &t);
		free(variant);
	}
}

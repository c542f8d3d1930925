// SPDX-License-Identifier: GPL-2.0
/* See noisy_rule.h. */
#include <string.h>

#include "compare.h"
#include "noisy_rule.h"

/* Both cells of a comparison. */
struct pair {
	const char *base, *profile, *reference, *variant, *workload;
};

static bool has_mode(const struct record *r, enum cycles_mode m)
{
	return r && record__valid(r) && r->cycles && r->cycles->mode[m].nr;
}

/* Of the first valid record that says it; "" unknown. */
static const char *handler_of(const struct run *run, const struct pair *p,
			      const char *variant)
{
	for (size_t i = run__first(run, p->base, variant, p->profile, p->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];

		if (record__valid(r) && *r->handler_sha256)
			return r->handler_sha256;
	}
	return "";
}

/* In how many modes they share a layout. */
static size_t modes_shared(const struct run *run, const struct pair *p)
{
	bool shared[NR_CYCLES_MODES] = { false };
	size_t nr = 0;

	for (size_t i = run__first(run, p->base, p->variant, p->profile, p->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];
		const struct record *ref = run__find(run, p->base, p->reference,
						     p->profile, p->workload,
						     NULL, r->boot);

		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			shared[m] |= has_mode(r, m) && has_mode(ref, m);
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		nr += shared[m];
	return nr;
}

static size_t count_pair(const struct run *run, const struct pair *p)
{
	const char *mine = handler_of(run, p, p->variant);

	return *mine && !strcmp(mine, handler_of(run, p, p->reference)) ? 0 :
	       modes_shared(run, p);
}

/* Of a base and profile; 0 where it lacks the reference that is asked for. */
static size_t count_profile(const struct run *run, const char *base,
			    const char *profile, const char *against)
{
	struct strlist all = { 0 }, order = { 0 }, workloads = { 0 };
	struct err ignored;
	size_t nr = 0;

	compare__variants(run, base, profile, &all);
	compare__workloads(run, base, profile, &workloads);
	if (all.nr && !compare__order(run, base, profile, against, &all, &order,
				      &ignored)) {
		for (size_t i = 0; i < (order.nr - 1) * workloads.nr; i++)
			nr += count_pair(run, &(struct pair) {
				base, profile, order.item[0],
				order.item[1 + i / workloads.nr],
				workloads.item[i % workloads.nr] });
	}
	strlist__free(&workloads);
	strlist__free(&order);
	strlist__free(&all);
	return nr;
}

static size_t count(const struct run *run, const char *against)
{
	struct strlist bases = { 0 };
	size_t nr = 0;

	compare__bases(run, &bases);
	for (size_t b = 0; b < bases.nr; b++) {
		struct strlist profiles = { 0 };

		compare__profiles(run, bases.item[b], &profiles);
		for (size_t p = 0; p < profiles.nr; p++)
			nr += count_profile(run, bases.item[b], profiles.item[p],
					    against);
		strlist__free(&profiles);
	}
	strlist__free(&bases);
	return nr;
}

void noisy_rule__make(struct noisy_rule *r, const struct run *run,
		      const struct judge_options *o)
{
	/* What tables show is a part; a run is corrected for as a whole. */
	struct run whole;

	run__first(run, "", "", "", "");	/* the index, so that it is the run's */
	whole = *run;
	whole.shown = NULL;
	*r = (struct noisy_rule) {
		.comparisons = count(&whole, o->against),
		.least_percent = o->least_percent, .least_abs = o->least_abs,
		.quantum = noisy_quantum__of(&whole),
	};
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		r->control[m] = noisy_control__of(&whole, m);
		r->place[m] = noisy_place__of(&whole, m);
		r->carry_over[m] = noisy_carry_over__of(&whole, m);
	}
}

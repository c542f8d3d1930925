// SPDX-License-Identifier: GPL-2.0
/*
 * Whole boots by the wall clock; see boot_times.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "boot_times.h"
#include "catalog.h"
#include "power.h"
#include "holm.h"
#include "hyperfine.h"
#include "interval.h"
#include "rank.h"
#include "rigs.h"

#define ALPHA		0.05
#define POWER		0.8
#define CONFIDENCE	0.95

static const struct record *boot_of(const struct run *run,
				    const struct boot_time *t, uint64_t round)
{
	return run__find(run, t->base, t->variant, t->profile, t->workload,
			 hyperfine__boot(round, t->again));
}

bool boot_times__same_table(const struct boot_time *a,
			    const struct boot_time *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload);
}

static bool same(const struct boot_time *a, const struct boot_time *b)
{
	return boot_times__same_table(a, b) && !strcmp(a->variant, b->variant) &&
	       a->again == b->again;
}

static void add(struct boot_times *b, const struct boot_time *t)
{
	for (size_t i = 0; i < b->nr; i++) {
		if (same(&b->item[i], t))
			return;
	}
	b->item = xrealloc(b->item, (b->nr + 1) * sizeof(*b->item));
	b->item[b->nr++] = *t;
}

static struct boot_time row_of(const struct record *r)
{
	return (struct boot_time) {
		.base = r->base, .profile = r->profile,
		.workload = r->workload, .variant = r->variant,
		.again = hyperfine__again(r->boot),
		.median = NAN, .percent = NAN, .p = NAN, .p_holm = NAN,
		.shows = INFINITY,
		.by = { NAN, NAN, NAN },
	};
}

/* Reference first, then its A/A, then the others. */
static int rank_of(const char *against, const struct boot_time *t)
{
	return strcmp(t->variant, against) ? 2 : t->again;
}

/* The rounds' order is drawn anew in each: by name, then. */
static int by_place(const void *a, const void *b, void *against)
{
	const struct boot_time *x = a, *y = b;

	return strcmp(x->base, y->base) ?: strcmp(x->profile, y->profile) ?:
	       strcmp(x->workload, y->workload) ?:
	       rank_of(against, x) - rank_of(against, y) ?:
	       strcmp(x->variant, y->variant) ?: x->again - y->again;
}

static struct boot_time *reference_of(struct boot_times *b,
				      const struct boot_time *t)
{
	for (size_t i = 0; i < b->nr; i++) {
		if (boot_times__same_table(&b->item[i], t) && !b->item[i].again &&
		    !strcmp(b->item[i].variant, b->against))
			return &b->item[i];
	}
	return NULL;
}

static double deviation(const double *d, size_t n)
{
	struct interval i;

	return interval__mean(d, n, CONFIDENCE, &i) ? NAN : i.sd;
}

/* The rounds that have both; ref is t itself for the reference. */
static void measure(struct boot_time *t, const struct run *run,
		    const struct boot_time *ref, uint64_t rounds,
		    const struct judge_options *o)
{
	struct rank_test test;
	double ref_median, *theirs = xcalloc(rounds, sizeof(*theirs));

	t->seconds = xcalloc(rounds, sizeof(*t->seconds));
	t->diff = xcalloc(rounds, sizeof(*t->diff));
	for (uint64_t i = 1; i <= rounds; i++) {
		const struct record *own = boot_of(run, t, i);
		const struct record *r = ref ? boot_of(run, ref, i) : NULL;

		if (!own || !r || !record__valid(own) || !record__valid(r))
			continue;
		theirs[t->rounds] = r->wall_s;
		t->seconds[t->rounds] = own->wall_s;
		t->diff[t->rounds++] = own->wall_s - r->wall_s;
	}
	t->median = interval__median(t->seconds, t->rounds);
	ref_median = interval__median(theirs, t->rounds);
	free(theirs);
	if (!ref || t == ref || !t->rounds)
		return;
	if (bootstrap__paired(t->diff, t->rounds, CONFIDENCE, o->seed, &t->by))
		t->by.median = interval__median(t->diff, t->rounds);
	t->percent = 100 * t->by.median / ref_median;
	if (!rank__signed(t->diff, t->rounds, &test))
		t->p = test.p;
	t->shows = power__pairs(deviation(t->diff, t->rounds), t->rounds,
				 ALPHA, POWER);
}

static void adjust(struct boot_times *b)
{
	double *p = xcalloc(b->nr, sizeof(*p)), *q = xcalloc(b->nr, sizeof(*q));

	for (size_t i = 0; i < b->nr; i++)
		p[i] = b->item[i].again ? NAN : b->item[i].p;
	if (!holm__adjust(p, b->nr, q)) {
		for (size_t i = 0; i < b->nr; i++)
			b->item[i].p_holm = q[i];
	}
	free(q);
	free(p);
}

/* How far apart two boots of the same kernel are, by the interval's far end. */
static double aa_of(const struct boot_times *b, const struct boot_time *t)
{
	for (size_t i = 0; i < b->nr; i++) {
		const struct boot_time *k = &b->item[i];

		if (boot_times__same_table(k, t) && k->again &&
		    !strcmp(k->variant, b->against))
			return fabs(k->by.median);
	}
	return NAN;
}

static void judge(struct boot_time *t, const struct boot_times *b,
		  const struct judge_options *o)
{
	const double aa = aa_of(b, t), d = t->by.median;
	char *by, *how;

	if (!t->rounds) {
		t->reason = xasprintf("no verdict: no round has it and %s",
				      b->against);
		return;
	}
	by = xasprintf("%+.3f s (%+.2f %%)", d, t->percent);
	how = xasprintf("95 %% interval %+.3f .. %+.3f, p = %.2g, %zu rounds",
			t->by.low, t->by.high, t->p_holm, t->rounds);
	if (rank__least_p_pairs(t->rounds) >= ALPHA) {
		t->reason = xasprintf("no verdict: %zu round%s cannot reach p < %.2f; %zu can",
				      t->rounds, t->rounds == 1 ? "" : "s",
				      ALPHA, rank__pairs_needed(ALPHA));
	} else if (!(t->p_holm < ALPHA) || (t->by.low <= 0 && t->by.high >= 0)) {
		t->is = JUDGED_SAME;
		t->reason = xasprintf("no difference shown: %s, %s; %zu rounds can resolve %.3f s or more",
				      by, how, t->rounds, t->shows);
	} else if (!isnan(aa) && fabs(d) <= aa) {
		t->is = JUDGED_SAME;
		t->reason = xasprintf("no difference shown: %s is not above the %.3f s of the same kernel twice (A/A)",
				      by, aa);
	} else if (fabs(t->percent) < o->least_percent) {
		t->is = JUDGED_SAME;
		t->reason = xasprintf("no difference that counts: %s, %s", by,
				      how);
	} else {
		t->is = d > 0 ? JUDGED_WORSE : JUDGED_BETTER;
		t->reason = xasprintf("%s: %s, %s", judged__name(t->is, true), by,
				      how);
	}
	free(how);
	free(by);
}

int boot_times__make(struct boot_times *b, const struct run *run,
		     const struct judge_options *o, struct err *err)
{
	uint64_t rounds = 0;

	*b = (struct boot_times) { .against = o->against ?: REFERENCE };
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		struct boot_time t = row_of(r);

		if (!rigs__times_boots(r->rig))
			continue;
		add(b, &t);
		if (hyperfine__round(r->boot) > rounds)
			rounds = hyperfine__round(r->boot);
	}
	if (!b->nr)
		return err__set(err, EXIT_NO_DATA, "%s has no boots that hyperfine timed; make some: make bench-boots",
				run->dir);
	qsort_r(b->item, b->nr, sizeof(*b->item), by_place, (char *)b->against);
	for (size_t i = 0; i < b->nr; i++)
		measure(&b->item[i], run, reference_of(b, &b->item[i]), rounds,
			o);
	adjust(b);
	for (size_t i = 0; i < b->nr; i++) {
		if (!b->item[i].again && strcmp(b->item[i].variant, b->against))
			judge(&b->item[i], b, o);
	}
	return 0;
}

void boot_times__free(struct boot_times *b)
{
	for (size_t i = 0; i < b->nr; i++) {
		free(b->item[i].seconds);
		free(b->item[i].diff);
		free(b->item[i].reason);
	}
	free(b->item);
	*b = (struct boot_times) { 0 };
}

void boot_times__keep(struct boot_times *b, const struct selection *s)
{
	size_t nr = 0;

	for (size_t i = 0; i < b->nr; i++) {
		struct boot_time *t = &b->item[i];
		const bool reference = !strcmp(t->variant, b->against);
		const struct selected is = { .part = {
			[BY_BASE] = t->base, [BY_PROFILE] = t->profile,
			[BY_VARIANT] = reference ? NULL : t->variant,
			[BY_WORKLOAD] = t->workload,
		} };

		if (selection__has(s, &is)) {
			b->item[nr++] = *t;
			continue;
		}
		free(t->seconds);
		free(t->diff);
		free(t->reason);
	}
	b->nr = nr;
}

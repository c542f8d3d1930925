// SPDX-License-Identifier: GPL-2.0
/*
 * Whole boots by the wall clock; see boot_times.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "boot_times.h"
#include "catalog.h"
#include "hyperfine.h"
#include "interval.h"
#include "rigs.h"
#include "word_reason.h"

static const struct record *boot_of(const struct run *run,
				    const struct boot_time *t, uint64_t round)
{
	return run__find(run, t->base, t->variant, t->profile, t->workload,
			 NULL, hyperfine__boot(round, t->again));
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
		.median = NAN, .percent = NAN,
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

/* The rounds that have both; ref is t itself for the reference. */
static void take_rounds(struct boot_time *t, const struct run *run,
			const struct boot_time *ref, uint64_t rounds)
{
	t->seconds = xcalloc(rounds, sizeof(*t->seconds));
	t->diff = xcalloc(rounds, sizeof(*t->diff));
	for (uint64_t i = 1; i <= rounds; i++) {
		const struct record *own = boot_of(run, t, i);
		const struct record *r = ref ? boot_of(run, ref, i) : NULL;

		if (!own || !r || !record__valid(own) || !record__valid(r))
			continue;
		t->seconds[t->rounds] = own->wall_s;
		t->diff[t->rounds++] = own->wall_s - r->wall_s;
	}
	t->median = interval__median(t->seconds, t->rounds);
}

/* The median of the reference in these rounds. */
static double reference_median(const struct boot_time *t)
{
	double *theirs = xcalloc(t->rounds + 1, sizeof(*theirs)), median;

	for (size_t i = 0; i < t->rounds; i++)
		theirs[i] = t->seconds[i] - t->diff[i];
	median = interval__median(theirs, t->rounds);
	free(theirs);
	return median;
}

static void measure(struct boot_time *t, const struct boot_times *b, double aa,
		    const struct judge_options *o)
{
	const double of = reference_median(t);

	t->word = paired_word__of(t->diff, t->rounds, &(struct word_limits) {
		.comparisons = b->comparisons, .aa = aa,
		.least = t->rounds ? of * o->least_percent / 100 : 0,
	});
	t->percent = 100 * t->word.value / of;
}

/*
 * How far apart two boots of the same kernel are: the end of their interval that
 * is farther from 0; INFINITY where none was booted twice, or too seldom.
 */
static double aa_of(const struct boot_times *b, const struct boot_time *t)
{
	for (size_t i = 0; i < b->nr; i++) {
		const struct boot_time *k = &b->item[i];

		if (boot_times__same_table(k, t) && k->again &&
		    !strcmp(k->variant, b->against) && !isnan(k->word.low))
			return fmax(fabs(k->word.low), fabs(k->word.high));
	}
	return INFINITY;
}

static bool is_compared(const struct boot_times *b, const struct boot_time *t)
{
	return !t->again && strcmp(t->variant, b->against);
}

static char *reason_of(const struct boot_time *t, const struct boot_times *b,
		       const char *by, const char *how)
{
	const struct paired_word *w = &t->word;

	switch (w->why) {
	case WORD_SAID:
		return xasprintf("%s: %s, %s", paired_word__text(w->is), by, how);
	case WORD_NO_PAIR:
		return xasprintf("no verdict: no round has it and %s", b->against);
	case WORD_TOO_FEW:
		return word_reason__too_few(w, b->comparisons, "round");
	case WORD_NO_AA:
		return xasprintf("no verdict: %s, but no second boot of %s in the same rounds says what is noise (A/A)",
				 by, b->against);
	case WORD_ZERO:
		return xasprintf("no difference shown: %s, %s; %zu rounds can resolve %.3f s or more",
				 by, how, w->n, w->shows);
	case WORD_WITHIN_AA:
		return xasprintf("no difference shown: %s, %s: not all of it is above the %.3f s of the same kernel twice (A/A)",
				 by, how, w->delta);
	default:
		return xasprintf("no difference that counts: %s, %s; less than %.3f s does not",
				 by, how, w->delta);
	}
}

static void judge(struct boot_time *t, const struct boot_times *b)
{
	char *by = xasprintf("%+.3f s (%+.2f %%)", t->word.value, t->percent);
	char *how = word_reason__how(&t->word, b->comparisons, 3, "rounds");

	t->is = word_reason__judged(&t->word);
	t->reason = reason_of(t, b, by, how);
	free(how);
	free(by);
}

/* A/A first: it is what the others must exceed. */
static void judge_all(struct boot_times *b, const struct judge_options *o)
{
	for (size_t i = 0; i < b->nr; i++)
		b->comparisons += is_compared(b, &b->item[i]) && b->item[i].rounds;
	b->comparisons = b->comparisons ?: 1;
	for (size_t i = 0; i < b->nr; i++) {
		if (!is_compared(b, &b->item[i]))
			measure(&b->item[i], b, INFINITY, o);
	}
	for (size_t i = 0; i < b->nr; i++) {
		struct boot_time *t = &b->item[i];

		if (!is_compared(b, t))
			continue;
		measure(t, b, aa_of(b, t), o);
		judge(t, b);
	}
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
		take_rounds(&b->item[i], run, reference_of(b, &b->item[i]), rounds);
	judge_all(b, o);
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

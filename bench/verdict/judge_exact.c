// SPDX-License-Identifier: GPL-2.0
/* Exact cells, whose instructions are compared as they are; see judge.h. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "judge_priv.h"

/* Faults that have the figure, at least; of fewer a mean must not contradict. */
#define MOST_FAULTS	0.5

/* "+31 instructions per fault (+1.24 %)" */
static char *by_words(const struct judgement *j, const struct cmp_cell *c)
{
	return xasprintf("%+.0f instruction%s %s (%+.2f %%)", j->diff,
			 fabs(j->diff) == 1 ? "" : "s",
			 c->events ? "per fault" : "from bell to bell",
			 j->percent);
}

/* Why one of two cells is not exact. */
static char *inexact(const char *by, const struct cmp_cell *c, bool is_ref)
{
	const char *whose = is_ref ? " of the reference" : "";

	if (c->boots < 2)
		return xasprintf("no verdict: %s in one boot%s; two can show that it is exact",
				 by, whose);
	if (c->valid < c->boots)
		return xasprintf("no verdict: %s, but %zu of %zu boots%s are invalid: %s",
				 by, c->boots - c->valid, c->boots, whose,
				 c->why);
	if (c->typical == c->typical_max)
		return xasprintf("no verdict: %s, but the boots%s differ, though not in the typical fault",
				 by, whose);
	return xasprintf("no verdict: %s, but the boots%s differ: %" PRIu64 " .. %" PRIu64,
			 by, whose, c->typical, c->typical_max);
}

/* What the mean over all faults adds, where it says otherwise; or "". */
static char *mean_words(const struct judge_options *o,
			const struct cmp_diff *d)
{
	if (fabs(d->mean) < o->least_abs ||
	    (d->typical < 0 && d->mean < 0) || (d->typical > 0 && d->mean > 0))
		return xstrdup("");
	return xasprintf("; but the mean over all faults is %+.1f: a few differ by more",
			 d->mean);
}

static void verdict(const struct judge *x, struct judgement *j,
		    const struct cmp_cell *ref, const struct cmp_cell *c,
		    const struct cmp_diff *d)
{
	char *by = by_words(j, c), *mean = mean_words(x->opt, d);

	if (ref->events != c->events) {
		j->reason = xasprintf("no verdict: other denominators: the reference provoked %" PRIu64 " events, this one %" PRIu64,
				      ref->events, c->events);
	} else if (!d->exact) {
		j->reason = ref->exact ? inexact(by, c, false) :
					 inexact(by, ref, true);
	} else if (d->same_code) {
		j->is = JUDGED_SAME;
		j->reason = j->diff ?
			xasprintf("no difference: the handlers are equal, %s is not theirs",
				  by) :
			xasprintf("no difference: not one instruction, exact in %zu boots, and the handlers are equal%s",
				  j->boots, mean);
	} else if (!j->diff) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: not one instruction, exact in %zu boots%s",
				      j->boots, mean);
	} else if (judge__too_small(x->opt, j)) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference that counts: %s, exact in %zu boots%s",
				      by, j->boots, mean);
	} else if (*mean && fmin(ref->share, c->share) < MOST_FAULTS) {
		j->reason = xasprintf("no verdict: %s, but the mean over all faults is %+.1f, and the typical one is only %.0f %% of them",
				      by, d->mean,
				      100 * fmin(ref->share, c->share));
	} else {
		j->is = judge__direction(j->diff);
		j->reason = xasprintf("%s: %s, exact in %zu boots%s",
				      judged__name(j->is, false), by, j->boots, mean);
	}
	free(mean);
	free(by);
}

static void judge_cell(struct judge *x, const struct comparison *c,
		       const struct cmp_row *row, size_t v)
{
	const struct cmp_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct cmp_diff *d = &row->diff[v];
	struct judgement *j = judge__add(x, c->base, c->profile,
					 c->variants.item[v], row->workload,
					 c->variants.item[0]);

	if (ref->usable)
		j->ref = ref->typical;
	if (cell->usable)
		j->value = cell->typical;
	j->shows = 1;
	j->boots = ref->valid < cell->valid ? ref->valid : cell->valid;
	j->same_code = d->same_code;
	j->reason = judge__lacks(ref->usable, ref->skipped, ref->why,
				 cell->usable, cell->skipped, cell->why);
	if (j->reason)
		return;
	j->diff = d->typical;
	j->percent = d->typical_percent;
	verdict(x, j, ref, cell, d);
}

int judge__exact(struct judge *x, const char *base, const char *profile)
{
	struct strlist all = { 0 };
	struct comparison c;
	int r;

	compare__variants(x->run, base, profile, &all);
	r = compare__make(&c, x->run, base, profile, x->opt->against, &all,
			  x->err);
	strlist__free(&all);
	if (r)
		return r;
	for (size_t i = 0; i < c.nr_rows; i++) {
		for (size_t v = 1; v < c.variants.nr; v++)
			judge_cell(x, &c, &c.row[i], v);
	}
	x->j->aa_pairs += c.aa_pairs;
	x->j->aa_differ += c.aa_pairs - c.aa_zero;
	compare__free(&c);
	return 0;
}

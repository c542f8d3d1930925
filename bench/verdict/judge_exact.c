// SPDX-License-Identifier: GPL-2.0
/* Exact cells, whose instructions are compared as they are; see judge.h. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "judge_priv.h"
#include "perturb.h"

/* "+31 instructions per fault (+1.24 %)" */
static char *by_words(const struct cmp_diff *d, const struct cmp_cell *c)
{
	return xasprintf("%+" PRId64 " instruction%s %s (%+.2f %%)", d->by.diff,
			 llabs(d->by.diff) == 1 ? "" : "s",
			 c->events ? "per fault" : "from bell to bell",
			 d->percent);
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
		return xasprintf("no verdict: %s, but the boots%s differ, though not in the commonest fault",
				 by, whose);
	return xasprintf("no verdict: %s, but the boots%s differ: %" PRIu64 " .. %" PRIu64,
			 by, whose, c->typical, c->typical_max);
}

/* "exact over 3 layouts", or of boots that replay each other "exact in 2 boots of one layout" */
static char *exact_words(const struct judgement *j, const struct cmp_cell *ref,
			 const struct cmp_cell *c)
{
	const size_t seeds = ref->seeds < c->seeds ? ref->seeds : c->seeds;
	char *layouts = perturb__layouts_text(seeds);
	char *words = seeds > 1 ? xasprintf("exact over %s", layouts) :
		      xasprintf("exact in %zu boots of one layout", j->boots);

	free(layouts);
	return words;
}

/* Every replay is bit-equal, but the figure of one of them rests on its layout. */
static void ranged_verdict(struct judgement *j, const struct cmp_diff *d,
			   const char *by, size_t seeds)
{
	const size_t layouts = perturb__layouts(seeds);

	if (llabs(d->by.diff) <= d->range) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference shown: %s, and the boots of %zu layouts are %.1f apart",
				      by, layouts, d->range);
		return;
	}
	j->is = judge__direction(j->diff);
	j->reason = xasprintf("%s: %s, give or take the %.1f that the boots of %zu layouts are apart",
			      judged__name(j->is, false), by, d->range, layouts);
}

/* Said of a difference that fewer of the faults have. */
#define NEARLY_ALL	0.9

/* What the pairs say besides what most of them share; or "". */
static char *pairs_words(const struct judge_options *o, const struct cmp_pair *p)
{
	const bool agrees = fabs(p->mean) < o->least_abs ||
			    (p->diff < 0 && p->mean < 0) ||
			    (p->diff > 0 && p->mean > 0);
	char *share = p->share < NEARLY_ALL ?
		xasprintf("; %.0f %% of the faults have it", 100 * p->share) :
		xstrdup("");
	char *words = agrees ? xasprintf("%s", share) :
		xasprintf("%s; but the mean over the pairs of faults is %+.1f: some differ by more",
			  share, p->mean);

	free(share);
	return words;
}

/* Where a fault of the reference, or else of the cell, has no typical figure; or "". */
static char *several_words(const struct cmp_cell *ref, const struct cmp_cell *c)
{
	const struct cmp_cell *it = ref->several ? ref : c;
	char *modes, *words;

	if (!it->several)
		return xstrdup("");
	modes = compare__modes_text(it);
	words = xasprintf("; no typical fault%s: the commonest are %s",
			  ref->several ? " in the reference" : "", modes);
	free(modes);
	return words;
}

/* "arch/x86/kvm/mmu", or "the handler" where the base is not known here. */
static char *handlers_folder(const char *base)
{
	struct err ignored;
	char *objects = catalog__base_value(base, "handler", &ignored);
	char *slash = objects ? strrchr(objects, '/') : NULL;

	if (slash && !strchr(objects, ' ')) {
		*slash = '\0';
		return objects;
	}
	free(objects);
	return xstrdup("the handler");
}

/* Why a difference cannot be the handler's; or "". */
static char *outside_words(const struct judgement *j, const struct cmp_diff *d)
{
	char *folder, *words;

	if (!d->same_handler)
		return xstrdup("");
	if (!j->diff)
		return xstrdup(d->same_code ? ", and the kernels are equal" :
			       ", and the handlers are equal");
	folder = handlers_folder(j->base);
	words = xasprintf("; the handler's objects are equal: the cause is outside of %s",
			  folder);
	free(folder);
	return words;
}

/* Of exact cells whose pairs share a difference. */
static void exact_verdict(const struct judge *x, struct judgement *j,
			  const struct cmp_diff *d, const char *by,
			  const char *exact, const char *several)
{
	char *pairs = pairs_words(x->opt, &d->by), *outside = outside_words(j, d);

	if (!j->diff) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: not one instruction, %s%s%s%s",
				      exact, outside, pairs, several);
	} else if (d->same_code) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: the kernels are equal, %s is not theirs",
				      by);
	} else if (judge__too_small(x->opt, j)) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference that counts: %s, %s%s%s%s",
				      by, exact, pairs, outside, several);
	} else {
		j->is = judge__direction(j->diff);
		j->reason = xasprintf("%s: %s, %s%s%s%s",
				      judged__name(j->is, false), by, exact,
				      pairs, outside, several);
	}
	free(outside);
	free(pairs);
}

static void verdict(const struct judge *x, struct judgement *j,
		    const struct cmp_cell *ref, const struct cmp_cell *c,
		    const struct cmp_diff *d)
{
	char *by = by_words(d, c), *several = several_words(ref, c);
	char *exact = exact_words(j, ref, c);

	if (!isfinite(d->range) || c->valid < c->boots || ref->valid < ref->boots)
		j->reason = ref->exact ? inexact(by, c, false) :
					 inexact(by, ref, true);
	else if (!d->by.shared)
		j->reason = xasprintf("no verdict: no difference that most faults share: %s in %.0f %% of them, from %+" PRId64 " to %+" PRId64 " in all%s",
				      by, 100 * d->by.share, d->by.least,
				      d->by.most, several);
	else if (!d->exact)
		ranged_verdict(j, d, by, c->seeds > ref->seeds ? c->seeds : ref->seeds);
	else
		exact_verdict(x, j, d, by, exact, several);
	free(exact);
	free(several);
	free(by);
}

/* Why two cells that were measured have no difference; or NULL. */
static char *why_not(const struct cmp_cell *ref, const struct cmp_cell *c)
{
	const struct cmp_cell *late = c->late ? c : ref;

	if (c->methods.compared && !c->methods.agree)
		return xasprintf("no verdict: %s", c->why);
	if (ref->methods.compared && !ref->methods.agree)
		return xasprintf("no verdict: of the reference, %s", ref->why);
	if (c->usable && ref->usable && late->late)
		return xasprintf("no verdict: %" PRId64 " faults%s were of vCPUs that came late to a page: how many depends on who ran when",
				 late->late, late == ref ? " of the reference" : "");
	return NULL;
}

static void judge_cell(struct judge *x, const struct comparison *c,
		       const struct cmp_row *row, size_t v)
{
	const struct cmp_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct cmp_diff *d = &row->diff[v];
	struct judgement *j = judge__add(x, c->base, c->profile,
					 c->variants.item[v], row->workload,
					 c->variants.item[0]);

	if (ref->usable && !ref->several)
		j->ref = ref->typical;
	if (cell->usable && !cell->several)
		j->value = cell->typical;
	j->shows = isfinite(d->range) ? floor(d->range) + 1 : d->comparable ? INFINITY : 1;
	j->boots = ref->valid < cell->valid ? ref->valid : cell->valid;
	j->same_code = d->same_code;
	j->reason = why_not(ref, cell);
	if (!j->reason)
		j->reason = judge__lacks(ref->usable, ref->skipped, ref->why,
					 cell->usable, cell->skipped, cell->why);
	if (!j->reason && !d->comparable)
		j->reason = xasprintf("no verdict: other denominators: the reference provoked %" PRIu64 " events, this one %" PRIu64,
				      ref->events, cell->events);
	if (j->reason)
		return;
	if (d->by.shared) {
		j->diff = d->by.diff;
		j->percent = d->percent;
	}
	verdict(x, j, ref, cell, d);
	if (j->is != JUDGED_NONE)
		rep_once__add(&j->reason, &d->rep);
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
	x->j->disagree += c.methods.disagree;
	x->j->aa_pairs += c.aa.pairs;
	x->j->aa_differ += c.aa.pairs -
			   (c.aa.seeds > 1 ? c.aa.held : c.aa.equal);
	compare__free(&c);
	return 0;
}

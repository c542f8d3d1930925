// SPDX-License-Identifier: GPL-2.0
/*
 * Noisy cells: cycles, one figure per layout, paired; see judge.h. A verdict is
 * the last of many hurdles, and the first that is not taken is its reason.
 */
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bootstrap.h"
#include "compare.h"
#include "power.h"
#include "holm.h"
#include "judge_priv.h"
#include "noisy_compare.h"
#include "rank.h"

#define ALPHA	0.05
#define POWER	0.8	/* chance to see what the run is said to show */

/* Difference, interval and p of a judgement, and what its verdict needs. */
static void measure(struct judge *x, struct judgement *j,
		    struct noisy_fact *fact, enum cycles_mode m,
		    const struct noisy_term *term)
{
	double *each = xcalloc(x->run->nr + 1, sizeof(*each));
	struct bootstrap b;
	struct rank_test t;
	size_t unpaired;

	j->boots = noisy__each(x->run, m, term, 2, each, &unpaired);
	bootstrap__paired(each, j->boots, NOISY_CONFIDENCE, x->opt->seed, &b);
	rank__signed(each, j->boots, &t);
	if (j->boots > 1)
		fact->sd = gsl_stats_sd(each, 1, j->boots);
	j->diff = b.median;
	j->percent = 100 * b.median / j->ref;
	j->low = b.low;
	j->high = b.high;
	j->p = t.p;
	free(each);
}

static void judge_cell(struct judge *x, const struct noisy_comparison *c,
		       const struct noisy_row *row, enum cycles_mode m,
		       size_t v)
{
	const struct noisy_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct noisy_diff *d = &row->diff[m][v];
	const struct noisy_term term[] = { { cell, 1 }, { ref, -1 } };
	struct judgement *j = judge__add(x, c->base, c->profile,
					 c->variants.item[v], row->workload,
					 c->variants.item[0]);
	struct noisy_fact *fact = &x->fact[x->j->nr - 1];

	j->mode = cycles_mode_names[m];
	j->unit = "TSC cycles";
	j->same_code = d->same_code;
	if (ref->mode[m].layouts)
		j->ref = ref->mode[m].value;
	if (cell->mode[m].layouts)
		j->value = cell->mode[m].value;
	j->reason = judge__lacks(ref->usable, ref->skipped, ref->why,
				 cell->usable, cell->skipped, cell->why);
	if (j->reason)
		return;
	fact->reach = noisy__reach(&row->own[m].by);
	fact->mark = d->mark;
	fact->mean = d->by;
	measure(x, j, fact, m, term);
	if (!j->boots)
		j->reason = xasprintf("no verdict: %s", d->by.why);
}

/* One cell's second copy may stand for many profiles, and is one pair. */
static void count_aa(struct judge *x, const struct noisy_row *row,
		     const char *base, enum cycles_mode m)
{
	const struct noisy_own *own = &row->own[m];
	char *key;

	if (!own->by.layouts || !isfinite(own->by.half))
		return;
	key = xasprintf("%s\n%s\n%s\n%s\n%d", base, own->profile, own->variant,
			row->workload, m);
	if (!strlist__has(&x->aa, key)) {
		strlist__add(&x->aa, key);
		x->j->aa_pairs++;
		x->j->aa_differ += fabs(own->by.value) > own->by.half;
	}
	free(key);
}

int judge__noisy(struct judge *x, const char *base, const char *profile)
{
	struct strlist all = { 0 };
	struct noisy_comparison c;
	int r;

	compare__variants(x->run, base, profile, &all);
	r = noisy_compare__make(&c, x->run, base, profile, x->opt->against,
				&all, x->err);
	strlist__free(&all);
	if (r)
		return r;
	for (size_t i = 0; i < c.nr_rows; i++) {
		for (int m = 0; m < NR_CYCLES_MODES; m++) {
			/* What is skipped or invalid is said once. */
			if (!c.set.has[m] && (m || c.set.has[CYCLES_COLD]))
				continue;
			for (size_t v = 1; v < c.variants.nr; v++)
				judge_cell(x, &c, &c.row[i], m, v);
			count_aa(x, &c.row[i], base, m);
		}
	}
	noisy_compare__free(&c);
	return 0;
}

/* "with 3 other comparisons" of the run, or "" */
static char *others(size_t comparisons)
{
	return comparisons < 2 ? xstrdup("") :
		xasprintf(" with %zu other comparison%s", comparisons - 1,
			  comparisons == 2 ? "" : "s");
}

/* Where the interval is above or below 0. */
static bool off_zero(const struct judgement *j)
{
	return j->low > 0 || j->high < 0;
}

static bool mark_agrees(const struct judgement *j, const struct noisy_fact *f)
{
	return f->mark == (j->diff < 0 ? MARK_BETTER : MARK_WORSE);
}

static void verdict(const struct judge *x, struct judgement *j,
		    const struct noisy_fact *f, size_t comparisons)
{
	const size_t need = rank__pairs_needed(ALPHA / comparisons);
	char *by = xasprintf("%+.1f TSC cycles per %s fault (%+.2f %%)", j->diff,
			     j->mode, j->percent);
	char *how = xasprintf("95 %% interval %+.1f .. %+.1f, p = %.2g%s, %zu layouts",
			      j->low, j->high, j->p_holm, comparisons > 1 ?
			      " (Holm)" : "", j->boots);

	if (j->same_code) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: the handlers are equal, %s is noise",
				      by);
	} else if (!(j->p_holm < ALPHA) && j->boots < need) {
		char *with = others(comparisons);

		j->reason = xasprintf("no verdict: %zu layout%s cannot reach p < %.2f%s; %zu can",
				      j->boots, j->boots == 1 ? "" : "s",
				      ALPHA, with, need);
		free(with);
	} else if (!isfinite(f->reach)) {
		j->reason = xasprintf("no verdict: %s, but no second copy of the same code says what is noise",
				      by);
	} else if (!(j->p_holm < ALPHA) || !off_zero(j)) {
		j->is = JUDGED_SAME;
		j->reason = isfinite(j->shows) ?
			xasprintf("no difference shown: %s, %s; this run can resolve %.1f or more",
				  by, how, j->shows) :
			xasprintf("no difference shown: %s, %s", by, how);
	} else if (fabs(j->diff) <= f->reach) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference shown: %s is not above the %.1f of the same code twice (A/A)",
				      by, f->reach);
	} else if (judge__too_small(x->opt, j)) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference that counts: %s, %s", by,
				      how);
	} else if (!mark_agrees(j, f)) {
		j->reason = xasprintf("no verdict: %s by the median over layouts, but the mean is %+.1f +- %.1f: they do not agree",
				      by, f->mean.value, f->mean.half);
	} else {
		j->is = judge__direction(j->diff);
		j->reason = xasprintf("%s: %s, %s", judged__name(j->is, true), by,
				      how);
	}
	free(how);
	free(by);
}

/* Of all comparisons with a p, so that one in twenty is not found by trying. */
int judge__noisy_verdicts(struct judge *x)
{
	struct judgements *j = x->j;
	double *p = xcalloc(2 * j->nr + 1, sizeof(*p)), *holm = p + j->nr;
	size_t comparisons = 0;

	for (size_t i = 0; i < j->nr; i++) {
		p[i] = j->item[i].same_code ? NAN : j->item[i].p;
		comparisons += !isnan(p[i]);
	}
	if (holm__adjust(p, j->nr, holm)) {
		free(p);
		return err__set(x->err, EXIT_INTERNAL, "no memory to judge %zu comparisons",
				j->nr);
	}
	comparisons = comparisons ?: 1;
	for (size_t i = 0; i < j->nr; i++) {
		struct judgement *k = &j->item[i];

		if (k->reason)
			continue;
		k->p_holm = holm[i];
		k->shows = fmax(x->fact[i].reach,
				power__pairs(x->fact[i].sd, k->boots,
					      ALPHA / comparisons, POWER));
		verdict(x, k, &x->fact[i], comparisons);
	}
	free(p);
	return 0;
}

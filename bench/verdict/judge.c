// SPDX-License-Identifier: GPL-2.0
/* See judge.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bootstrap.h"
#include "catalog.h"
#include "compare.h"
#include "holm.h"
#include "judge.h"
#include "noisy_compare.h"
#include "rank.h"

#define ALPHA	0.05

const struct judge_options judge_defaults = {
	.least_percent = 0.5, .least_abs = 1, .seed = 20210804,
};

const char *judged__name(enum judged j)
{
	static const char *const names[NR_JUDGED] = {
		"no verdict", "no difference", "faster", "slower",
	};

	return names[j];
}

/* Names once, for as long as the judgements live. */
static const char *intern(struct judgements *j, const char *name)
{
	for (size_t i = 0; i < j->names.nr; i++) {
		if (!strcmp(j->names.item[i], name))
			return j->names.item[i];
	}
	strlist__add(&j->names, name);
	return j->names.item[j->names.nr - 1];
}

struct judge {
	struct judgements *j;
	const struct run *run;
	const struct judge_options *opt;
};

static struct judgement *add(struct judge *x, const struct judgement *one)
{
	struct judgements *j = x->j;

	j->item = xrealloc(j->item, (j->nr + 1) * sizeof(*j->item));
	j->item[j->nr] = *one;
	return &j->item[j->nr++];
}

static bool too_small(const struct judge_options *o, const struct judgement *j)
{
	return fabs(j->diff) < o->least_abs &&
	       fabs(j->percent) < o->least_percent;
}

static enum judged direction(double diff)
{
	return diff < 0 ? JUDGED_BETTER : JUDGED_WORSE;
}

/* Why one of two cells has no figure, in new memory; NULL: both have. */
static char *lacks(bool ref_usable, bool ref_skipped, const char *ref_why,
		   bool usable, bool skipped, const char *why)
{
	if (!usable)
		return xasprintf("no verdict: %s%s", skipped ? "skipped: " :
				 "no valid record: ", why);
	if (!ref_usable)
		return xasprintf("no verdict: the reference has no figure: %s%s",
				 ref_skipped ? "skipped: " : "", ref_why);
	return NULL;
}

/* Exact: instructions, compared as they are. */

static void exact_reason(struct judge *x, struct judgement *j,
			 const struct cmp_cell *ref, const struct cmp_cell *c,
			 const struct cmp_diff *d)
{
	char *by = xasprintf("%+.0f instructions a fault (%+.2f %%)", j->diff,
			     j->percent);

	if (!d->exact) {
		const struct cmp_cell *odd = ref->exact ? c : ref;

		j->reason = odd->valid < 2 ?
			xasprintf("no verdict: %s in one boot; two can show that it is exact",
				  by) :
			xasprintf("no verdict: %s, but the boots %s: %s", by,
				  odd == ref ? "of the reference differ" : "differ",
				  odd->why);
	} else if (!j->diff) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: not one instruction, exact in %zu boots%s",
				      j->boots, d->same_code ?
				      ", and the handlers are equal" : "");
	} else if (d->same_code) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: the handlers are equal, %s is not theirs",
				      by);
	} else if (too_small(x->opt, j)) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference that counts: %s, exact in %zu boots",
				      by, j->boots);
	} else {
		j->is = direction(j->diff);
		j->reason = xasprintf("%s: %s, exact in %zu boots",
				      judged__name(j->is), by, j->boots);
	}
	free(by);
}

static void judge_exact_cell(struct judge *x, const struct comparison *c,
			     const struct cmp_row *row, size_t v)
{
	const struct cmp_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct cmp_diff *d = &row->diff[v];
	struct judgement one = {
		.base = intern(x->j, c->base),
		.profile = intern(x->j, c->profile),
		.variant = intern(x->j, c->variants.item[v]),
		.workload = intern(x->j, row->workload), .mode = "", .unit = "instructions",
		.ref = ref->usable ? ref->typical : NAN,
		.value = cell->usable ? cell->typical : NAN,
		.diff = NAN, .percent = NAN, .low = NAN, .high = NAN,
		.p = NAN, .p_holm = NAN, .shows = 1,
		.boots = ref->valid < cell->valid ? ref->valid : cell->valid,
		.same_code = d->same_code,
	};
	struct judgement *j = add(x, &one);

	j->reason = lacks(ref->usable, ref->skipped, ref->why, cell->usable,
			  cell->skipped, cell->why);
	if (j->reason)
		return;
	j->diff = d->typical;
	j->percent = d->typical_percent;
	exact_reason(x, j, ref, cell, d);
}

static void judge_exact(struct judge *x, const char *base, const char *profile)
{
	struct strlist all = { 0 };
	struct comparison c;

	compare__variants(x->run, base, profile, &all);
	c = compare__make(x->run, base, profile, x->opt->against, &all);
	for (size_t r = 0; r < c.nr_rows; r++) {
		for (size_t v = 1; v < c.variants.nr; v++)
			judge_exact_cell(x, &c, &c.row[r], v);
	}
	x->j->aa_pairs += c.aa_pairs;
	x->j->aa_differ += c.aa_pairs - c.aa_zero;
	compare__free(&c);
	strlist__free(&all);
}

/* Noisy: cycles, a figure a layout, paired. */

/* What noise alone may be: of two copies of the same code, and of this one. */
static double could_show(const struct noisy_value *aa, const struct bootstrap *b)
{
	return fmax(noisy__reach(aa), (b->high - b->low) / 2);
}

/*
 * Whatever the verdict needs of the other ones of the table comes when all are
 * there; here the difference and its p.
 */
static void judge_noisy_cell(struct judge *x, const struct noisy_row *row,
			     enum cycles_mode m, size_t v)
{
	const struct noisy_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct noisy_diff *d = &row->diff[m][v];
	const struct noisy_term term[] = { { cell, 1 }, { ref, -1 } };
	double *each = xcalloc(x->run->nr + 1, sizeof(*each));
	struct judgement one = {
		.base = intern(x->j, cell->base),
		.profile = intern(x->j, cell->profile),
		.variant = intern(x->j, cell->variant),
		.workload = intern(x->j, row->workload),
		.mode = m == CYCLES_HOT ? "hot" : "cold", .unit = "TSC cycles",
		.ref = ref->mode[m].layouts ? ref->mode[m].value : NAN,
		.value = cell->mode[m].layouts ? cell->mode[m].value : NAN,
		.diff = NAN, .percent = NAN, .low = NAN, .high = NAN,
		.p = NAN, .p_holm = NAN, .shows = NAN,
		.same_code = d->same_code,
	};
	struct judgement *j = add(x, &one);
	struct bootstrap b;
	struct rank_test t;
	size_t unpaired;

	j->reason = lacks(ref->usable, ref->skipped, ref->why, cell->usable,
			  cell->skipped, cell->why);
	if (j->reason) {
		free(each);
		return;
	}
	j->boots = noisy__each(x->run, m, term, ARRAY_SIZE(term), each,
			       &unpaired);
	bootstrap__paired(each, j->boots, NOISY_CONFIDENCE, x->opt->seed, &b);
	if (j->boots)
		rank__signed(each, j->boots, &t);
	free(each);
	if (!j->boots) {
		j->reason = xasprintf("no verdict: %s", d->by.why);
		return;
	}
	j->diff = b.median;
	j->percent = 100 * b.median / j->ref;
	j->low = b.low;
	j->high = b.high;
	j->p = t.p;
	j->shows = could_show(&row->own[m].by, &b);
}

static void judge_noisy(struct judge *x, const char *base, const char *profile)
{
	struct strlist all = { 0 };
	struct noisy_comparison c;

	compare__variants(x->run, base, profile, &all);
	c = noisy_compare__make(x->run, base, profile, x->opt->against, &all);
	for (size_t r = 0; r < c.nr_rows; r++) {
		for (int m = 0; m < NR_CYCLES_MODES; m++) {
			const struct noisy_value *aa = &c.row[r].own[m].by;

			if (!c.set.has[m])
				continue;
			for (size_t v = 1; v < c.variants.nr; v++)
				judge_noisy_cell(x, &c.row[r], m, v);
			if (!aa->layouts || !isfinite(aa->half))
				continue;
			x->j->aa_pairs++;
			x->j->aa_differ += fabs(aa->value) > aa->half;
		}
	}
	noisy_compare__free(&c);
	strlist__free(&all);
}

/* How many layouts could reach p < ALPHA beside so many other comparisons. */
static size_t layouts_needed(size_t comparisons)
{
	return rank__pairs_needed(ALPHA / comparisons);
}

static void noisy_verdict(const struct judge *x, struct judgement *j,
			  size_t comparisons)
{
	const size_t need = layouts_needed(comparisons);
	char *by = xasprintf("%+.1f TSC cycles a fault %s (%+.2f %%)", j->diff,
			     j->mode, j->percent);
	char *how = xasprintf("%+.1f .. %+.1f, p %.2g%s in %zu layouts", j->low,
			      j->high, j->p_holm, comparisons > 1 ?
			      " (Holm)" : "", j->boots);

	if (j->same_code) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference: the handlers are equal, %s is noise",
				      by);
	} else if (j->boots < need) {
		j->reason = xasprintf("no verdict: %zu layouts cannot reach p < %.2f beside %zu other comparisons; %zu can",
				      j->boots, ALPHA, comparisons - 1, need);
	} else if (!isfinite(j->shows)) {
		j->reason = xasprintf("no verdict: %s, but no second copy of the same code says what is noise",
				      by);
	} else if (j->p_holm >= ALPHA || j->low * j->high <= 0) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference shown: %s, %s", by, how);
	} else if (fabs(j->diff) <= j->shows) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference shown: %s is not above the %.1f of the same code twice (A/A)",
				      by, j->shows);
	} else if (too_small(x->opt, j)) {
		j->is = JUDGED_SAME;
		j->reason = xasprintf("no difference that counts: %s, %s", by,
				      how);
	} else {
		j->is = direction(j->diff);
		j->reason = xasprintf("%s: %s, %s", judged__name(j->is), by,
				      how);
	}
	free(how);
	free(by);
}

/* Of all comparisons with a p, so that one in twenty is not found by trying. */
static void correct(struct judge *x)
{
	struct judgements *j = x->j;
	double *p = xcalloc(2 * j->nr + 1, sizeof(*p)), *holm = p + j->nr;
	size_t comparisons = 0;

	for (size_t i = 0; i < j->nr; i++) {
		p[i] = j->item[i].same_code ? NAN : j->item[i].p;
		comparisons += !isnan(p[i]);
	}
	if (holm__adjust(p, j->nr, holm))
		die(EXIT_INTERNAL, "no memory to judge %zu comparisons", j->nr);
	for (size_t i = 0; i < j->nr; i++) {
		if (j->item[i].reason)
			continue;
		j->item[i].p_holm = holm[i];
		noisy_verdict(x, &j->item[i], comparisons ?: 1);
	}
	free(p);
}

/* One variant's verdicts in the run's first table. */
struct tally {
	size_t nr[NR_JUDGED];
	const struct judgement *best, *worst;
};

static struct tally tally_of(const struct judgements *j, const char *base,
			     const char *profile, const char *variant)
{
	struct tally t = { 0 };

	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (strcmp(k->base, base) || strcmp(k->profile, profile) ||
		    strcmp(k->variant, variant))
			continue;
		t.nr[k->is]++;
		if (k->is == JUDGED_BETTER &&
		    (!t.best || k->percent < t.best->percent))
			t.best = k;
		if (k->is == JUDGED_WORSE &&
		    (!t.worst || k->percent > t.worst->percent))
			t.worst = k;
	}
	return t;
}

static char *where(const struct judgement *k)
{
	return xasprintf("%+.2f %% in %s%s%s", k->percent, k->workload,
			 *k->mode ? " " : "", k->mode);
}

/* "faster in 12 of 14 (most -1.28 % in touch-write), slower in 2 (...)" */
static char *tally_words(const struct tally *t)
{
	const size_t of = t->nr[JUDGED_SAME] + t->nr[JUDGED_BETTER] +
			  t->nr[JUDGED_WORSE];
	struct strlist parts = { 0 };
	char *part, *all;

	for (int i = JUDGED_BETTER; i <= JUDGED_WORSE; i++) {
		char *most;

		if (!t->nr[i])
			continue;
		most = where(i == JUDGED_BETTER ? t->best : t->worst);
		part = xasprintf("%s in %zu of %zu (most %s)", judged__name(i),
				 t->nr[i], of, most);
		strlist__add(&parts, part);
		free(part);
		free(most);
	}
	if (!parts.nr)
		strlist__add(&parts, of ? "no different anywhere" :
			     "without a verdict");
	all = strlist__join(&parts, ", ");
	strlist__free(&parts);
	return all;
}

/* Of the table that matters most: the default base, the first profile. */
static void answer(struct judge *x, const char *base, const char *profile,
		   const struct strlist *variants)
{
	struct strlist parts = { 0 };
	char *all;

	for (size_t v = 1; v < variants->nr; v++) {
		struct tally t = tally_of(x->j, base, profile,
					  variants->item[v]);
		char *words = tally_words(&t);
		char *part = xasprintf("%s is %s", variants->item[v], words);

		strlist__add(&parts, part);
		free(part);
		free(words);
	}
	all = strlist__join(&parts, "; ");
	x->j->answer = variants->nr > 1 ?
		xasprintf("Against %s on %s, profile %s: %s.",
			  variants->item[0], base, profile, all) :
		xasprintf("There is nothing to compare: of %s, profile %s, the run has %s alone.",
			  base, profile, variants->nr ? variants->item[0] : "no variant");
	free(all);
	strlist__free(&parts);
}

static void judge_base(struct judge *x, const char *base, bool noisy)
{
	struct strlist profiles = { 0 };

	compare__profiles(x->run, base, &profiles);
	for (size_t i = 0; i < profiles.nr; i++) {
		if (noisy)
			judge_noisy(x, intern(x->j, base),
				    intern(x->j, profiles.item[i]));
		else
			judge_exact(x, intern(x->j, base),
				    intern(x->j, profiles.item[i]));
	}
	strlist__free(&profiles);
}

static void say_answer(struct judge *x, const struct strlist *bases)
{
	struct strlist profiles = { 0 }, order = { 0 };
	const char *base;

	if (!bases->nr) {
		x->j->answer = xstrdup("The run has no record yet.");
		return;
	}
	base = strlist__has(bases, DEFAULT_BASE) ? DEFAULT_BASE : bases->item[0];
	compare__profiles(x->run, base, &profiles);
	compare__order(x->run, base, profiles.item[0], x->opt->against, NULL,
		       &order);
	answer(x, base, profiles.item[0], &order);
	strlist__free(&order);
	strlist__free(&profiles);
}

void judge__run(struct judgements *j, const struct run *run,
		const struct judge_options *o)
{
	struct judge x = { j, run, o };
	struct strlist bases = { 0 };

	*j = (struct judgements) { 0 };
	compare__bases(run, &bases);
	for (size_t i = 0; run->nr && i < bases.nr; i++)
		judge_base(&x, bases.item[i], record__noisy(run->record[0]));
	correct(&x);
	for (size_t i = 0; i < j->nr; i++)
		j->count[j->item[i].is]++;
	say_answer(&x, &bases);
	strlist__free(&bases);
}

void judgements__free(struct judgements *j)
{
	for (size_t i = 0; i < j->nr; i++)
		free(j->item[i].reason);
	free(j->item);
	free(j->answer);
	strlist__free(&j->names);
	*j = (struct judgements) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/* A run in one sentence, over its judgements; see judge.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "judge_priv.h"

/*
 * A workload and mode of one table: its judgements stand together, variants in the
 * same order in each. same_as: the first row with the same figures; itself, if none.
 */
struct row {
	const struct judgement *k;
	size_t nr, same_as;
};

struct rows {
	struct row *item;
	size_t nr, distinct;
};

/* Of exact figures: the reference's, and every variant's difference to it. */
static bool same_figures(const struct row *a, const struct row *b)
{
	if (a->nr != b->nr || *a->k->mode || *b->k->mode)
		return false;
	for (size_t i = 0; i < a->nr; i++) {
		const struct judgement *x = &a->k[i], *y = &b->k[i];

		/* NAN, which is no figure, equals none */
		if (strcmp(x->variant, y->variant) || x->is != y->is ||
		    !(x->ref == y->ref) || !(x->diff == y->diff))
			return false;
	}
	return true;
}

static struct rows rows_of(const struct judgements *j, size_t first,
			   const char *base, const char *profile)
{
	struct rows r = { .item = xcalloc(j->nr + 1, sizeof(*r.item)) };

	for (size_t i = first; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];
		struct row *last = r.nr ? &r.item[r.nr - 1] : NULL;

		if (strcmp(k->base, base) || strcmp(k->profile, profile))
			continue;
		if (last && !strcmp(last->k->workload, k->workload) &&
		    !strcmp(last->k->mode, k->mode))
			last->nr++;
		else
			r.item[r.nr++] = (struct row) { .k = k, .nr = 1 };
	}
	for (size_t i = 0; i < r.nr; i++) {
		size_t s = 0;

		while (s < i && !same_figures(&r.item[s], &r.item[i]))
			s++;
		r.item[i].same_as = s;
		r.distinct += s == i;
	}
	return r;
}

/* One variant's verdicts in one table; rows with the same figures are one. */
struct tally {
	size_t nr[NR_JUDGED];
	const struct judgement *best, *worst;
	const struct judgement *most;	/* of those without a word, nearest to one */
	bool modes;		/* figures are hot and cold ones */
	bool grouped;		/* some rows are one */
};

static const struct judgement *in_row(const struct row *row, const char *variant)
{
	for (size_t i = 0; i < row->nr; i++) {
		if (!strcmp(row->k[i].variant, variant))
			return &row->k[i];
	}
	return NULL;
}

/* A difference in units of its interval. */
static double nearness(const struct judgement *k)
{
	return fabs(k->diff) / (k->high - k->low);
}

static struct tally tally_of(const struct rows *r, const char *variant)
{
	struct tally t = { .grouped = r->distinct < r->nr };

	for (size_t i = 0; i < r->nr; i++) {
		const struct judgement *k = in_row(&r->item[i], variant);

		if (!k || r->item[i].same_as != i)
			continue;
		t.nr[k->is]++;
		t.modes |= *k->mode;
		if (k->is == JUDGED_SAME && *k->mode && k->low < k->high &&
		    (!t.most || nearness(k) > nearness(t.most)))
			t.most = k;
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

/* Of noisy figures that all have no word, the one that is nearest to one. */
static char *unshown(const struct tally *t)
{
	const struct judgement *k = t->most;

	return !k ? xstrdup("not shown to differ anywhere") :
	       xasprintf("not shown to differ anywhere (nearest: %+.1f %s per fault in %s %s, 95 %% interval %+.1f .. %+.1f)",
			 k->diff, k->unit, k->workload, k->mode, k->low, k->high);
}

/*
 * "is faster in 12 of 14 hot and cold figures (most -1.28 % in touch-write hot),
 * slower in 2 (...), no verdict in 1"; "executes fewer instructions in ...", of
 * workloads, or of distinct results where some workloads are one
 */
static char *tally_words(const struct tally *t)
{
	const size_t of = t->nr[JUDGED_SAME] + t->nr[JUDGED_BETTER] +
			  t->nr[JUDGED_WORSE];
	const char *what = t->modes ? "hot and cold figures" :
			   t->grouped ? of == 1 ? "distinct result" :
			   "distinct results" :
			   of == 1 ? "workload" : "workloads";
	const char *verb = "is";
	struct strlist parts = { 0 };
	char *part, *all, *words;

	for (int i = JUDGED_BETTER; i <= JUDGED_WORSE; i++) {
		char *most;

		if (!t->nr[i])
			continue;
		most = where(i == JUDGED_BETTER ? t->best : t->worst);
		part = parts.nr ? xasprintf("%s in %zu (most %s)",
					    judged__name(i, t->modes), t->nr[i], most) :
			xasprintf("%s%s in %zu of %zu %s (most %s)",
				  judged__name(i, t->modes), t->modes ? "" :
				  " instructions", t->nr[i], of, what, most);
		verb = t->modes ? "is" : "executes";
		strlist__add(&parts, part);
		free(part);
		free(most);
	}
	if (!parts.nr) {
		part = of && t->modes ? unshown(t) :
		       xstrdup(of ? "no different anywhere" : "without a verdict");
		strlist__add(&parts, part);
		free(part);
	}
	if (of && t->nr[JUDGED_NONE]) {
		part = xasprintf("no verdict in %zu", t->nr[JUDGED_NONE]);
		strlist__add(&parts, part);
		free(part);
	}
	all = strlist__join(&parts, ", ");
	words = xasprintf("%s %s", verb, all);
	free(all);
	strlist__free(&parts);
	return words;
}

/* "a, b and c", where the first of them is not alone. */
static void add_group(struct strlist *groups, const struct rows *r, size_t first)
{
	char *all = xstrdup(r->item[first].k->workload);
	size_t last = first;

	for (size_t i = first + 1; i < r->nr; i++)
		last = r->item[i].same_as == first ? i : last;
	for (size_t i = first + 1; i < r->nr; i++) {
		char *longer;

		if (r->item[i].same_as != first)
			continue;
		longer = xasprintf("%s%s%s", all, i == last ? " and " : ", ",
				   r->item[i].k->workload);
		free(all);
		all = longer;
	}
	if (last != first)
		strlist__add(groups, all);
	free(all);
}

/* " a, b and c are one result: their figures are equal in every variant."; or "". */
static char *group_words(const struct rows *r)
{
	struct strlist groups = { 0 };
	char *all, *words;

	for (size_t i = 0; i < r->nr; i++) {
		if (r->item[i].same_as == i)
			add_group(&groups, r, i);
	}
	all = strlist__join(&groups, " are one result; so are ");
	words = groups.nr ?
		xasprintf(groups.nr == 1 ?
			  " %s are one result: their figures are equal in every variant." :
			  " %s: their figures are equal in every variant.",
			  all) : xstrdup("");
	free(all);
	strlist__free(&groups);
	return words;
}

static void answer(struct judge *x, const char *base, const char *profile,
		   const struct strlist *variants)
{
	struct rows rows = rows_of(x->j, x->first, base, profile);
	struct strlist parts = { 0 };
	char *all, *groups = group_words(&rows);

	for (size_t v = 1; v < variants->nr; v++) {
		struct tally t = tally_of(&rows, variants->item[v]);
		char *words = tally_words(&t);
		char *part = xasprintf("%s %s", variants->item[v], words);

		strlist__add(&parts, part);
		free(part);
		free(words);
	}
	all = strlist__join(&parts, "; ");
	x->j->answer = variants->nr > 1 ?
		xasprintf("Against %s on %s, profile %s: %s.%s",
			  variants->item[0], base, profile, all, groups) :
		xasprintf("There is nothing to compare: of %s, profile %s, the run has %s alone.",
			  base, profile, variants->item[0]);
	free(rows.item);
	free(groups);
	free(all);
	strlist__free(&parts);
}

/* Of this base's first profile that has the reference, if one has. */
static int answer_of_base(struct judge *x, const char *base)
{
	struct strlist profiles = { 0 }, order = { 0 };
	int r = 0;

	compare__profiles(x->run, base, &profiles);
	for (size_t i = 0; i < profiles.nr && !x->j->answer && !r; i++) {
		if (!judge__has_reference(x, base, profiles.item[i]))
			continue;
		r = compare__order(x->run, base, profiles.item[i],
				   x->opt->against, NULL, &order, x->err);
		if (!r)
			answer(x, base, profiles.item[i], &order);
	}
	strlist__free(&order);
	strlist__free(&profiles);
	return r;
}

/* The table that matters most: the default base, its first profile. */
int judge__answer(struct judge *x, const struct strlist *bases)
{
	int r = 0;

	if (strlist__has(bases, DEFAULT_BASE))
		r = answer_of_base(x, DEFAULT_BASE);
	for (size_t i = 0; i < bases->nr && !x->j->answer && !r; i++)
		r = answer_of_base(x, bases->item[i]);
	if (!x->j->answer && !r)
		x->j->answer = xstrdup("There is nothing to compare: the run has no reference.");
	return r;
}

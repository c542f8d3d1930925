// SPDX-License-Identifier: GPL-2.0
/* A run in one sentence, over its judgements; see judge.h. */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "judge_priv.h"

/* One variant's verdicts in one table. */
struct tally {
	size_t nr[NR_JUDGED];
	const struct judgement *best, *worst;
	bool modes;		/* figures are hot and cold ones */
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
		t.modes |= *k->mode;
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

/*
 * "is faster in 12 of 14 hot and cold figures (most -1.28 % in touch-write hot),
 * slower in 2 (...), no verdict in 1"; "executes fewer instructions in ..."
 */
static char *tally_words(const struct tally *t)
{
	const size_t of = t->nr[JUDGED_SAME] + t->nr[JUDGED_BETTER] +
			  t->nr[JUDGED_WORSE];
	const char *what = t->modes ? "hot and cold figures" :
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
	if (!parts.nr)
		strlist__add(&parts, !of ? "without a verdict" : t->modes ?
			     "not shown to differ anywhere" :
			     "no different anywhere");
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

static void answer(struct judge *x, const char *base, const char *profile,
		   const struct strlist *variants)
{
	struct strlist parts = { 0 };
	char *all;

	for (size_t v = 1; v < variants->nr; v++) {
		struct tally t = tally_of(x->j, base, profile,
					  variants->item[v]);
		char *words = tally_words(&t);
		char *part = xasprintf("%s %s", variants->item[v], words);

		strlist__add(&parts, part);
		free(part);
		free(words);
	}
	all = strlist__join(&parts, "; ");
	x->j->answer = variants->nr > 1 ?
		xasprintf("Against %s on %s, profile %s: %s.",
			  variants->item[0], base, profile, all) :
		xasprintf("There is nothing to compare: of %s, profile %s, the run has %s alone.",
			  base, profile, variants->item[0]);
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

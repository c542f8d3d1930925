// SPDX-License-Identifier: GPL-2.0
/*
 * Noisy cells: cycles, one figure per layout, paired; see judge.h. The word is
 * that of paired_word.h; here stands the reason.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "judge_priv.h"
#include "noisy_compare.h"
#include "word_reason.h"

/* Why the interval, though it excludes 0, is not far enough from it. */
static char *too_near(const struct paired_word *w, const char *by,
		      const char *how)
{
	switch (w->why) {
	case WORD_WITHIN_AA:
		return xasprintf("no difference shown: %s, %s: not all of it is above the %.1f of the same code twice (A/A)",
				 by, how, w->delta);
	case WORD_WITHIN_QUANTUM:
		return xasprintf("no difference shown: %s, %s: not all of it is above the %.1f in which the TSC counts",
				 by, how, w->delta);
	default:
		return xasprintf("no difference that counts: %s, %s; less than %.1f does not",
				 by, how, w->delta);
	}
}

static char *reason_of(const struct judge *x, const struct judgement *j,
		       const struct noisy_diff *d, enum cycles_mode m)
{
	const struct noisy_control *c = &x->rule.control[m];
	const struct paired_word *w = &d->word;
	char *by = xasprintf("%+.1f TSC cycles per %s fault (%+.2f %%)", j->diff,
			     j->mode, j->percent);
	char *how = word_reason__how(w, x->rule.comparisons, 1, "layouts"), *reason;

	switch (w->why) {
	case WORD_SAID:
		reason = xasprintf("%s: %s, %s", paired_word__text(w->is), by, how);
		break;
	case WORD_NO_PAIR:
		reason = xasprintf("no verdict: %s", d->by.why);
		break;
	case WORD_SAME_CODE:
		reason = xasprintf("no difference: the handlers are equal, %s is noise",
				   by);
		break;
	case WORD_CONTROL:
		reason = xasprintf("no verdict: %s, but the run's control failed: %zu of %zu pairs of cells that execute the same code differ",
				   by, c->differ, c->intervals);
		break;
	case WORD_TOO_FEW:
		reason = word_reason__too_few(w, x->rule.comparisons, "layout");
		break;
	case WORD_NO_AA:
		reason = xasprintf("no verdict: %s, but no second copy of the same code says what is noise",
				   by);
		break;
	case WORD_ZERO:
		reason = xasprintf("no difference shown: %s, %s; this run can resolve %.1f or more",
				   by, how, w->shows);
		break;
	default:
		reason = too_near(w, by, how);
		break;
	}
	free(how);
	free(by);
	return reason;
}

static void judge_cell(struct judge *x, const struct noisy_comparison *c,
		       const struct noisy_row *row, enum cycles_mode m,
		       size_t v)
{
	const struct noisy_cell *ref = &row->cell[0], *cell = &row->cell[v];
	const struct noisy_diff *d = &row->diff[m][v];
	struct judgement *j = judge__add(x, c->base, c->profile,
					 c->variants.item[v], row->workload,
					 c->variants.item[0]);

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
	j->boots = d->word.n;
	j->diff = d->word.value;
	j->percent = d->by.layouts ? d->by.percent : NAN;
	j->low = d->word.low;
	j->high = d->word.high;
	j->run_low = d->word.run_low;
	j->run_high = d->word.run_high;
	j->p = d->p;
	j->shows = d->word.shows;
	j->is = word_reason__judged(&d->word);
	j->reason = reason_of(x, j, d, m);
}

/* One cell's second copy may stand for many profiles, and is one pair. */
static void count_aa(struct judge *x, const char *base, const char *profile,
		     const char *variant, const char *workload,
		     enum cycles_mode m, const struct noisy_value *by)
{
	char *key;

	if (!by->layouts || isnan(by->low))
		return;
	key = xasprintf("%s\n%s\n%s\n%s\n%d", base, profile, variant, workload, m);
	if (!strlist__has(&x->aa, key)) {
		strlist__add(&x->aa, key);
		x->j->aa_pairs++;
		x->j->aa_differ += by->low > 0 || by->high < 0;
	}
	free(key);
}

/* Of the row's own cells, and of the one that stands for its reference. */
static void count_row(struct judge *x, const struct noisy_comparison *c,
		      const struct noisy_row *row, enum cycles_mode m)
{
	const struct noisy_own *own = &row->own[m];

	count_aa(x, c->base, own->profile, own->variant, row->workload, m,
		 &own->by);
	for (size_t v = 1; v < c->variants.nr; v++) {
		const struct noisy_value by = noisy__aa(x->run, m, &row->cell[v]);

		count_aa(x, c->base, c->profile, c->variants.item[v],
			 row->workload, m, &by);
	}
}

int judge__noisy(struct judge *x, const char *base, const char *profile)
{
	struct strlist all = { 0 };
	struct noisy_comparison c;
	int r;

	compare__variants(x->run, base, profile, &all);
	r = noisy_compare__make(&c, x->run, &x->rule, base, profile,
				x->opt->against, &all, x->err);
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
			count_row(x, &c, &c.row[i], m);
		}
	}
	noisy_compare__free(&c);
	return 0;
}

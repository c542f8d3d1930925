// SPDX-License-Identifier: GPL-2.0
/*
 * Two cells as pairs of faults, and what figures a cell has; see compare.h.
 */
#include <stdlib.h>

#include "compare.h"
#include "paired.h"

/* More of the pairs than this have the difference that is said. */
#define MOST_PAIRS	0.5
/* Beyond the first, figures are named that this share of the faults has. */
#define MODE_LEAST	0.1

static struct paired_hist hist_of(const struct bin *bin, size_t nr)
{
	uint64_t *at = xcalloc(2 * nr + 1, sizeof(*at));

	for (size_t i = 0; i < nr; i++) {
		at[i] = bin[i].ticks;
		at[nr + i] = bin[i].count;
	}
	return (struct paired_hist) { at, at + nr, nr };
}

struct cmp_pair compare__pair_bins(const struct bin *a, size_t nr_a,
				   const struct bin *b, size_t nr_b)
{
	struct paired_hist x = hist_of(a, nr_a), y = hist_of(b, nr_b);
	struct cmp_pair c = { 0 };
	struct paired p;

	if (!paired__hists(&p, &x, &y)) {
		c.made = true;
		c.diff = p.mode;
		c.share = (double)p.mode_count / p.n;
		c.shared = c.share > MOST_PAIRS;
		c.mean = p.trimmed;
		c.least = p.least;
		c.most = p.most;
	}
	free((void *)x.value);
	free((void *)y.value);
	return c;
}

static struct cmp_pair pair_faults(const struct record *a, const struct record *b)
{
	size_t nr_a, nr_b;
	struct bin *x = record__fault_bins(a, &nr_a);
	struct bin *y = record__fault_bins(b, &nr_b);
	struct cmp_pair c = compare__pair_bins(x, nr_a, y, nr_b);

	free(x);
	free(y);
	return c;
}

struct cmp_pair compare__pair(const struct record *a, const struct record *b)
{
	const int64_t d = (int64_t)(b->total - a->total);

	if (a->events != b->events)
		return (struct cmp_pair) { 0 };
	if (a->events)
		return pair_faults(a, b);
	return (struct cmp_pair) {
		.made = true, .shared = true, .diff = d, .share = 1, .mean = d,
		.least = d, .most = d,
	};
}

uint64_t compare__fault(const struct cmp_cell *c)
{
	return c->several ? c->hist.median : c->typical;
}

size_t compare__modes(const struct cmp_cell *c, struct cmp_mode mode[CMP_MODES])
{
	size_t nr = 0, nr_bins = 0;
	struct bin *bin = c->first ? record__fault_bins(c->first, &nr_bins) : NULL;

	for (size_t i = 0; i < nr_bins; i++) {
		const struct cmp_mode m = {
			bin[i].ticks, (double)bin[i].count / c->hist.n
		};
		size_t at = nr < CMP_MODES ? nr++ : CMP_MODES;

		for (; at && m.share > mode[at - 1].share; at--) {
			if (at < CMP_MODES)
				mode[at] = mode[at - 1];
		}
		if (at < CMP_MODES)
			mode[at] = m;
	}
	free(bin);
	while (nr > 1 && mode[nr - 1].share < MODE_LEAST)
		nr--;
	return nr;
}

char *compare__modes_text(const struct cmp_cell *c)
{
	struct cmp_mode mode[CMP_MODES];
	const size_t nr = compare__modes(c, mode);
	struct strlist parts = { 0 };
	char *all;

	for (size_t i = 0; i < nr; i++) {
		char *one = xasprintf("%llu (%.0f %%)",
				      (unsigned long long)mode[i].ticks,
				      100 * mode[i].share);

		strlist__add(&parts, one);
		free(one);
	}
	all = strlist__join(&parts, ", ");
	strlist__free(&parts);
	return all;
}

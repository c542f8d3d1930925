// SPDX-License-Identifier: GPL-2.0
/* See false_alarms.h. */
#include <string.h>

#include "false_alarms.h"
#include "rigs.h"

/* What `make simulate` prints; it and the test fail where it is not that. */
const struct false_alarms false_alarm_cases[FALSE_ALARM_CASES] = {
	{ 6, 1, 0, 2 }, { 6, 6, 0, 0 }, { 6, 30, 0, 0 }, { 6, 120, 0, 0 },
	{ 12, 1, 0, 9 }, { 12, 6, 0, 18 }, { 12, 30, 0, 71 }, { 12, 120, 0, 0 },
	{ 24, 1, 0, 9 }, { 24, 6, 0, 28 }, { 24, 30, 0, 77 }, { 24, 120, 0, 224 },
};

static size_t layouts_of(size_t i)
{
	return false_alarm_cases[i].layouts;
}

static size_t comparisons_of(size_t i)
{
	return false_alarm_cases[i].comparisons;
}

/* The largest measured figure up to n, and the smallest from n on. */
static void neighbours(size_t (*figure)(size_t), size_t n, size_t *below,
		       size_t *above)
{
	*below = 0;
	*above = SIZE_MAX;
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++) {
		const size_t x = figure(i);

		if (x <= n && x > *below)
			*below = x;
		if (x >= n && x < *above)
			*above = x;
	}
	*below = *below ?: *above;
	*above = *above == SIZE_MAX ? *below : *above;
}

struct false_alarms false_alarms__around(size_t layouts, size_t comparisons)
{
	struct false_alarms worst = { layouts, comparisons, 0, 0 };
	size_t l[2], c[2];

	neighbours(layouts_of, layouts, &l[0], &l[1]);
	neighbours(comparisons_of, comparisons, &c[0], &c[1]);
	for (size_t i = 0; i < FALSE_ALARM_CASES; i++) {
		const struct false_alarms *x = &false_alarm_cases[i];

		if ((x->layouts != l[0] && x->layouts != l[1]) ||
		    (x->comparisons != c[0] && x->comparisons != c[1]))
			continue;
		if (x->independent > worst.independent)
			worst.independent = x->independent;
		if (x->related > worst.related)
			worst.related = x->related;
	}
	return worst;
}

/* Valid boots, or layouts, of the cell that has most. */
static size_t most_boots(const struct run *run)
{
	size_t most = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		size_t first = run__first(run, r->base, r->variant, r->profile,
					  r->workload);
		size_t n = 0;

		for (size_t k = first; first == i && k < run->nr;
		     k = run__next(run, k))
			n += record__valid(run->record[k]) &&
			     !strcmp(run->record[k]->rig, r->rig);
		most = n > most ? n : most;
	}
	return most;
}

static bool has_aa(const struct run *run)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct cycles *c = run->record[i]->cycles;

		for (size_t m = 0; c && m < NR_CYCLES_MODES; m++) {
			if (c->mode[m].aa)
				return true;
		}
	}
	return false;
}

char *false_alarms__text(const struct run *run, size_t comparisons)
{
	const char *rig = run->record[0]->rig, *unit = rigs__facts(rig)->unit;
	const size_t boots = most_boots(run);
	const char *row = rigs__facts(rig)->name;	/* of all its CPU models */
	char *kind = xasprintf("rig %s, %zu %s%s per cell", *row ? row : rig, boots,
			       unit, boots == 1 ? "" : "s");
	struct false_alarms f = { 0 };
	char *text;

	if (record__noisy(run->record[0]) && has_aa(run))
		f = false_alarms__around(boots, comparisons);
	text = xasprintf(f.related ?
		"Of 1,000 equal runs of this kind (%s, %zu comparisons) %u would have had a word; %u, were a layout's noise 0.8 of the one before (make simulate)." :
		record__noisy(run->record[0]) ?
		"Of 1,000 equal runs of this kind (%s, %zu comparisons) %u would have had a word (make simulate)." :
		"Of 1,000 equal runs of this kind (%s, exact) 0 would have had a word (make simulate).",
		kind, comparisons, f.independent, f.related);
	free(kind);
	return text;
}

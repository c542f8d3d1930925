// SPDX-License-Identifier: GPL-2.0
/*
 * Exactness of cells; see exact.h.
 */
#include <math.h>
#include <stdlib.h>

#include "compare.h"
#include "exact.h"

/* Is there one of the same seed among the first nr? */
static bool seed_is_new(const struct boots *b, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (record__valid(b->record[i]) &&
		    record__seed(b->record[i]) == record__seed(b->record[nr]))
			return false;
	}
	return true;
}

/* The valid boots against the first: replays by the bit, others by their pairs. */
static void hold_together(struct boots *b)
{
	const struct record *first = NULL;

	b->repeats = true;
	b->exact = b->nr >= 2 && b->valid == b->nr;
	for (size_t i = 0; i < b->nr; i++) {
		const struct record *r = b->record[i];
		struct cmp_pair p;

		if (!record__valid(r))
			continue;
		b->seeds += seed_is_new(b, i);
		for (size_t k = 0; k < i; k++) {
			if (record__valid(b->record[k]) &&
			    record__seed(b->record[k]) == record__seed(r))
				b->repeats &= record__bit_equal(b->record[k], r);
		}
		first = first ?: r;
		p = compare__pair(first, r);
		b->exact &= p.made;
		b->low = fmin(b->low, fmin(p.diff, p.mean));
		b->high = fmax(b->high, fmax(p.diff, p.mean));
	}
	b->exact &= b->repeats && !b->low && !b->high;
}

struct boots boots__of(const struct run *run, const struct record *r)
{
	struct boots b = { 0 };
	size_t skips = 0, room = 0;

	for (size_t i = run__first(run, r->base, r->variant, r->profile,
				   r->workload);
	     i < run->nr; i = run__next(run, i))
		room++;
	b.record = xcalloc(room + 1, sizeof(*b.record));
	for (size_t i = run__first(run, r->base, r->variant, r->profile,
				   r->workload);
	     i < run->nr; i = run__next(run, i)) {
		if (!record__same_cell(run->record[i], r))
			continue;
		b.record[b.nr++] = run->record[i];
		b.valid += record__valid(run->record[i]);
		skips += run->record[i]->outcome == OUTCOME_SKIP;
	}
	b.skipped = b.nr && skips == b.nr;
	hold_together(&b);
	return b;
}

void boots__free(struct boots *b)
{
	free(b->record);
	*b = (struct boots) { 0 };
}

static void count_noisy(struct exactness *e, const struct boots *b)
{
	e->noisy++;
	e->measured += b->valid > 0;
	e->noisy_skipped += b->skipped;
	if (b->valid > e->layouts)
		e->layouts = b->valid;
}

struct exactness exact__count(const struct run *run)
{
	struct exactness e = { 0 };

	for (size_t i = 0; i < run->nr; i++) {
		struct boots b = boots__of(run, run->record[i]);

		if (b.record[0] == run->record[i] &&
		    record__noisy(run->record[i])) {
			count_noisy(&e, &b);
		} else if (b.record[0] == run->record[i]) {
			e.cells++;
			e.exact += b.exact;
			e.replayed += b.exact && b.seeds == 1;
			if (b.exact && b.seeds > e.seeds)
				e.seeds = b.seeds;
			e.skipped += b.skipped;
		}
		boots__free(&b);
	}
	return e;
}

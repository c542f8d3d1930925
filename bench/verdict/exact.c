// SPDX-License-Identifier: GPL-2.0
/*
 * Exactness of cells; see exact.h.
 */
#include <stdlib.h>

#include "exact.h"

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
	b.exact = b.nr >= 2 && b.valid == b.nr;
	for (size_t i = 1; i < b.nr && b.exact; i++)
		b.exact = record__bit_equal(b.record[0], b.record[i]);
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
			e.skipped += b.skipped;
		}
		boots__free(&b);
	}
	return e;
}

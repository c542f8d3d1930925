// SPDX-License-Identifier: GPL-2.0
/*
 * Effects of any set of factors in instructions; see effects.h.
 */
#include <stdlib.h>

#include "effects.h"

/* A sum over pairs of what most pairs of their faults differ by. */
static struct effect_value value_of(const struct levels_effect *e,
				    const struct cmp_cell *cell)
{
	struct effect_value v = { .made = true, .identical = e->factors == 1 };

	for (size_t i = 0; i < e->nr; i++) {
		const struct levels_pair *p = &e->pair[i];
		const struct cmp_diff d = compare__diff(&cell[p->from],
							&cell[p->to]);

		v.made &= d.comparable;
		v.varies |= d.comparable && !d.by.shared;
		v.identical &= d.same_handler;
		v.by += p->weight * d.by.diff;
	}
	return v;
}

static void fill_row(struct effects *x, const struct run *run,
		     const char *workload)
{
	struct effects_row *row = &x->row[x->nr_rows++];
	const struct levels *l = &x->levels;

	row->workload = workload;
	row->cell = xcalloc(l->nr_cells + 1, sizeof(*row->cell));
	row->value = xcalloc(l->nr_effects + 1, sizeof(*row->value));
	for (size_t i = 0; i < l->nr_cells; i++) {
		struct cmp_cell *c = &row->cell[i];

		*c = compare__cell(run, l->base, l->cell[i].profile,
				   l->cell[i].variant, workload);
		x->cells++;
		x->usable += c->usable;
		x->exact += c->exact;
		x->skipped += c->skipped;
	}
	for (size_t i = 0; i < l->nr_effects; i++)
		row->value[i] = value_of(&l->effect[i], row->cell);
}

int effects__make(struct effects *x, const struct run *run, const char *base,
		  const struct strlist *wanted, const char *reference,
		  const struct strlist *only, struct err *err)
{
	*x = (struct effects) { 0 };
	if (levels__make(&x->levels, run, base, wanted, reference, only, err))
		return -1;
	x->row = xcalloc(x->levels.workloads.nr + 1, sizeof(*x->row));
	for (size_t w = 0; w < x->levels.workloads.nr; w++)
		fill_row(x, run, x->levels.workloads.item[w]);
	return 0;
}

void effects__free(struct effects *x)
{
	for (size_t i = 0; i < x->nr_rows; i++) {
		free(x->row[i].cell);
		free(x->row[i].value);
	}
	free(x->row);
	levels__free(&x->levels);
	*x = (struct effects) { 0 };
}

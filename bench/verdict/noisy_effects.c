// SPDX-License-Identifier: GPL-2.0
/*
 * Effects of any set of factors in cycles; see noisy_effects.h.
 */
#include <stdlib.h>
#include <string.h>

#include "noisy_effects.h"

static struct noisy_value value_of(const struct run *run, enum cycles_mode m,
				   const struct levels_effect *e,
				   const struct noisy_cell *cell)
{
	struct noisy_term *term = xcalloc(2 * e->nr + 1, sizeof(*term));
	struct noisy_value v;

	for (size_t i = 0; i < e->nr; i++) {
		const struct levels_pair *p = &e->pair[i];

		term[2 * i] = (struct noisy_term) { &cell[p->to], p->weight };
		term[2 * i + 1] = (struct noisy_term) { &cell[p->from],
							-p->weight };
	}
	v = noisy__sum(run, m, term, 2 * e->nr);
	free(term);
	return v;
}

static bool is_identical(const struct levels_effect *e,
			 const struct noisy_cell *cell)
{
	bool is = e->factors == 1;

	for (size_t i = 0; i < e->nr; i++) {
		const char *from = cell[e->pair[i].from].handler;

		is &= *from && !strcmp(from, cell[e->pair[i].to].handler);
	}
	return is;
}

static void fill_row(struct noisy_effects_of_run *x, const struct run *run,
		     const char *workload)
{
	struct noisy_effects_row *row = &x->row[x->nr_rows++];
	const struct levels *l = &x->levels;

	row->workload = workload;
	row->cell = xcalloc(l->nr_cells + 1, sizeof(*row->cell));
	row->identical = xcalloc(l->nr_effects + 1, sizeof(*row->identical));
	for (size_t i = 0; i < l->nr_cells; i++) {
		row->cell[i] = noisy__cell(run, l->base, l->cell[i].profile,
					   l->cell[i].variant, workload);
		noisy__count(&x->set, &row->cell[i]);
	}
	for (size_t i = 0; i < l->nr_effects; i++)
		row->identical[i] = is_identical(&l->effect[i], row->cell);
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		row->value[m] = xcalloc(l->nr_effects + 1,
					sizeof(*row->value[m]));
		for (size_t i = 0; i < l->nr_effects; i++)
			row->value[m][i] = value_of(run, m, &l->effect[i],
						    row->cell);
		if (l->nr_cells)
			row->own[m] = noisy__own(run, m, &row->cell[0]);
	}
}

int noisy_effects__make(struct noisy_effects_of_run *x, const struct run *run,
			const char *base, const struct strlist *wanted,
			const char *reference, const struct strlist *only,
			struct err *err)
{
	*x = (struct noisy_effects_of_run) { 0 };
	if (levels__make(&x->levels, run, base, wanted, reference, only, err))
		return -1;
	noisy__set(&x->set, run, base);
	x->row = xcalloc(x->levels.workloads.nr + 1, sizeof(*x->row));
	for (size_t w = 0; w < x->levels.workloads.nr; w++)
		fill_row(x, run, x->levels.workloads.item[w]);
	return 0;
}

void noisy_effects__free(struct noisy_effects_of_run *x)
{
	for (size_t i = 0; i < x->nr_rows; i++) {
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			free(x->row[i].value[m]);
		free(x->row[i].cell);
		free(x->row[i].identical);
	}
	free(x->row);
	levels__free(&x->levels);
	strlist__free(&x->set.limits);
	*x = (struct noisy_effects_of_run) { 0 };
}

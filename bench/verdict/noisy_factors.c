// SPDX-License-Identifier: GPL-2.0
/*
 * The factor table in cycles; see noisy_factors.h.
 */
#include <stdlib.h>

#include "noisy_factors.h"

static void fill_cells(const struct run *run, struct noisy_factors *f,
		       struct noisy_factor_row *row, size_t s)
{
	for (size_t d = 0; d < NR_DISPATCHES; d++) {
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
			struct noisy_cell *c = &row->shape[s].at[d][p];
			char *name = factors__variant(run, f->base,
						      f->shapes.item[s],
						      factors_dispatches[d],
						      f->profiles.item[p],
						      row->workload);

			strlist__add(&f->variants, name);
			free(name);
			*c = noisy__cell(run, f->base, f->profiles.item[p],
					 f->variants.item[f->variants.nr - 1],
					 row->workload);
			noisy__count(&f->set, c);
		}
	}
}

/* a - b, in percent of another. */
static struct noisy_value minus(const struct run *run, enum cycles_mode m,
				const struct noisy_cell *a,
				const struct noisy_cell *b,
				const struct noisy_cell *of)
{
	const struct noisy_term term[] = { { a, 1 }, { b, -1 } };
	struct noisy_value v = noisy__sum(run, m, term, ARRAY_SIZE(term));

	if (v.layouts)
		v.percent = 100 * v.value / of->mode[m].value;
	return v;
}

static void take_apart(const struct run *run, struct noisy_shape *s,
		       enum cycles_mode m)
{
	const struct noisy_cell (*at)[NR_FACTOR_PROFILES] = s->at;
	struct noisy_effects *e = &s->effect[m];

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		const struct noisy_term term[] = {
			{ &at[INDIRECT][p], 1 }, { &at[DIRECT][p], -1 },
			{ &at[INDIRECT][PROFILE_OFF], -1 },
			{ &at[DIRECT][PROFILE_OFF], 1 },
		};

		e->saved[p] = minus(run, m, &at[INDIRECT][p], &at[DIRECT][p],
				    &at[INDIRECT][p]);
		e->interaction[p] = noisy__sum(run, m, term, ARRAY_SIZE(term));
		for (size_t d = 0; d < NR_DISPATCHES; d++)
			e->added[d][p] = minus(run, m, &at[d][p],
					       &at[d][PROFILE_OFF],
					       &at[d][PROFILE_OFF]);
	}
}

static void fill_row(struct noisy_factors *f, const struct run *run,
		     const char *workload)
{
	struct noisy_factor_row *row = &f->row[f->nr_rows++];

	row->workload = xstrdup(workload);
	row->shape = xcalloc(f->shapes.nr, sizeof(*row->shape));
	for (size_t s = 0; s < f->shapes.nr; s++)
		fill_cells(run, f, row, s);
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		for (size_t s = 0; s < f->shapes.nr; s++)
			take_apart(run, &row->shape[s], m);
		if (f->shapes.nr)
			row->own[m] = noisy__own(run, m,
				&row->shape[0].at[DIRECT][PROFILE_OFF]);
	}
}

int noisy_factors__make(struct noisy_factors *f, const struct run *run,
			const char *base, const char *reference,
			const struct strlist *only, struct err *err)
{
	struct strlist workloads = { 0 };

	*f = (struct noisy_factors) { .base = base };
	strlist__split(&f->profiles, FACTOR_PROFILES, ',');
	if (factors__shapes(run, base, &f->profiles, reference, only,
			    &f->shapes, err)) {
		noisy_factors__free(f);
		return -1;
	}
	noisy__set(&f->set, run, base);
	for (size_t p = 0; p < f->profiles.nr; p++)
		compare__workloads(run, base, f->profiles.item[p], &workloads);
	f->row = xcalloc(workloads.nr, sizeof(*f->row));
	for (size_t w = 0; w < workloads.nr; w++)
		fill_row(f, run, workloads.item[w]);
	strlist__free(&workloads);
	return 0;
}

void noisy_factors__free(struct noisy_factors *f)
{
	for (size_t w = 0; w < f->nr_rows; w++) {
		free(f->row[w].workload);
		free(f->row[w].shape);
	}
	free(f->row);
	strlist__free(&f->shapes);
	strlist__free(&f->profiles);
	strlist__free(&f->variants);
	strlist__free(&f->set.limits);
}

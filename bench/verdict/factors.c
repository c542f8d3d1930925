// SPDX-License-Identifier: GPL-2.0
/*
 * The factorial of shape, dispatch and profile; see factors.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "factors.h"

const char *const factors_dispatches[NR_DISPATCHES] = {
	DISPATCH_DIRECT, DISPATCH_INDIRECT,
};

/* Does the kernel of this cell call directly? From run.json; "" unknown. */
static const char *dispatch_of(const struct run *run, const char *base,
			       const char *variant, const char *profile)
{
	json_t *k;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, k) {
		const char *b, *v, *p, *d;

		if (!json_unpack(k, "{ss ss ss ss}", "base", &b, "variant", &v,
				 "profile", &p, "dispatch", &d) &&
		    !strcmp(b, base) && !strcmp(v, variant) &&
		    !strcmp(p, profile))
			return d;
	}
	return "";
}

static bool has_record(const struct run *run, const char *base,
		       const char *variant, const char *profile,
		       const char *workload)
{
	return run__first(run, base, variant, profile, workload) < run->nr;
}

char *factors__variant(const struct run *run, const char *base,
		       const char *shape, const char *dispatch,
		       const char *profile, const char *workload)
{
	char *name = xasprintf("%s+%s", shape, dispatch);

	if (has_record(run, base, name, profile, workload) ||
	    strcmp(dispatch_of(run, base, shape, profile), dispatch))
		return name;
	free(name);
	return xstrdup(shape);
}

static struct cmp_cell find_cell(const struct run *run, const char *base,
				 const char *shape, const char *dispatch,
				 const char *profile, const char *workload)
{
	char *name = factors__variant(run, base, shape, dispatch, profile,
				      workload);
	struct cmp_cell c = compare__cell(run, base, profile, name, workload);

	free(name);
	return c;
}

static void fill_cells(const struct run *run, struct factors *f,
		       struct factor_row *row, size_t s)
{
	struct factor_cells *c = &row->cells[s];

	c->complete = true;
	for (size_t d = 0; d < NR_DISPATCHES; d++) {
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
			struct cmp_cell *cell = &c->at[d][p];

			*cell = find_cell(run, f->base, f->shapes.item[s],
					  factors_dispatches[d],
					  f->profiles.item[p], row->workload);
			c->complete &= cell->usable;
			f->cells++;
			f->usable += cell->usable;
			f->exact += cell->exact;
			f->skipped += cell->skipped;
		}
	}
}

static int64_t at(const struct factor_row *row, size_t s, size_t d, size_t p)
{
	return row->cells[s].at[d][p].typical;
}

static void take_apart(struct factor_row *row, size_t s)
{
	struct factor_diffs *x = &row->diffs[s];

	if (!row->cells[s].complete)
		return;
	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		x->saved[p] = at(row, s, INDIRECT, p) - at(row, s, DIRECT, p);
		x->interaction[p] = x->saved[p] - x->saved[PROFILE_OFF];
		for (size_t d = 0; d < NR_DISPATCHES; d++)
			x->added[d][p] = at(row, s, d, p) -
					 at(row, s, d, PROFILE_OFF);
	}
}

/* Mean of the cells of one level of one factor; -1 stands for every level. */
static double level_mean(const struct factor_row *row, size_t shapes, int shape,
			 int dispatch, int profile)
{
	double sum = 0;
	size_t n = 0;

	for (int s = 0; s < (int)shapes; s++) {
		for (int d = 0; d < NR_DISPATCHES; d++) {
			for (int p = 0; p < NR_FACTOR_PROFILES; p++) {
				if ((shape >= 0 && s != shape) ||
				    (dispatch >= 0 && d != dispatch) ||
				    (profile >= 0 && p != profile))
					continue;
				sum += at(row, s, d, p);
				n++;
			}
		}
	}
	return sum / n;
}

/*
 * In a full factorial with one figure per cell, the difference of two level
 * means is the main effect, and what the additive model leaves over is
 * interaction: Box, Hunter and Hunter, Statistics for Experimenters, ch. 5.
 */
static void find_main_effects(struct factor_row *row, size_t shapes)
{
	struct main_effects *m = &row->main;
	double all;

	m->shape = xcalloc(shapes, sizeof(*m->shape));
	m->complete = true;
	for (size_t s = 0; s < shapes; s++)
		m->complete &= row->cells[s].complete;
	if (!m->complete)
		return;
	all = level_mean(row, shapes, -1, -1, -1);
	for (size_t s = 0; s < shapes; s++)
		m->shape[s] = level_mean(row, shapes, s, -1, -1) -
			      level_mean(row, shapes, 0, -1, -1);
	m->indirect = level_mean(row, shapes, -1, INDIRECT, -1) -
		      level_mean(row, shapes, -1, DIRECT, -1);
	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
		m->profile[p] = level_mean(row, shapes, -1, -1, p) -
				level_mean(row, shapes, -1, -1, PROFILE_OFF);
	for (size_t s = 0; s < shapes; s++) {
		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
				double additive =
					level_mean(row, shapes, s, -1, -1) +
					level_mean(row, shapes, -1, d, -1) +
					level_mean(row, shapes, -1, -1, p) -
					2 * all;

				m->residual = fmax(m->residual,
						   fabs(at(row, s, d, p) - additive));
			}
		}
	}
}

/* Plain names with any record under the factor's profiles, in order. */
/* Every shape that the run has under one of these profiles. */
static void find_shapes(const struct run *run, const char *base,
			const struct strlist *profiles, struct strlist *found)
{
	struct strlist all = { 0 };

	for (size_t p = 0; p < profiles->nr; p++)
		compare__variants(run, base, profiles->item[p], &all);
	for (size_t i = 0; i < all.nr; i++) {
		char *plain = variant_plain_name(all.item[i]);

		if (!strchr(all.item[i], '@') && !strlist__has(found, plain))
			strlist__add(found, plain);
		free(plain);
	}
	strlist__free(&all);
}

int factors__shapes(const struct run *run, const char *base,
		    const struct strlist *profiles, const char *reference,
		    const struct strlist *only, struct strlist *shapes,
		    struct err *err)
{
	struct strlist found = { 0 };
	const struct strlist *from = only && only->nr ? only : &found;
	int r = 0;

	find_shapes(run, base, profiles, &found);
	for (size_t i = 0; only && i < only->nr && !r; i++)
		r = catalog__check_name("variant in this run", only->item[i],
					&found, err);
	if (reference && !r)
		r = catalog__check_name("variant in this run", reference, from,
					err);
	if (!reference && strlist__has(from, REFERENCE))
		reference = REFERENCE;
	if (reference && !r)
		strlist__add(shapes, reference);
	for (size_t i = 0; i < from->nr && !r; i++) {
		if (!strlist__has(shapes, from->item[i]))
			strlist__add(shapes, from->item[i]);
	}
	strlist__free(&found);
	return r;
}

static void fill_row(struct factors *f, const struct run *run,
		     const char *workload)
{
	struct factor_row *row = &f->row[f->nr_rows++];

	row->workload = xstrdup(workload);
	row->cells = xcalloc(f->shapes.nr, sizeof(*row->cells));
	row->diffs = xcalloc(f->shapes.nr, sizeof(*row->diffs));
	for (size_t s = 0; s < f->shapes.nr; s++) {
		fill_cells(run, f, row, s);
		take_apart(row, s);
	}
	find_main_effects(row, f->shapes.nr);
}

int factors__make(struct factors *f, const struct run *run, const char *base,
		  const char *reference, const struct strlist *only,
		  struct err *err)
{
	struct strlist workloads = { 0 };

	*f = (struct factors) { .base = base };
	strlist__split(&f->profiles, FACTOR_PROFILES, ',');
	if (factors__shapes(run, base, &f->profiles, reference, only,
			    &f->shapes, err)) {
		factors__free(f);
		return -1;
	}
	for (size_t p = 0; p < f->profiles.nr; p++)
		compare__workloads(run, base, f->profiles.item[p], &workloads);
	f->row = xcalloc(workloads.nr, sizeof(*f->row));
	for (size_t w = 0; w < workloads.nr; w++)
		fill_row(f, run, workloads.item[w]);
	strlist__free(&workloads);
	return 0;
}

void factors__free(struct factors *f)
{
	for (size_t w = 0; w < f->nr_rows; w++) {
		free((char *)f->row[w].workload);
		free(f->row[w].cells);
		free(f->row[w].diffs);
		free(f->row[w].main.shape);
	}
	free(f->row);
	strlist__free(&f->shapes);
	strlist__free(&f->profiles);
}

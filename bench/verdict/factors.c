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
			c->complete &= cell->usable &&
				compare__diff(&c->at[0][0], cell).comparable;
			f->cells++;
			f->usable += cell->usable;
			f->exact += cell->exact;
			f->skipped += cell->skipped;
		}
	}
}

/* Of `to` against `from`. */
static int64_t difference(const struct cmp_cell *from, const struct cmp_cell *to)
{
	const struct cmp_diff d = compare__diff(from, to);

	return d.comparable && d.by.shared ? d.by.diff : VARIES;
}

static int64_t less(int64_t a, int64_t b)
{
	return a == VARIES || b == VARIES ? VARIES : a - b;
}

/* The same, as an effect of the workload that is printed. */
static int64_t effect(struct factors *f, const char *workload,
		      const struct cmp_cell *from, const struct cmp_cell *to)
{
	const struct cmp_diff d = compare__diff(from, to);

	if (d.comparable && (!f->least_of || d.by.share < f->least.share)) {
		f->least = d.by;
		f->least_of = workload;
	}
	return difference(from, to);
}

static void take_apart(struct factors *f, struct factor_row *row, size_t s)
{
	const struct factor_cells *c = &row->cells[s];
	struct factor_diffs *x = &row->diffs[s];

	if (!c->complete)
		return;
	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		x->saved[p] = effect(f, row->workload, &c->at[DIRECT][p],
				     &c->at[INDIRECT][p]);
		x->interaction[p] = less(x->saved[p], x->saved[PROFILE_OFF]);
		for (size_t d = 0; d < NR_DISPATCHES; d++)
			x->added[d][p] = effect(f, row->workload,
						&c->at[d][PROFILE_OFF],
						&c->at[d][p]);
	}
}

/*
 * Every cell against the first one: not complete where a difference
 * varies or a cell is missing.
 */
struct levels {
	size_t shapes;
	double (*at)[NR_DISPATCHES][NR_FACTOR_PROFILES];
	bool complete;
};

static struct levels levels_of(const struct factor_row *row, size_t shapes)
{
	struct levels l = { .shapes = shapes, .complete = true };

	l.at = xcalloc(shapes, sizeof(*l.at));
	for (size_t s = 0; s < shapes; s++)
		l.complete &= row->cells[s].complete;
	for (size_t i = 0; l.complete &&
			   i < shapes * NR_DISPATCHES * NR_FACTOR_PROFILES; i++) {
		const size_t p = i % NR_FACTOR_PROFILES;
		const size_t d = i / NR_FACTOR_PROFILES % NR_DISPATCHES;
		const size_t s = i / NR_FACTOR_PROFILES / NR_DISPATCHES;
		const int64_t by = difference(&row->cells[0].at[0][0],
					      &row->cells[s].at[d][p]);

		l.at[s][d][p] = by;
		l.complete = by != VARIES;
	}
	return l;
}

/* Mean of the cells of one level of one factor; -1 stands for every level. */
static double level_mean(const struct levels *l, int shape, int dispatch,
			 int profile)
{
	double sum = 0;
	size_t n = 0;

	for (int s = 0; s < (int)l->shapes; s++) {
		for (int d = 0; d < NR_DISPATCHES; d++) {
			for (int p = 0; p < NR_FACTOR_PROFILES; p++) {
				if ((shape >= 0 && s != shape) ||
				    (dispatch >= 0 && d != dispatch) ||
				    (profile >= 0 && p != profile))
					continue;
				sum += l->at[s][d][p];
				n++;
			}
		}
	}
	return sum / n;
}

static double residual_of(const struct levels *l)
{
	const double all = level_mean(l, -1, -1, -1);
	double residual = 0;

	for (size_t s = 0; s < l->shapes; s++) {
		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
				double additive = level_mean(l, s, -1, -1) +
						  level_mean(l, -1, d, -1) +
						  level_mean(l, -1, -1, p) -
						  2 * all;

				residual = fmax(residual, fabs(l->at[s][d][p] -
							       additive));
			}
		}
	}
	return residual;
}

/*
 * In a full factorial with one figure per cell, the difference of two level
 * means is the main effect, and what the additive model leaves over is
 * interaction: Box, Hunter and Hunter, Statistics for Experimenters, ch. 5.
 */
static void find_main_effects(struct factor_row *row, size_t shapes)
{
	struct main_effects *m = &row->main;
	struct levels l = levels_of(row, shapes);

	m->shape = xcalloc(shapes, sizeof(*m->shape));
	m->complete = l.complete;
	if (m->complete) {
		for (size_t s = 0; s < shapes; s++)
			m->shape[s] = level_mean(&l, s, -1, -1) -
				      level_mean(&l, 0, -1, -1);
		m->indirect = level_mean(&l, -1, INDIRECT, -1) -
			      level_mean(&l, -1, DIRECT, -1);
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
			m->profile[p] = level_mean(&l, -1, -1, p) -
					level_mean(&l, -1, -1, PROFILE_OFF);
		m->residual = residual_of(&l);
	}
	free(l.at);
}

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
		take_apart(f, row, s);
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

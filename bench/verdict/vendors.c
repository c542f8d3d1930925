// SPDX-License-Identifier: GPL-2.0
/* See vendors.h. */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "factors.h"
#include "rigs.h"
#include "vendors.h"

#define EPT_DIRECT	"ept-direct"
#define RETPOLINE	"retpoline"

/* What is added, against what; NULL: the shape as it is. */
static const struct {
	const char *with, *profile, *without, *against;
} added[NR_VENDORS_ADDED] = {
	[ADDED_RETPOLINE] = { NULL, RETPOLINE, NULL, DEFAULT_PROFILE },
	[ADDED_INDIRECT] = { DISPATCH_INDIRECT, DEFAULT_PROFILE,
			     DISPATCH_DIRECT, DEFAULT_PROFILE },
	[ADDED_INDIRECT_RETPOLINE] = { DISPATCH_INDIRECT, RETPOLINE,
				       DISPATCH_DIRECT, RETPOLINE },
	[ADDED_EPT_DIRECT] = { EPT_DIRECT, DEFAULT_PROFILE,
			       NULL, DEFAULT_PROFILE },
	[ADDED_EPT_DIRECT_RETPOLINE] = { EPT_DIRECT, RETPOLINE, NULL, RETPOLINE },
};

static const char *vendor_of(const struct run *run)
{
	const struct rig_model *m = rigs__model(run__rig(run));

	return m ? m->vendor : "";
}

bool vendors__has(const struct run *run)
{
	const char *first = NULL;

	for (size_t i = 0; i < run->nr; i++) {
		const struct rig_model *m = rigs__model(run->record[i]->rig);

		if (!m || record__noisy(run->record[i]))
			continue;
		if (first && strcmp(first, m->vendor))
			return true;
		first = m->vendor;
	}
	return false;
}

/* By vendor; models of one vendor in the order of the plan. */
static void sort_sides(struct run_views *v)
{
	for (size_t i = 1; i < v->nr; i++) {
		for (size_t k = i; k && strcmp(vendor_of(&v->item[k - 1]),
					       vendor_of(&v->item[k])) > 0; k--) {
			struct run one = v->item[k];

			v->item[k] = v->item[k - 1];
			v->item[k - 1] = one;
		}
	}
}

/* A model that is not known here is of no vendor. */
static void drop_unknown(struct run_views *v)
{
	size_t nr = 0;

	for (size_t i = 0; i < v->nr; i++) {
		if (*vendor_of(&v->item[i]))
			v->item[nr++] = v->item[i];
		else
			run__free_view(&v->item[i]);
	}
	v->nr = nr;
}

static bool is_shape(const char *variant)
{
	return !variant[strcspn(variant, "@+")];
}

/* The reference first; steps and overlays have tables of their own. */
static int find_shapes(struct vendors *x, const struct run *run,
		       const char *reference, const struct strlist *variants,
		       struct err *err)
{
	struct strlist order = { 0 }, all = { 0 }, plain = { 0 };
	int r;

	compare__variants(run, x->base, x->profile, &all);
	for (size_t i = 0; i < all.nr; i++) {
		if (is_shape(all.item[i]))
			strlist__add(&plain, all.item[i]);
	}
	if (!variants || !variants->nr)
		variants = &plain;
	r = compare__order(run, x->base, x->profile, reference, variants, &order,
			   err);
	for (size_t i = 0; i < order.nr; i++) {
		if (is_shape(order.item[i]))
			strlist__add(&x->shapes, order.item[i]);
	}
	strlist__free(&order);
	strlist__free(&plain);
	strlist__free(&all);
	return r;
}

/* With the dispatch, where it is one that a shape may have by itself, or else an overlay. */
static struct cmp_cell cell_with(const struct vendors *x, const struct run *run,
				 const char *shape, const char *overlay,
				 const char *profile, const char *workload)
{
	bool dispatch = overlay && (!strcmp(overlay, DISPATCH_DIRECT) ||
				    !strcmp(overlay, DISPATCH_INDIRECT));
	char *variant = dispatch ? factors__variant(run, x->base, shape, overlay,
						    profile, workload) :
			overlay ? xasprintf("%s+%s", shape, overlay) :
			xstrdup(shape);
	struct cmp_cell c = compare__cell(run, x->base, profile, variant, workload);

	free(variant);
	return c;
}

static struct cmp_diff diff_of(struct vendors *x, const struct run *run,
			       const char *shape, const char *workload,
			       enum vendors_added a)
{
	struct cmp_cell from = cell_with(x, run, shape, added[a].without,
					 added[a].against, workload);
	struct cmp_cell to = cell_with(x, run, shape, added[a].with,
				       added[a].profile, workload);
	struct cmp_diff d = compare__diff(&from, &to);

	x->has[a] |= d.comparable;
	return d;
}

static void fill_cell(struct vendors *x, struct vendors_row *row, size_t shape,
		      size_t side)
{
	const struct run *run = &x->side.item[side];
	struct vendors_cell *c = &row->cell[shape * x->side.nr + side];

	c->cell = compare__cell(run, x->base, x->profile, x->shapes.item[shape],
				row->workload);
	c->diff = compare__diff(&row->cell[side].cell, &c->cell);
	for (size_t a = 0; a < NR_VENDORS_ADDED; a++)
		c->added[a] = diff_of(x, run, x->shapes.item[shape],
				      row->workload, a);
	x->cells++;
	x->usable += c->cell.usable;
	x->exact += c->cell.exact;
	x->skipped += c->cell.skipped;
}

int vendors__make(struct vendors *x, const struct run *run, const char *base,
		  const char *profile, const char *reference,
		  const struct strlist *variants, struct err *err)
{
	struct strlist workloads = { 0 };

	*x = (struct vendors) { .base = base, .profile = profile };
	if (find_shapes(x, run, reference, variants, err)) {
		vendors__free(x);
		return -1;
	}
	run__views(&x->side, run);
	drop_unknown(&x->side);
	sort_sides(&x->side);
	compare__workloads(run, base, profile, &workloads);
	x->row = xcalloc(workloads.nr, sizeof(*x->row));
	for (size_t w = 0; w < workloads.nr; w++) {
		struct vendors_row *row = &x->row[x->nr_rows++];

		row->workload = xstrdup(workloads.item[w]);
		row->cell = xcalloc(x->shapes.nr * x->side.nr, sizeof(*row->cell));
		for (size_t i = 0; i < x->shapes.nr * x->side.nr; i++)
			fill_cell(x, row, i / x->side.nr, i % x->side.nr);
	}
	strlist__free(&workloads);
	return 0;
}

void vendors__free(struct vendors *x)
{
	for (size_t w = 0; w < x->nr_rows; w++) {
		free(x->row[w].workload);
		free(x->row[w].cell);
	}
	free(x->row);
	run__free_views(&x->side);
	strlist__free(&x->shapes);
	*x = (struct vendors) { 0 };
}

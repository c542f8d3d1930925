// SPDX-License-Identifier: GPL-2.0
/* See attribute_view.h. */
#include <stdlib.h>

#include "attribute_report.h"
#include "attribute_view.h"
#include "compare.h"
#include "kernels.h"
#include "static_text.h"

/* The variants of the view and their kernels' folders, the reference first. */
struct built {
	struct strlist variants, dirs;
};

/* Takes dir, which is NULL where it was not found. */
static int add_built(struct built *b, const char *variant, char *dir)
{
	if (!dir)
		return -1;
	strlist__add(&b->variants, variant);
	strlist__add(&b->dirs, dir);
	free(dir);
	return 0;
}

/* Code can be looked at where nothing of it was attributed. */
static int find_measured(struct built *b, const struct run *run,
			 const struct attribute_pick *p, struct err *err)
{
	struct strlist order = { 0 };
	int r = compare__order(run, p->base, p->profile, p->against,
			       p->variants, &order, err);

	for (size_t v = 0; v < order.nr && !r; v++)
		r = add_built(b, order.item[v],
			      kernels__measured_dir(p->base, order.item[v],
						    p->profile, run, err));
	strlist__free(&order);
	return r;
}

static int find_attributed(struct built *b, const struct run *run,
			   const struct attribute_pick *p, struct err *err)
{
	struct attr_cmp c;
	int r = 0;

	if (attribute__compare(&c, run, p->base, p->profile,
			       p->workloads->item[0], NULL, p->against,
			       p->variants, err))
		return -1;
	for (size_t v = 0; v < c.nr_columns && !r; v++)
		r = add_built(b, c.column[v].variant,
			      kernels__dir_of(p->base, c.column[v].variant,
					      p->profile,
					      c.column[v].all.build_id,
					      run->dir, err));
	attribute__free(&c);
	return r;
}

/* Every variant but the first against that one; the last error is kept. */
static int print_built(FILE *f, const struct built *b, const char *function,
		       struct err *err)
{
	int r = 0;

	for (size_t v = 1; v < b->variants.nr; v++) {
		if (v > 1)
			fputc('\n', f);
		if (static_text__print(f, b->variants.item[0], b->dirs.item[0],
				       b->variants.item[v], b->dirs.item[v],
				       function, err))
			r = -1;
	}
	return r;
}

int attribute_view__static(FILE *f, const struct run *run,
			   const struct attribute_pick *p, struct err *err)
{
	struct built b = { 0 };
	int r = p->workloads->nr ? find_attributed(&b, run, p, err) :
				   find_measured(&b, run, p, err);

	if (!r && b.variants.nr < 2)
		r = err__set(err, EXIT_NO_DATA, "%s has one variant of %s, profile %s; add one: faultline run --base %s --profiles %s --variants LIST",
			     run->dir, p->base, p->profile, p->base,
			     p->profile);
	if (!r)
		r = print_built(f, &b, p->function, err);
	strlist__free(&b.variants);
	strlist__free(&b.dirs);
	return r;
}

int attribute_view__no_data(const struct run *run, const char *base,
			    const char *profile, struct err *err)
{
	return err__set(err, EXIT_NO_DATA, "%s has no attribution of %s, profile %s; record one: faultline run --attribute --base %s --profiles %s",
			run->dir, base, profile, base, profile);
}

int attribute_view__summary(FILE *f, const struct run *run,
			    const struct attribute_pick *p, struct err *err)
{
	const struct strlist *w = p->workloads;
	struct attr_cmp *c;
	size_t nr = 0;

	if (!w->nr)
		return attribute_view__no_data(run, p->base, p->profile, err);
	c = xcalloc(w->nr, sizeof(*c));
	while (nr < w->nr &&
	       !attribute__compare(&c[nr], run, p->base, p->profile,
				   w->item[nr], p->class, p->against,
				   p->variants, err))
		nr++;
	if (nr == w->nr)
		report__attribute_summary(f, c, nr);
	for (size_t i = 0; i < nr; i++)
		attribute__free(&c[i]);
	free(c);
	return nr == w->nr ? 0 : -1;
}

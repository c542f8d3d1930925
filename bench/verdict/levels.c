// SPDX-License-Identifier: GPL-2.0
/*
 * Which cells of a run are combinations of factors, and which of them an effect
 * is of; see levels.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "levels.h"

/* "const-fields@1" of "const-fields@1+inline"; allocated. */
static char *shape_of(const char *variant)
{
	return xasprintf("%.*s", (int)strcspn(variant, "+"), variant);
}

static void add_once(struct strlist *to, const char *name)
{
	if (!strlist__has(to, name))
		strlist__add(to, name);
}

/* Every factor that the run has two levels of: all overlays are. */
static void find_factors(const struct strlist *variants,
			 const struct strlist *profiles, struct strlist *found)
{
	struct strlist shapes = { 0 }, overlays = { 0 };

	for (size_t i = 0; i < variants->nr; i++) {
		const char *v = variants->item[i];
		char *shape = shape_of(v);

		add_once(&shapes, shape);
		free(shape);
		strlist__split(&overlays, v + strcspn(v, "+"), '+');
	}
	if (shapes.nr > 1)
		strlist__add(found, FACTOR_SHAPE);
	for (size_t i = 0; i < overlays.nr; i++)
		add_once(found, overlays.item[i]);
	if (profiles->nr > 1)
		strlist__add(found, FACTOR_PROFILE);
	strlist__free(&overlays);
	strlist__free(&shapes);
}

/* Has the variant no overlay but those that are factors? */
static bool is_of_factors(const char *variant, const struct strlist *factors)
{
	struct strlist overlays = { 0 };
	bool is = true;

	strlist__split(&overlays, variant + strcspn(variant, "+"), '+');
	for (size_t i = 0; i < overlays.nr; i++)
		is &= strlist__has(factors, overlays.item[i]);
	strlist__free(&overlays);
	return is;
}

static int find_shapes(const struct strlist *variants,
		       const struct strlist *factors, const char *reference,
		       const struct strlist *only, struct strlist *shapes,
		       struct err *err)
{
	struct strlist found = { 0 };
	int r = 0;

	for (size_t i = 0; i < variants->nr; i++) {
		char *shape = shape_of(variants->item[i]);

		if (is_of_factors(variants->item[i], factors) &&
		    (!only || !only->nr || strlist__has(only, shape)))
			add_once(&found, shape);
		free(shape);
	}
	if (reference)
		r = catalog__check_name("variant in this run", reference,
					&found, err);
	else if (strlist__has(&found, REFERENCE))
		reference = REFERENCE;
	if (reference && !r)
		strlist__add(shapes, reference);
	for (size_t i = 0; i < found.nr; i++)
		add_once(shapes, found.item[i]);
	strlist__free(&found);
	return r;
}

/* Where the shape is no factor, all cells are of one. */
static void keep_first(struct strlist *shapes)
{
	while (shapes->nr > 1)
		free(shapes->item[--shapes->nr]);
}

static void fill_levels(struct levels *l, const struct strlist *factors,
			const struct strlist *shapes,
			const struct strlist *profiles)
{
	l->factor = xcalloc(factors->nr + 1, sizeof(*l->factor));
	for (size_t i = 0; i < factors->nr; i++) {
		struct factor *f = &l->factor[l->nr_factors++];
		const struct strlist *from = NULL;

		strlist__add(&l->names, factors->item[i]);
		f->name = l->names.item[l->names.nr - 1];
		if (!strcmp(f->name, FACTOR_SHAPE))
			from = shapes;
		else if (!strcmp(f->name, FACTOR_PROFILE))
			from = profiles;
		else
			strlist__split(&f->levels, "without,with", ',');
		for (size_t k = 0; from && k < from->nr; k++)
			strlist__add(&f->levels, from->item[k]);
	}
}

/* Which level of a factor a cell has; the number of levels: none that counts. */
static size_t level_of(const struct factor *f, const char *variant,
		       const char *profile)
{
	char *shape;
	size_t i;

	if (!strcmp(f->name, FACTOR_PROFILE)) {
		for (i = 0; i < f->levels.nr; i++) {
			if (!strcmp(f->levels.item[i], profile))
				break;
		}
		return i;
	}
	if (strcmp(f->name, FACTOR_SHAPE))
		return variant_has_overlay(variant, f->name);
	shape = shape_of(variant);
	for (i = 0; i < f->levels.nr; i++) {
		if (!strcmp(f->levels.item[i], shape))
			break;
	}
	free(shape);
	return i;
}

static bool same_levels(const struct levels *l, const size_t *a, const size_t *b)
{
	return !memcmp(a, b, l->nr_factors * sizeof(*a));
}

/* The cell of these levels; the number of cells: the run has none. */
static size_t cell_at(const struct levels *l, const size_t *at)
{
	size_t i;

	for (i = 0; i < l->nr_cells; i++) {
		if (same_levels(l, l->cell[i].at, at))
			break;
	}
	return i;
}

static void add_cell(struct levels *l, const char *variant, const char *profile,
		     bool with_profile)
{
	struct levels_cell *c;
	size_t *at = xcalloc(l->nr_factors + 1, sizeof(*at));
	bool counts = true;

	for (size_t i = 0; i < l->nr_factors; i++) {
		at[i] = level_of(&l->factor[i], variant, profile);
		counts &= at[i] < l->factor[i].levels.nr;
	}
	if (!counts || cell_at(l, at) < l->nr_cells) {
		free(at);
		return;
	}
	l->cell = xrealloc(l->cell, (l->nr_cells + 1) * sizeof(*l->cell));
	c = &l->cell[l->nr_cells++];
	strlist__add(&l->names, variant);
	c->variant = l->names.item[l->names.nr - 1];
	strlist__add(&l->names, profile);
	c->profile = l->names.item[l->names.nr - 1];
	c->name = with_profile ? xasprintf("%s, %s", variant, profile) :
				 xstrdup(variant);
	c->at = at;
}

/* How a level of a factor is called in the name of an effect; allocated. */
static char *level_name(const struct factor *f, size_t level)
{
	if (strcmp(f->name, FACTOR_SHAPE) && strcmp(f->name, FACTOR_PROFILE))
		return xasprintf("+%s", f->name);
	return xstrdup(f->levels.item[level]);
}

static void add_pair(struct levels_effect *e, size_t from, size_t to,
		     double weight)
{
	e->pair = xrealloc(e->pair, (e->nr + 1) * sizeof(*e->pair));
	e->pair[e->nr++] = (struct levels_pair) { from, to, weight };
}

/* An effect is left out where the run has no pair of cells that shows it. */
static void keep_effect(struct levels *l, struct levels_effect *e)
{
	if (!e->settings) {
		free(e->name);
		return;
	}
	for (size_t i = 0; i < e->nr; i++)
		e->pair[i].weight /= e->settings;
	l->effect = xrealloc(l->effect, (l->nr_effects + 1) * sizeof(*l->effect));
	l->effect[l->nr_effects++] = *e;
}

/* The cell that is at another level of one factor. */
static size_t moved(const struct levels *l, size_t cell, size_t factor,
		    size_t level)
{
	const size_t *from = l->cell[cell].at;
	size_t *at = xcalloc(l->nr_factors + 1, sizeof(*at)), to;

	memcpy(at, from, l->nr_factors * sizeof(*at));
	at[factor] = level;
	to = cell_at(l, at);
	free(at);
	return to;
}

static void add_main(struct levels *l, size_t factor, size_t level)
{
	struct levels_effect e = {
		.name = level_name(&l->factor[factor], level), .factors = 1,
	};

	for (size_t i = 0; i < l->nr_cells; i++) {
		size_t to;

		if (l->cell[i].at[factor])
			continue;
		to = moved(l, i, factor, level);
		if (to == l->nr_cells)
			continue;
		add_pair(&e, i, to, 1);
		e.settings++;
	}
	keep_effect(l, &e);
}

/* Of both at once what is not the sum: (b to ab) less (none to a). */
static void add_interaction(struct levels *l, size_t f, size_t level, size_t g,
			    size_t other)
{
	char *a = level_name(&l->factor[f], level);
	char *b = level_name(&l->factor[g], other);
	struct levels_effect e = {
		.name = xasprintf("%s with %s", a, b), .factors = 2,
	};

	for (size_t i = 0; i < l->nr_cells; i++) {
		size_t with_a, with_b, both;

		if (l->cell[i].at[f] || l->cell[i].at[g])
			continue;
		with_a = moved(l, i, f, level);
		with_b = moved(l, i, g, other);
		if (with_a == l->nr_cells || with_b == l->nr_cells)
			continue;
		both = moved(l, with_b, f, level);
		if (both == l->nr_cells)
			continue;
		add_pair(&e, with_b, both, 1);
		add_pair(&e, i, with_a, -1);
		e.settings++;
	}
	keep_effect(l, &e);
	free(b);
	free(a);
}

static void add_effects(struct levels *l)
{
	for (size_t f = 0; f < l->nr_factors; f++) {
		for (size_t i = 1; i < l->factor[f].levels.nr; i++)
			add_main(l, f, i);
	}
	for (size_t f = 0; f < l->nr_factors; f++) {
		for (size_t g = f + 1; g < l->nr_factors; g++) {
			for (size_t i = 1; i < l->factor[f].levels.nr; i++) {
				for (size_t k = 1; k < l->factor[g].levels.nr; k++)
					add_interaction(l, f, i, g, k);
			}
		}
	}
}

/* Names of factors, each of which the run must have two levels of. */
static int choose_factors(const struct strlist *wanted,
			  const struct strlist *found, struct strlist *factors,
			  struct err *err)
{
	for (size_t i = 0; i < wanted->nr; i++) {
		if (!strcmp(wanted->item[i], ALL)) {
			for (size_t k = 0; k < found->nr; k++)
				add_once(factors, found->item[k]);
			continue;
		}
		if (catalog__check_name("factor in this run", wanted->item[i],
					found, err))
			return -1;
		add_once(factors, wanted->item[i]);
	}
	return 0;
}

static void fill_cells(struct levels *l, const struct run *run,
		       const struct strlist *profiles,
		       const struct strlist *factors,
		       const struct strlist *shapes)
{
	const bool with_profile = strlist__has(factors, FACTOR_PROFILE);

	for (size_t p = 0; p < profiles->nr && (!p || with_profile); p++) {
		struct strlist variants = { 0 };

		compare__variants(run, l->base, profiles->item[p], &variants);
		for (size_t i = 0; i < variants.nr; i++) {
			char *shape = shape_of(variants.item[i]);

			if (is_of_factors(variants.item[i], factors) &&
			    strlist__has(shapes, shape))
				add_cell(l, variants.item[i], profiles->item[p],
					 with_profile);
			free(shape);
		}
		strlist__free(&variants);
		compare__workloads(run, l->base, profiles->item[p], &l->workloads);
	}
}

int levels__make(struct levels *l, const struct run *run, const char *base,
		 const struct strlist *wanted, const char *reference,
		 const struct strlist *only, struct err *err)
{
	struct strlist profiles = { 0 }, variants = { 0 }, found = { 0 };
	struct strlist factors = { 0 }, shapes = { 0 };
	int r;

	*l = (struct levels) { .base = base };
	compare__profiles(run, base, &profiles);
	for (size_t i = 0; i < profiles.nr; i++)
		compare__variants(run, base, profiles.item[i], &variants);
	find_factors(&variants, &profiles, &found);
	r = choose_factors(wanted, &found, &factors, err);
	if (!r)
		r = find_shapes(&variants, &factors, reference, only, &shapes,
				err);
	if (!r && !strlist__has(&factors, FACTOR_SHAPE) && shapes.nr)
		keep_first(&shapes);
	if (!r) {
		fill_levels(l, &factors, &shapes, &profiles);
		fill_cells(l, run, &profiles, &factors, &shapes);
		add_effects(l);
	}
	strlist__free(&shapes);
	strlist__free(&factors);
	strlist__free(&found);
	strlist__free(&variants);
	strlist__free(&profiles);
	return r;
}

void levels__free(struct levels *l)
{
	for (size_t i = 0; i < l->nr_factors; i++)
		strlist__free(&l->factor[i].levels);
	for (size_t i = 0; i < l->nr_cells; i++) {
		free(l->cell[i].name);
		free(l->cell[i].at);
	}
	for (size_t i = 0; i < l->nr_effects; i++) {
		free(l->effect[i].name);
		free(l->effect[i].pair);
	}
	free(l->factor);
	free(l->cell);
	free(l->effect);
	strlist__free(&l->names);
	strlist__free(&l->workloads);
	*l = (struct levels) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What each level of any set of factors does, in instructions: a row a cell or an
 * effect, a column a workload.
 */
#include <string.h>

#include "effects_table.h"
#include "exact_table.h"
#include "report.h"

#define WORKLOAD_WIDTH	15
#define LONGEST_NAME	44

static int width_of(const struct levels *l)
{
	size_t width = strlen("what it does by itself");

	for (size_t i = 0; i < l->nr_cells; i++)
		width = strlen(l->cell[i].name) > width ?
			strlen(l->cell[i].name) : width;
	for (size_t i = 0; i < l->nr_effects; i++)
		width = strlen(l->effect[i].name) > width ?
			strlen(l->effect[i].name) : width;
	/* One more: a column that cuts leaves a gap. */
	return width < LONGEST_NAME ? width + 1 : LONGEST_NAME;
}

struct table_grid *effects_table__grid(struct table *t, const struct levels *l,
				       const char *head, bool sign, int digits)
{
	struct table_grid *g = table__grid(t, NULL);
	const bool of = sign;

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { head, width_of(l), .left = true,
						.cut = true });
	if (of)
		grid__column(g, (struct table_column) { "of", 4 });
	for (size_t w = 0; w < l->workloads.nr; w++) {
		grid__group(g, NULL, GROUP_IN_TURN, 0);
		grid__column(g, (struct table_column) {
			l->workloads.item[w], WORKLOAD_WIDTH, digits,
			.sign = sign, .cut = true, .whole = 99999.95,
			.kilo = 999999.5 });
	}
	return g;
}

void effects_table__name(struct table_grid *g, const struct levels_effect *e)
{
	grid__row(g);
	grid__word(g, e->name);
	/* A word: of a number, a grid with intervals wants one too. */
	grid__word(g, table__string(g->of, "%zu", e->settings));
}

/* The factors, as they are in the title: "shape x init-none". */
const char *effects_table__factors(struct table *t, const struct levels *l)
{
	struct strlist names = { 0 };
	const char *all;
	char *text;

	for (size_t i = 0; i < l->nr_factors; i++)
		strlist__add(&names, l->factor[i].name);
	text = strlist__join(&names, " x ");
	all = table__string(t, "%s", text);
	free(text);
	strlist__free(&names);
	return all;
}

void effects_table__notes(struct table *t, const struct levels *l)
{
	const char *reference = NULL;
	bool two = false;

	for (size_t i = 0; i < l->nr_factors; i++) {
		if (!strcmp(l->factor[i].name, FACTOR_SHAPE))
			reference = l->factor[i].levels.item[0];
	}
	for (size_t i = 0; i < l->nr_effects; i++)
		two |= l->effect[i].factors == 2;
	if (reference)
		table__note(t, "shape", "against %s", reference);
	table__note(t, "of", "how many settings of the other factors an effect is the mean\n"
		    "of: those that the run has both cells of");
	if (two)
		table__note(t, "with", "what both do together beyond the sum of each: 0, they add up");
}

static void add_value(struct table_grid *g, const struct effect_value *v)
{
	if (!v->made)
		grid__word(g, "-");
	else if (v->identical)
		grid__word(g, "identical");
	else if (v->varies)
		grid__word(g, "vary");
	else
		grid__number(g, v->by);
}

static void add_effects(struct table *t, const struct effects *x, size_t factors,
			const char *head)
{
	const struct levels *l = &x->levels;
	struct table_grid *g = NULL;

	for (size_t i = 0; i < l->nr_effects; i++) {
		if (l->effect[i].factors != factors)
			continue;
		if (!g)
			g = effects_table__grid(t, l, head, true, 1);
		effects_table__name(g, &l->effect[i]);
		for (size_t w = 0; w < x->nr_rows; w++)
			add_value(g, &x->row[w].value[i]);
	}
}

static void add_cells(struct table *t, const struct effects *x)
{
	const struct levels *l = &x->levels;
	struct table_grid *g = effects_table__grid(t, l, "cell", false, 0);

	for (size_t i = 0; i < l->nr_cells; i++) {
		grid__row(g);
		grid__word(g, l->cell[i].name);
		for (size_t w = 0; w < x->nr_rows; w++) {
			const struct cmp_cell *c = &x->row[w].cell[i];

			exact_table__typical(g, c, c->boots ? "invalid" : "-");
		}
	}
}

static void add_reasons(struct table *t, const struct effects *x)
{
	const struct levels *l = &x->levels;

	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t i = 0; i < l->nr_cells; i++) {
			const struct cmp_cell *c = &x->row[w].cell[i];

			if (c->boots)
				exact_table__reason(t, c, table__string(t, "%s, %s",
						    x->row[w].workload,
						    l->cell[i].name), "");
		}
	}
}

static json_t *value_json(const struct effect_value *v)
{
	return v->made && !v->varies ? json_real(v->by) : json_null();
}

static void add_data(struct table *t, const struct effects *x,
		     const struct run *run)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "rig", "rig" }, { "unit", "unit" },
		{ "workload", "workload" }, { "effect", "effect" },
		{ "factors", "factors" }, { "settings", "settings" },
		{ "identical", "identical" }, { "value", "value" },
	};
	json_t *cells = json_array(), *effects = json_array();
	const struct levels *l = &x->levels;

	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t i = 0; i < l->nr_cells; i++)
			json_array_append_new(cells, json_pack(
				"{ss ss ss so}", "workload", x->row[w].workload,
				"variant", l->cell[i].variant, "profile",
				l->cell[i].profile, "figure",
				exact_table__figure(&x->row[w].cell[i])));
		for (size_t i = 0; i < l->nr_effects; i++) {
			const struct levels_effect *e = &l->effect[i];
			const struct effect_value *v = &x->row[w].value[i];
			json_t *o = json_pack("{ss ss si si sb so}", "workload",
				x->row[w].workload, "effect", e->name, "factors",
				(int)e->factors, "settings", (int)e->settings,
				"identical", v->identical && v->made, "value",
				value_json(v));

			json_array_append(effects, o);
			json_array_append_new(t->records, o);
		}
	}
	t->json = json_pack("{ss ss ss so so}", "base", l->base, "rig",
			    run__rig(run), "unit", "instructions", "cells",
			    cells, "effects", effects);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

void effects_table__add(struct tables *all, const struct effects *x,
			const struct run *run)
{
	struct table *t = tables__add(all);

	add_data(t, x, run);
	exact_table__head(t, run, x->levels.base,
			  table__string(t, "%s%s, %s", x->levels.base,
					exact_table__rig(t, run),
					effects_table__factors(t, &x->levels)));
	table__line(t, "%s", "");
	add_cells(t, x);
	add_effects(t, x, 1, "what it does by itself");
	add_effects(t, x, 2, "what two do together");
	add_reasons(t, x);
	effects_table__notes(t, &x->levels);
	table__note(t, "exact", "%zu of %zu cells", x->exact,
		    x->cells - x->skipped);
}

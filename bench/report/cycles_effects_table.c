// SPDX-License-Identifier: GPL-2.0
/*
 * The table of effects_table.c in cycles: every figure with its interval, in text
 * in the line below.
 */
#include <stdlib.h>

#include "cycles_parts.h"
#include "effects_table.h"
#include "report.h"

static void add_cells(struct table *t, const struct noisy_effects_of_run *x,
		      enum cycles_mode m)
{
	const struct levels *l = &x->levels;
	struct table_grid *g = effects_table__grid(t, l,
		table__string(t, "cell, %s", cycles_mode_names[m]), false, 1);

	g->interval_below = true;
	for (size_t i = 0; i < l->nr_cells; i++) {
		grid__row(g);
		grid__word(g, l->cell[i].name);
		for (size_t w = 0; w < x->nr_rows; w++) {
			const struct noisy_cell *c = &x->row[w].cell[i];
			const char *word = cycles_parts__word(c);

			if (word)
				grid__word(g, word);
			else
				cycles_parts__value(g, &c->mode[m]);
		}
	}
}

static void add_effects(struct table *t, const struct noisy_effects_of_run *x,
			enum cycles_mode m, size_t factors, const char *head)
{
	const struct levels *l = &x->levels;
	struct table_grid *g = NULL;

	for (size_t i = 0; i < l->nr_effects; i++) {
		if (l->effect[i].factors != factors)
			continue;
		if (!g) {
			g = effects_table__grid(t, l, head, true, 1);
			g->interval_below = true;
		}
		effects_table__name(g, &l->effect[i]);
		for (size_t w = 0; w < x->nr_rows; w++)
			cycles_parts__value(g, &x->row[w].value[m][i]);
	}
}

static void add_identical(struct table *t, const struct noisy_effects_of_run *x)
{
	const struct levels *l = &x->levels;
	struct strlist names = { 0 };
	char *all;

	for (size_t i = 0; i < l->nr_effects && x->nr_rows; i++) {
		if (x->row[0].identical[i])
			strlist__add(&names, l->effect[i].name);
	}
	all = strlist__join(&names, ", ");
	if (names.nr)
		table__note(t, "identical", "%s: the same code of the handler, so that what is\nprinted is noise",
			    all);
	free(all);
	strlist__free(&names);
}

static void add_own(struct table *t, const struct noisy_effects_of_run *x)
{
	struct cycles_own *row = xcalloc(x->nr_rows + 1, sizeof(*row));

	for (size_t w = 0; w < x->nr_rows; w++)
		row[w] = (struct cycles_own) { x->row[w].own, &x->row[w].cell[0] };
	if (x->levels.nr_cells)
		cycles_parts__own(t, &x->set, row, x->nr_rows);
	free(row);
}

static void add_reasons(struct table *t, const struct noisy_effects_of_run *x)
{
	const size_t each = x->levels.nr_cells;
	const struct noisy_cell **cell = xcalloc(x->nr_rows * each + 1,
						 sizeof(*cell));
	size_t n = 0;

	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t i = 0; i < each; i++) {
			cell[n] = &x->row[w].cell[i];
			n += cell[n]->boots > 0;
		}
	}
	cycles_parts__reasons(t, cell, n);
	free(cell);
}

static void add_record(struct table *t, const struct noisy_effects_of_run *x,
		       size_t w, enum cycles_mode m, const char *what,
		       const char *name, size_t settings,
		       const struct noisy_value *v)
{
	json_array_append_new(t->records, json_pack(
		"{ss ss ss ss si ss so}", "workload", x->row[w].workload,
		"mode", cycles_mode_names[m], "what", what, "name", name,
		"settings", (int)settings, "unit", "tsc", "value",
		cycles_json__value(v)));
}

static void add_data(struct table *t, const struct noisy_effects_of_run *x)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "rig", "rig" },
		{ "workload", "workload" }, { "mode", "mode" },
		{ "what", "what" }, { "name", "name" },
		{ "settings", "settings" }, { "unit", "unit" },
		{ "layouts", "value.layouts" }, { "cycles", "value.cycles" },
		{ "interval", "value.interval" },
	};
	const struct levels *l = &x->levels;

	for (size_t i = 0; i < x->nr_rows * NR_CYCLES_MODES; i++) {
		const size_t w = i / NR_CYCLES_MODES;
		const enum cycles_mode m = i % NR_CYCLES_MODES;

		for (size_t c = 0; c < l->nr_cells && x->set.has[m]; c++)
			add_record(t, x, w, m, "cell", l->cell[c].name, 1,
				   &x->row[w].cell[c].mode[m]);
		for (size_t e = 0; e < l->nr_effects && x->set.has[m]; e++)
			add_record(t, x, w, m, "effect", l->effect[e].name,
				   l->effect[e].settings, &x->row[w].value[m][e]);
	}
	t->json = cycles_json__head(&x->set, l->base);
	json_object_set(t->json, "values", t->records);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

void cycles_effects_table__add(struct tables *all,
			       const struct noisy_effects_of_run *x,
			       const struct run *run)
{
	struct table *t = tables__add(all);

	add_data(t, x);
	cycles_parts__head(t, run, x->levels.base,
			   table__string(t, "%s, %s, rig %s", x->levels.base,
					 effects_table__factors(t, &x->levels),
					 x->set.rig));
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		if (!x->set.has[m])
			continue;
		add_cells(t, x, m);
		add_effects(t, x, m, 1, table__string(t, "by itself, %s",
						      cycles_mode_names[m]));
		add_effects(t, x, m, 2, table__string(t, "two together, %s",
						      cycles_mode_names[m]));
	}
	add_own(t, x);
	add_reasons(t, x);
	effects_table__notes(t, &x->levels);
	add_identical(t, x);
	cycles_parts__tail(t, &x->set, x->levels.base, run);
}

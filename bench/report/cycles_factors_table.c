// SPDX-License-Identifier: GPL-2.0
/*
 * The factor table in cycles: every figure and difference with its interval,
 * in text in the line below.
 */
#include <stdlib.h>

#include "cycles_parts.h"
#include "factors_table.h"
#include "report.h"

#define CELLS	(NR_DISPATCHES * NR_FACTOR_PROFILES)

/* Of a shape: dispatch by dispatch, its profiles. */
static const struct noisy_cell *cell_of(const struct noisy_shape *s, size_t i)
{
	return &s->at[i / NR_FACTOR_PROFILES][i % NR_FACTOR_PROFILES];
}

static bool shape_has(const struct noisy_shape *s, enum cycles_mode m)
{
	for (size_t i = 0; i < CELLS; i++) {
		if (cell_of(s, i)->mode[m].layouts)
			return true;
	}
	return false;
}

static void add_figures(struct table *t, const struct noisy_factors *x,
			size_t s, enum cycles_mode m)
{
	struct table_grid *g = table__grid(t, table__string(t, "%s, %s",
					   x->shapes.item[s], cycles_mode_names[m]));

	g->close = g->interval_below = true;
	factors_table__figure_columns(g, NULL, (struct table_column) {
				      .width = 10, .digits = 1, .whole = 999.95,
				      .kilo = 999999.5 });
	for (size_t w = 0; w < x->nr_rows; w++) {
		grid__row(g);
		grid__word(g, x->row[w].workload);
		for (size_t i = 0; i < CELLS; i++) {
			const struct noisy_cell *c = cell_of(&x->row[w].shape[s], i);
			const char *word = cycles_parts__word(c);

			if (word)
				grid__word(g, word);
			else
				cycles_parts__value(g, &c->mode[m]);
		}
	}
}

static void add_diffs(struct table *t, const struct noisy_factors *x, size_t s,
		      enum cycles_mode m)
{
	struct table_grid *g = table__grid(t, NULL);

	g->interval_below = true;
	g->caption = table__string(t, "%s, %s: what each factor does",
				   x->shapes.item[s], cycles_mode_names[m]);
	factors_table__diff_columns(g, (struct table_column) {
				    .digits = 1, .whole = 999.95,
				    .kilo = 9999.5 });
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct noisy_shape *shape = &x->row[w].shape[s];
		const struct noisy_effects *e = &shape->effect[m];

		if (!shape_has(shape, m))
			continue;
		grid__row(g);
		grid__word(g, x->row[w].workload);
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
			cycles_parts__value(g, &e->saved[p]);
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++) {
			cycles_parts__value(g, &e->added[DIRECT][p]);
			cycles_parts__value(g, &e->added[INDIRECT][p]);
		}
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++)
			cycles_parts__value(g, &e->interaction[p]);
	}
}

static void add_own(struct table *t, const struct noisy_factors *x)
{
	struct cycles_own *row = xcalloc(x->nr_rows + 1, sizeof(*row));

	for (size_t w = 0; w < x->nr_rows; w++)
		row[w] = (struct cycles_own) { x->row[w].own,
			&x->row[w].shape[0].at[DIRECT][PROFILE_OFF] };
	cycles_parts__own(t, &x->set, row, x->nr_rows);
	free(row);
}

static void add_reasons(struct table *t, const struct noisy_factors *x)
{
	const size_t each = x->shapes.nr * CELLS, nr = x->nr_rows * each;
	const struct noisy_cell **cell = xcalloc(nr + 1, sizeof(void *));
	size_t n = 0;

	for (size_t i = 0; i < nr; i++) {
		cell[n] = cell_of(&x->row[i / each].shape[i / CELLS % x->shapes.nr],
				  i % CELLS);
		n += cell[n]->boots > 0;	/* a note says how to get the others */
	}
	cycles_parts__reasons(t, cell, n);
	free(cell);
}

static json_t *effects_json(const struct noisy_factors *x,
			    const struct noisy_effects *e)
{
	json_t *saved = json_object(), *inter = json_object();
	json_t *added[NR_DISPATCHES] = { json_object(), json_object() };

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		const char *profile = x->profiles.item[p];

		json_object_set_new(saved, profile,
				    cycles_json__difference(&e->saved[p]));
		if (p == PROFILE_OFF)
			continue;
		json_object_set_new(inter, profile,
				    cycles_json__value(&e->interaction[p]));
		for (size_t d = 0; d < NR_DISPATCHES; d++)
			json_object_set_new(added[d], profile,
					    cycles_json__difference(&e->added[d][p]));
	}
	return json_pack("{so s{so so} so}", "direct_saves", saved,
			 "profile_adds", factors_dispatches[DIRECT],
			 added[DIRECT], factors_dispatches[INDIRECT],
			 added[INDIRECT], "interaction", inter);
}

static json_t *shape_json(const struct noisy_factors *x,
			  const struct noisy_factor_row *row, size_t s)
{
	json_t *cells = json_array();
	json_t *o = json_pack("{ss so}", "shape", x->shapes.item[s], "cells",
			      cells);

	for (size_t i = 0; i < CELLS; i++) {
		json_t *cell = cycles_json__cell(cell_of(&row->shape[s], i));

		json_object_set_new(cell, "dispatch", json_string(
				    factors_dispatches[i / NR_FACTOR_PROFILES]));
		json_array_append_new(cells, cell);
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		json_object_set_new(o, cycles_mode_names[m],
				    effects_json(x, &row->shape[s].effect[m]));
	return o;
}

static json_t *row_json(const struct noisy_factors *x,
			const struct noisy_factor_row *row)
{
	json_t *shapes = json_array(), *aa = json_array();

	for (size_t s = 0; s < x->shapes.nr; s++)
		json_array_append_new(shapes, shape_json(x, row, s));
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		json_array_append_new(aa, cycles_json__own(&row->own[m],
							   row->workload, m));
	return json_pack("{ss so so}", "workload", row->workload, "shapes",
			 shapes, "aa", aa);
}

/* Of which shape and mode lines of CSV are. */
struct place {
	struct table *t;
	const struct noisy_factors *x;
	size_t w, s;
	enum cycles_mode m;
};

static void add_record(const struct place *at, const char *what,
		       const char *dispatch, size_t profile,
		       const struct noisy_value *v)
{
	json_array_append_new(at->t->records, json_pack(
		"{ss ss ss ss ss ss ss so}",
		"workload", at->x->row[at->w].workload,
		"shape", at->x->shapes.item[at->s],
		"mode", cycles_mode_names[at->m], "what", what,
		"dispatch", dispatch,
		"profile", at->x->profiles.item[profile], "unit", "tsc",
		"value", cycles_json__value(v)));
}

static void add_records(const struct place *at)
{
	const struct noisy_shape *s = &at->x->row[at->w].shape[at->s];
	const struct noisy_effects *e = &s->effect[at->m];

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			add_record(at, "figure", factors_dispatches[d], p,
				   &s->at[d][p].mode[at->m]);
			if (p != PROFILE_OFF)
				add_record(at, "profile_adds",
					   factors_dispatches[d], p,
					   &e->added[d][p]);
		}
		add_record(at, "direct_saves", "", p, &e->saved[p]);
		if (p != PROFILE_OFF)
			add_record(at, "interaction", "", p, &e->interaction[p]);
	}
}

static void add_data(struct table *t, const struct noisy_factors *x)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "rig", "rig" },
		{ "workload", "workload" }, { "shape", "shape" },
		{ "mode", "mode" }, { "what", "what" },
		{ "dispatch", "dispatch" }, { "profile", "profile" },
		{ "unit", "unit" }, { "layouts", "value.layouts" },
		{ "cycles", "value.cycles" }, { "interval", "value.interval" },
		{ "least", "value.least" }, { "most", "value.most" },
		{ "why", "value.why", .quoted = true },
	};
	json_t *rows = json_array();

	t->json = cycles_json__head(&x->set, x->base);
	table__csv(t, csv, ARRAY_SIZE(csv));
	for (size_t w = 0; w < x->nr_rows; w++) {
		json_array_append_new(rows, row_json(x, &x->row[w]));
		for (size_t i = 0; i < x->shapes.nr * NR_CYCLES_MODES; i++)
			add_records(&(struct place) { t, x, w,
						      i / NR_CYCLES_MODES,
						      i % NR_CYCLES_MODES });
	}
	json_object_set_new(t->json, "reference", json_string(x->shapes.nr ?
							      x->shapes.item[0] : ""));
	json_object_set_new(t->json, "workloads", rows);
}

void cycles_factors_table__add(struct tables *all,
			       const struct noisy_factors *x,
			       const struct run *run)
{
	struct table *t = tables__add(all);

	add_data(t, x);
	cycles_parts__head(t, run, x->base,
			  table__string(t, "%s, dispatch x profile, rig %s",
					x->base, x->set.rig));
	for (size_t i = 0; i < x->shapes.nr * NR_CYCLES_MODES; i++) {
		const enum cycles_mode m = i % NR_CYCLES_MODES;

		if (!x->set.has[m])
			continue;
		add_figures(t, x, i / NR_CYCLES_MODES, m);
		add_diffs(t, x, i / NR_CYCLES_MODES, m);
	}
	add_own(t, x);
	add_reasons(t, x);
	if (x->set.usable + x->set.skipped < x->set.cells)
		factors_table__missing(t, x->set.rig, x->base);
	table__note(t, "interaction", "what the direct call saves more than under off");
	cycles_parts__tail(t, &x->set, x->base, run);
}

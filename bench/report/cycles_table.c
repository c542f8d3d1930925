// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison in cycles as a table: workloads in rows, variants in columns, a
 * grid a mode.
 */
#include <stdlib.h>
#include <string.h>

#include "cycles_parts.h"
#include "report.h"
#include "text.h"

#define FIGURE	14
#define DIFF	16

/* The verdict's word; "same" of equal handlers. */
static const char *word_of(const struct noisy_diff *d)
{
	return d->same_code ? "same" : paired_word__text(d->word.is);
}

static void add_columns(struct table_grid *g, const struct noisy_comparison *c)
{
	const struct table_column figure = { "figure", FIGURE, 1 };

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__group(g, c->variants.item[0], GROUP_ALWAYS, 0);
	grid__column(g, figure);
	for (size_t v = 1; v < c->variants.nr; v++) {
		grid__group(g, c->variants.item[v], GROUP_IN_TURN,
			    FIGURE + DIFF);
		grid__column(g, figure);
		grid__column(g, (struct table_column) { "difference", DIFF, 1,
							.sign = true });
		grid__column(g, (struct table_column) { "%", 8, 2, .sign = true,
							.percent = true,
							.whole = 999.995 });
		grid__column(g, (struct table_column) { "mark", 8, .left = true,
							.gap = 2 });
	}
}

static void add_cell(struct table_grid *g, const struct noisy_cell *c,
		     enum cycles_mode m)
{
	const char *word = cycles_parts__word(c);

	if (word)
		grid__word(g, word);
	else
		cycles_parts__value(g, &c->mode[m]);
}

static void add_diff(struct table_grid *g, const struct noisy_diff *d)
{
	if (d->by.layouts) {
		cycles_parts__value(g, &d->by);
		grid__number(g, d->by.percent);
		grid__word(g, word_of(d));
	} else {
		for (int i = 0; i < 3; i++)
			grid__empty(g);
	}
}

static void add_grid(struct table *t, const struct noisy_comparison *c,
		     enum cycles_mode m)
{
	struct table_grid *g;

	g = table__grid(t, table__string(t, "%s, difference to %s", !c->set.paired ?
			"Faults in a row, as the guest timed them" : m == CYCLES_HOT ?
			"Hot: caches and predictors warm" :
			"Cold: caches and predictors not warm",
			c->variants.item[0]));
	add_columns(g, c);
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct noisy_row *row = &c->row[w];

		grid__row(g);
		grid__word(g, row->workload);
		add_cell(g, &row->cell[0], m);
		for (size_t v = 1; v < c->variants.nr; v++) {
			add_cell(g, &row->cell[v], m);
			add_diff(g, &row->diff[m][v]);
		}
	}
}

static void add_own(struct table *t, const struct noisy_comparison *c)
{
	struct cycles_own *row = xcalloc(c->nr_rows + 1, sizeof(*row));

	for (size_t w = 0; w < c->nr_rows; w++)
		row[w] = (struct cycles_own) { c->row[w].own, &c->row[w].cell[0],
					       c->row[w].shows };
	cycles_parts__own(t, &c->set, row, c->nr_rows);
	free(row);
}

/* Both have a figure, and it cannot be compared with the other, or not all. */
static void add_unpaired(struct table *t, const struct noisy_comparison *c,
			 const struct noisy_row *row, size_t v)
{
	for (size_t m = 0; v && m < NR_CYCLES_MODES; m++) {
		const struct noisy_value *by = &row->diff[m][v].by;

		if (!row->cell[0].mode[m].layouts ||
		    !row->cell[v].mode[m].layouts ||
		    (by->layouts && !by->unpaired))
			continue;
		table__reason(t, table__string(t, "%s: %s, %s, %s", by->layouts ?
					       "layouts left out" : "no difference",
					       row->workload, c->variants.item[v],
					       cycles_mode_names[m]),
			      !by->unpaired ? by->why :
			      table__string(t, "%zu not paired: the blocks are not as many, or of other chunks",
					    by->unpaired));
	}
}

static void add_reasons(struct table *t, const struct noisy_comparison *c)
{
	const size_t nr = c->nr_rows * c->variants.nr;
	const struct noisy_cell **cell = xcalloc(nr + 1, sizeof(void *));

	for (size_t i = 0; i < nr; i++)
		cell[i] = &c->row[i / c->variants.nr].cell[i % c->variants.nr];
	cycles_parts__reasons(t, cell, nr);
	free(cell);
	for (size_t i = 0; i < nr; i++)
		add_unpaired(t, c, &c->row[i / c->variants.nr],
			     i % c->variants.nr);
}

/* What the PMU counted in a cell, "455.5 core cycles, ..."; "" if nothing. */
static char *pmu_text(struct table *t, const struct noisy_cell *c)
{
	static const char *const unit[] = {
		"core cycles", "instructions", "branch misses",
	};
	struct strlist parts = { 0 };
	char *all;

	for (size_t p = 0; p < NR_CYCLES_PMU; p++) {
		if (c->pmu[p] >= 0)
			strlist__add(&parts, table__string(t, "%.*f %s",
					c->pmu[p] < 10 ? 3 : 1, c->pmu[p], unit[p]));
	}
	all = strlist__join(&parts, ", ");
	strlist__free(&parts);
	return all;
}

static void add_pmu(struct table *t, const struct noisy_comparison *c)
{
	const char *head = table__string(t, "by the PMU, per hot fault of %s",
					 c->variants.item[0]);

	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct noisy_cell *cell = &c->row[w].cell[0];
		char *counts = pmu_text(t, cell);

		if (*counts) {
			table__reason(t, head, table__string(t, "%s: %s",
							     cell->workload, counts));
			head = NULL;
		}
		free(counts);
	}
}

static const char *handler_of(const struct noisy_comparison *c, size_t v)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (c->row[w].cell[v].usable)
			return c->row[w].cell[v].handler;
	}
	return "";
}

static void add_identical(struct table *t, const struct noisy_comparison *c)
{
	const char *h = handler_of(c, 0);

	for (size_t v = 1; v < c->variants.nr; v++) {
		if (*h && !strcmp(h, handler_of(c, v)))
			table__note(t, "same", "%s has the handler code of %s:\n"
				    "any difference between them is noise",
				    c->variants.item[v], c->variants.item[0]);
	}
}

static json_t *cell_json(const struct noisy_row *row, size_t v)
{
	json_t *o = cycles_json__cell(&row->cell[v]);

	for (size_t m = 0; v && m < NR_CYCLES_MODES; m++) {
		const struct noisy_diff *d = &row->diff[m][v];
		json_t *by = cycles_json__difference(&d->by);

		json_object_set_new(by, "mark", json_string(
				    paired_word__text(d->word.is)));
		if (d->by.layouts) {
			json_object_set_new(by, "run_low", cycles_json__number(d->word.run_low));
			json_object_set_new(by, "run_high", cycles_json__number(d->word.run_high));
			json_object_set_new(by, "least", cycles_json__number(d->word.delta));
			json_object_set_new(by, "shows", cycles_json__number(d->word.shows));
		}
		json_object_set_new(by, "same_code", json_boolean(d->same_code));
		json_object_set_new(json_object_get(o, cycles_mode_names[m]),
				    "difference", by);
	}
	return o;
}

/* A line of CSV is a cell in a mode, with the A/A of its row. */
static void add_record(struct table *t, const struct noisy_row *row, size_t v,
		       enum cycles_mode m, json_t *cell, json_t *aa)
{
	const struct noisy_cell *c = &row->cell[v];
	const char *mode = cycles_mode_names[m];

	json_array_append_new(t->records, json_pack("{sO sO sO ss ss ss ss}",
		"cell", cell, "figure", json_object_get(cell, mode), "aa", aa,
		"mode", mode, "unit", "tsc",
		"mark", word_of(&row->diff[m][v]),
		"why", c->mode[m].layouts && *c->why ? c->why : c->mode[m].why));
}

static void add_data(struct table *t, const struct noisy_comparison *c)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "rig", "rig" },
		{ "profile", "cell.profile" }, { "workload", "cell.workload" },
		{ "variant", "cell.variant" }, { "mode", "mode" },
		{ "unit", "unit" }, { "boots", "cell.boots" },
		{ "valid", "cell.valid" }, { "layouts", "figure.layouts" },
		{ "cycles", "figure.cycles" }, { "interval", "figure.interval" },
		{ "least", "figure.least" }, { "most", "figure.most" },
		{ "floor", "figure.floor" }, { "kept", "figure.kept" },
		{ "difference", "figure.difference.cycles" },
		{ "difference_interval", "figure.difference.interval" },
		{ "difference_least", "figure.difference.least" },
		{ "difference_most", "figure.difference.most" },
		{ "difference_percent", "figure.difference.percent" },
		{ "mark", "mark" }, { "aa", "aa.cycles" },
		{ "aa_interval", "aa.interval" },
		{ "why", "why", .quoted = true },
	};
	json_t *cells = json_array(), *aa = json_array();

	t->json = cycles_json__head(&c->set, c->base);
	table__csv(t, csv, ARRAY_SIZE(csv));
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct noisy_row *row = &c->row[w];
		json_t *own[NR_CYCLES_MODES];

		for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
			own[m] = cycles_json__own(&row->own[m], row->workload, m);
			json_object_set_new(own[m], "shows",
					    cycles_json__number(row->shows[m]));
			json_array_append_new(aa, own[m]);
		}
		for (size_t v = 0; v < c->variants.nr; v++) {
			json_t *cell = cell_json(row, v);

			json_array_append_new(cells, cell);
			for (size_t m = 0; m < NR_CYCLES_MODES; m++)
				add_record(t, row, v, m, cell, own[m]);
		}
	}
	json_object_set_new(t->json, "profile", json_string(c->profile));
	json_object_set_new(t->json, "reference",
			    json_string(c->variants.item[0]));
	json_object_set_new(t->json, "cells", cells);
	json_object_set_new(t->json, "aa", aa);
}

void cycles_table__add(struct tables *all, const struct noisy_comparison *c,
		       const struct run *run)
{
	struct table *t = tables__add(all);

	add_data(t, c);
	cycles_parts__head(t, run, c->base,
			  table__string(t, "%s, profile %s, rig %s",
					c->base, c->profile, c->set.rig));
	if (!c->set.usable) {
		add_reasons(t, c);
		return;
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		if (c->set.has[m])
			add_grid(t, c, m);
	}
	add_own(t, c);
	add_reasons(t, c);
	add_identical(t, c);
	cycles_parts__rule(t, &c->set, c->rule);
	if (c->left_out)
		table__note(t, "left out", "%zu steps and overlays: --factors or --variants LIST",
			    c->left_out);
	add_pmu(t, c);
	cycles_parts__tail(t, &c->set, c->base, run);
}

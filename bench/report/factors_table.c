// SPDX-License-Identifier: GPL-2.0
/*
 * The factor table: what the direct call saves, what a retpoline adds, and what
 * the shape of the arguments has to do with it.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exact_table.h"
#include "factors_table.h"
#include "report.h"
#include "run_rigs.h"

#define SHAPES_A_PIECE	2
#define SHAPE_WIDTH	18

static const struct table_column workload_column = {
	"workload", NAME_WIDTH, .left = true, .cut = true,
};

void factors_table__figure_columns(struct table_grid *g, const char *shape,
				   struct table_column c)
{
	static const char *const head[] = { "off", "retpol.", "lfence" };

	g->two_heads = true;
	grid__group(g, shape, GROUP_ALWAYS, 0);
	grid__column(g, workload_column);
	for (int d = 0; d < NR_DISPATCHES; d++) {
		grid__group(g, d == DIRECT ? "direct call" : "indirect call",
			    GROUP_ALWAYS, 0);
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
			c.head = head[p];
			grid__column(g, c);
		}
	}
}

void factors_table__diff_columns(struct table_grid *g, struct table_column c)
{
	static const struct { const char *group, *head; int width; } of[] = {
		{ "direct call saves", "off", 6 }, { NULL, "retp", 6 },
		{ NULL, "lfen", 6 },
		{ "retp. adds", "direct", 7 }, { NULL, "indir.", 7 },
		{ "lfence adds", "direct", 7 }, { NULL, "indir.", 7 },
		{ "interaction", "retp", 7 }, { NULL, "lfen", 7 },
	};

	g->two_heads = true;
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, workload_column);
	c.sign = true;
	for (size_t i = 0; i < ARRAY_SIZE(of); i++) {
		if (of[i].group)
			grid__group(g, of[i].group, GROUP_ALWAYS, 0);
		c.head = of[i].head;
		c.width = of[i].width;
		grid__column(g, c);
	}
}

void factors_table__missing(struct table *t, const char *rig, const char *base)
{
	if (rig)
		table__note(t, "missing", "faultline run --rig %s --base %s\n--profiles " FACTOR_PROFILES "\n--variants NAME,NAME+" DISPATCH_INDIRECT,
			    rig, base);
	else
		table__note(t, "missing", "faultline run --base %s --profiles " FACTOR_PROFILES "\n--variants NAME,NAME+" DISPATCH_INDIRECT,
			    base);
}

static void add_figure(struct table_grid *g, const struct cmp_cell *c)
{
	exact_table__typical(g, c, c->boots ? "invalid" : "-");
}

static void add_figures(struct table *t, const struct factors *x, size_t s)
{
	struct table_grid *g = table__grid(t, NULL);

	factors_table__figure_columns(g, x->shapes.item[s],
				      (struct table_column) { .width = 9 });
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_cells *c = &x->row[w].cells[s];

		grid__row(g);
		grid__word(g, x->row[w].workload);
		for (size_t i = 0; i < NR_DISPATCHES * NR_FACTOR_PROFILES; i++)
			add_figure(g, &c->at[i / NR_FACTOR_PROFILES]
					    [i % NR_FACTOR_PROFILES]);
	}
}

/* "vary": no difference that most of the faults share. */
static void add_diff(struct table_grid *g, int64_t diff)
{
	if (diff == VARIES)
		grid__word(g, "vary");
	else
		grid__number(g, diff);
}

static void add_diffs(struct table *t, const struct factors *x, size_t s)
{
	struct table_grid *g = table__grid(t, NULL);

	factors_table__diff_columns(g, (struct table_column) { 0 });
	g->caption = table__string(t, "%s: what each factor does",
				   x->shapes.item[s]);
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *row = &x->row[w];
		const struct factor_diffs *d = &row->diffs[s];

		if (!row->cells[s].complete)
			continue;
		grid__row(g);
		grid__word(g, row->workload);
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
			add_diff(g, d->saved[p]);
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++) {
			add_diff(g, d->added[DIRECT][p]);
			add_diff(g, d->added[INDIRECT][p]);
		}
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++)
			add_diff(g, d->interaction[p]);
	}
}

static bool any_usable(const struct factors *x, size_t s)
{
	for (size_t i = 0; i < x->nr_rows * NR_DISPATCHES * NR_FACTOR_PROFILES; i++) {
		const size_t p = i % NR_FACTOR_PROFILES;
		const size_t d = i / NR_FACTOR_PROFILES % NR_DISPATCHES;
		const size_t w = i / NR_FACTOR_PROFILES / NR_DISPATCHES;

		if (x->row[w].cells[s].at[d][p].usable)
			return true;
	}
	return false;
}

static bool any_complete(const struct factors *x, size_t s)
{
	for (size_t w = 0; w < x->nr_rows; w++) {
		if (x->row[w].cells[s].complete)
			return true;
	}
	return false;
}

static void effect_columns(struct table_grid *g, const struct factors *x)
{
	static const struct table_column effect[] = {
		{ "indirect", 9, 1, .sign = true },
		{ "retpol.", 8, 1, .sign = true },
		{ "lfence", 7, 1, .sign = true },
	};

	g->most = SHAPES_A_PIECE;
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, workload_column);
	for (size_t s = 1; s < x->shapes.nr; s++) {
		grid__group(g, x->shapes.item[s], GROUP_IN_TURN, 0);
		grid__column(g, (struct table_column) { "", SHAPE_WIDTH, 1,
							.sign = true });
	}
	grid__group(g, NULL, GROUP_FIRST, 0);
	for (size_t i = 0; i < ARRAY_SIZE(effect); i++)
		grid__column(g, effect[i]);
}

static const struct factor_row *worst_of(const struct factors *x)
{
	const struct factor_row *worst = NULL;

	for (size_t w = 0; w < x->nr_rows; w++) {
		if (x->row[w].main.complete &&
		    (!worst || x->row[w].main.residual > worst->main.residual))
			worst = &x->row[w];
	}
	return worst;
}

static void add_main_effects(struct table *t, const struct factors *x)
{
	const struct factor_row *worst = worst_of(x);
	struct table_grid *g;

	if (!worst)
		return;
	g = table__grid(t, "Main effects: each the mean over all levels of the other two factors");
	effect_columns(g, x);
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct main_effects *m = &x->row[w].main;

		if (!m->complete)
			continue;
		grid__row(g);
		grid__word(g, x->row[w].workload);
		for (size_t s = 1; s < x->shapes.nr; s++)
			grid__number(g, m->shape[s]);
		grid__number(g, m->indirect);
		grid__number(g, m->profile[PROFILE_RETPOLINE]);
		grid__number(g, m->profile[PROFILE_LFENCE]);
	}
	if (x->shapes.nr > 1)
		table__note(t, "shape", "against %s", x->shapes.item[0]);
	table__note(t, "dispatch", "indirect against direct");
	table__note(t, "profile", "retpoline and lfence against off");
	table__note(t, "unexplained", "at most %.1f of a figure, in %s: the rest adds up",
		    worst->main.residual, worst->workload);
}

static void add_reasons(struct table *t, const struct factors *x)
{
	const size_t cells = NR_DISPATCHES * NR_FACTOR_PROFILES;

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *row = &x->row[w];

		if (row->cells[0].at[0][0].skipped) {
			exact_table__reason(t, &row->cells[0].at[0][0],
					    row->workload, "");
			continue;
		}
		for (size_t i = 0; i < x->shapes.nr * cells; i++) {
			const size_t d = i / NR_FACTOR_PROFILES % NR_DISPATCHES;
			const size_t p = i % NR_FACTOR_PROFILES, s = i / cells;
			const struct cmp_cell *c = &row->cells[s].at[d][p];

			if (c->boots)	/* a note says how to get the others */
				exact_table__reason(t, c, table__string(t, "%s, %s, %s, %s",
						    row->workload, x->shapes.item[s],
						    factors_dispatches[d], x->profiles.item[p]), "");
		}
	}
}

/* Each row's first cell that has several figures, and how many have. */
static void add_several(struct table *t, const struct factors *x)
{
	const size_t each = NR_DISPATCHES * NR_FACTOR_PROFILES;

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct cmp_cell *first = NULL;
		const char *shape = NULL;
		size_t nr = 0;

		for (size_t i = 0; i < x->shapes.nr * each; i++) {
			const struct cmp_cell *c = &x->row[w].cells[i / each]
				.at[i / NR_FACTOR_PROFILES % NR_DISPATCHES]
				   [i % NR_FACTOR_PROFILES];

			if (!c->usable || !c->several)
				continue;
			nr++;
			shape = first ? shape : x->shapes.item[i / each];
			first = first ?: c;
		}
		if (first)
			exact_table__several(t, first, nr > 1 ?
				table__string(t, "%s, %s and %zu more cells:",
					      x->row[w].workload, shape, nr - 1) :
				table__string(t, "%s, %s:", x->row[w].workload,
					      shape));
	}
}

static json_t *effects_json(const struct factors *x, const struct factor_row *r)
{
	const struct main_effects *m = &r->main;
	json_t *shape = json_object(), *profile = json_object();

	for (size_t s = 0; s < x->shapes.nr; s++)
		json_object_set_new(shape, x->shapes.item[s],
				    json_real(m->shape[s]));
	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
		json_object_set_new(profile, x->profiles.item[p],
				    json_real(m->profile[p]));
	return json_pack("{so sf so sf}", "shape", shape, "indirect",
			 m->indirect, "profile", profile, "residual",
			 m->residual);
}

/* The cells of a row; each is a record as well. */
static json_t *cells_json(struct table *t, const struct factors *x,
			  const struct factor_row *r)
{
	const size_t each = NR_DISPATCHES * NR_FACTOR_PROFILES;
	json_t *cells = json_array();

	for (size_t i = 0; i < x->shapes.nr * each; i++) {
		const size_t d = i / NR_FACTOR_PROFILES % NR_DISPATCHES;
		const size_t p = i % NR_FACTOR_PROFILES;
		json_t *o = exact_table__figure(&r->cells[i / each].at[d][p]);

		json_object_set_new(o, "shape", json_string(x->shapes.item[i / each]));
		json_object_set_new(o, "dispatch", json_string(factors_dispatches[d]));
		json_object_set_new(o, "profile", json_string(x->profiles.item[p]));
		json_array_append_new(t->records, json_pack("{ss sO}", "workload",
							    r->workload, "cell", o));
		json_array_append_new(cells, o);
	}
	return cells;
}

static void add_data(struct table *t, const struct factors *x,
		     const struct run *run)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "workload", "workload" },
		{ "shape", "cell.shape" }, { "dispatch", "cell.dispatch" },
		{ "profile", "cell.profile" }, { "exact", "cell.exact" },
		{ "typical", "cell.typical" }, { "mean", "cell.mean" },
		{ "rig", "rig" },
	};
	json_t *rows = json_array();

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *r = &x->row[w];
		json_t *o = json_pack("{ss so}", "workload", r->workload,
				      "cells", cells_json(t, x, r));

		if (r->main.complete)
			json_object_set_new(o, "main_effects",
					    effects_json(x, r));
		json_array_append_new(rows, o);
	}
	t->json = json_pack("{ss ss ss ss so}", "base", x->base,
			    "rig", run__rig(run), "unit",
			    "instructions", "reference", x->shapes.nr ?
			    x->shapes.item[0] : "", "workloads", rows);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

void factors_table__add(struct tables *all, const struct factors *x,
			const struct run *run)
{
	struct table *t = tables__add(all);
	const char *rig = exact_table__rig(t, run);

	add_data(t, x, run);
	exact_table__head(t, run, x->base,
			  table__string(t, *rig ? "%s%s, dispatch x profile" :
					"%s%s, dispatch x profile, typical fault",
					x->base, rig));
	table__line(t, "%s", "");
	for (size_t s = 0; s < x->shapes.nr; s++) {
		if (any_usable(x, s))
			add_figures(t, x, s);
		if (any_complete(x, s))
			add_diffs(t, x, s);
	}
	add_main_effects(t, x);
	add_reasons(t, x);
	if (x->usable + x->skipped < x->cells)
		factors_table__missing(t, NULL, x->base);
	add_several(t, x);
	if (x->least_of)
		table__note(t, "difference", "what most pairs of faults differ by, in order of size\n"
			    "at least %.1f %% of them (in %s: %+" PRId64 ";\n"
			    "the 5 %% trimmed mean of those pairs is %+.1f)",
			    floor(1000 * x->least.share) / 10, x->least_of,
			    x->least.diff, x->least.mean);
	table__note(t, "interaction", "what the direct call saves more than under off");
	table__note(t, "exact", "%zu of %zu cells", x->exact,
		    x->cells - x->skipped);
	table__line(t, "%s", "");
	table__line(t, "Instructions, not cycles: what a retpoline stalls is not in here.");
}

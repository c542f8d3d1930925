// SPDX-License-Identifier: GPL-2.0
/*
 * AMD and Intel in one table: for each shape a column a CPU model, so that what
 * an NPF and an EPT violation cost stands next to each other.
 */
#include <string.h>

#include "exact_table.h"
#include "report.h"
#include "rigs.h"
#include "vendors.h"

#define FIGURE_WIDTH	9
#define DIFF_WIDTH	9
#define ADDED_WIDTH	6

/* How an addition is headed, and called in JSON and CSV. */
static const struct {
	const char *head, *key;
} added[NR_VENDORS_ADDED] = {
	[ADDED_RETPOLINE] = { "retpoline", "retpoline" },
	[ADDED_INDIRECT] = { "indirect", "indirect" },
	[ADDED_INDIRECT_RETPOLINE] = { "indirect R", "indirect_retpoline" },
	[ADDED_EPT_DIRECT] = { "ept-direct", "ept_direct" },
	[ADDED_EPT_DIRECT_RETPOLINE] = { "ept-dir. R", "ept_direct_retpoline" },
};

static const struct rig_model *model_of(const struct vendors *x, size_t side)
{
	return rigs__model(run__rig(&x->side.item[side]));
}

/* "Intel", or of two models of a vendor "skylake". */
static const char *side_head(const struct vendors *x, size_t side)
{
	const struct rig_model *m = model_of(x, side);

	for (size_t i = 0; i < x->side.nr; i++) {
		if (i != side && !strcmp(model_of(x, i)->vendor, m->vendor))
			return m->name;
	}
	return m->vendor;
}

static void side_columns(struct table_grid *g, const struct vendors *x,
			 struct table_column c)
{
	for (size_t i = 0; i < x->side.nr; i++) {
		c.head = side_head(x, i);
		grid__column(g, c);
	}
}

static struct table_grid *begin_grid(struct table *t, const char *title)
{
	struct table_grid *g = table__grid(t, title);

	g->two_heads = true;
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	return g;
}

static void add_diff(struct table_grid *g, const struct cmp_diff *d)
{
	if (!d->comparable)
		grid__empty(g);
	else if (d->by.shared)
		grid__number(g, d->by.diff);
	else
		grid__word(g, "vary");
}

static void add_shapes(struct table *t, const struct vendors *x)
{
	const char *reference = x->shapes.item[0];
	struct table_grid *g = begin_grid(t, table__string(t,
			"Typical fault, difference to %s", reference));

	grid__group(g, reference, GROUP_ALWAYS, 0);
	side_columns(g, x, (struct table_column) { .width = FIGURE_WIDTH });
	for (size_t s = 1; s < x->shapes.nr; s++) {
		grid__group(g, x->shapes.item[s], GROUP_IN_TURN, 0);
		side_columns(g, x, (struct table_column) { .width = DIFF_WIDTH,
							   .sign = true });
	}
	for (size_t w = 0; w < x->nr_rows; w++) {
		grid__row(g);
		grid__word(g, x->row[w].workload);
		for (size_t i = 0; i < x->shapes.nr * x->side.nr; i++) {
			const struct vendors_cell *c = &x->row[w].cell[i];

			if (i < x->side.nr)
				exact_table__typical(g, &c->cell, "invalid");
			else
				add_diff(g, &c->diff);
		}
	}
}

static bool any_added(const struct vendors *x)
{
	for (size_t a = 0; a < NR_VENDORS_ADDED; a++) {
		if (x->has[a])
			return true;
	}
	return false;
}

/* Is it the same figure, or none, in both? */
static bool same_diff(const struct cmp_diff *a, const struct cmp_diff *b)
{
	return a->comparable == b->comparable &&
	       (!a->comparable || (a->by.shared == b->by.shared &&
				   a->by.diff == b->by.diff));
}

/* Is anything added in a row of a shape that is not so in the reference? */
static bool row_added(const struct vendors *x, const struct vendors_row *row,
		      size_t shape)
{
	for (size_t i = 0; i < x->side.nr * NR_VENDORS_ADDED; i++) {
		const size_t side = i % x->side.nr, a = i / x->side.nr;
		const struct cmp_diff *d = &vendors__cell(x, row, shape, side)->added[a];
		const struct cmp_diff *ref = &vendors__cell(x, row, 0, side)->added[a];

		if (d->comparable && (!shape || !same_diff(d, ref)))
			return true;
	}
	return false;
}

static bool any_row_added(const struct vendors *x, size_t shape)
{
	for (size_t w = 0; w < x->nr_rows; w++) {
		if (row_added(x, &x->row[w], shape))
			return true;
	}
	return false;
}

static void add_additions(struct table *t, const struct vendors *x, size_t shape)
{
	struct table_grid *g;

	if (!any_row_added(x, shape))
		return;
	g = begin_grid(t, shape ?
		table__string(t, "Added to a fault of %s, where it differs from %s",
			      x->shapes.item[shape], x->shapes.item[0]) :
		table__string(t, "Added to a fault of %s",
			      x->shapes.item[0]));

	for (size_t a = 0; a < NR_VENDORS_ADDED; a++) {
		if (!x->has[a])
			continue;
		grid__group(g, added[a].head, GROUP_IN_TURN, 0);
		side_columns(g, x, (struct table_column) { .width = ADDED_WIDTH,
							   .sign = true });
	}
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct vendors_row *row = &x->row[w];

		if (!row_added(x, row, shape))
			continue;
		grid__row(g);
		grid__word(g, row->workload);
		for (size_t i = 0; i < x->side.nr * NR_VENDORS_ADDED; i++) {
			const size_t a = i / x->side.nr;

			if (x->has[a])
				add_diff(g, &vendors__cell(x, row, shape,
						i % x->side.nr)->added[a]);
		}
	}
}

static void add_legend(struct table *t, const struct vendors *x)
{
	for (size_t i = 0; i < x->side.nr; i++)
		table__note(t, side_head(x, i), "rig %s: %s", run__rig(&x->side.item[i]),
			    model_of(x, i)->title);
	if (x->has[ADDED_RETPOLINE])
		table__note(t, "retpoline", "the profile against off, the kernel as it is");
	if (x->has[ADDED_INDIRECT] || x->has[ADDED_INDIRECT_RETPOLINE])
		table__note(t, "indirect", "+indirect: the handler is not called directly");
	if (x->has[ADDED_EPT_DIRECT] || x->has[ADDED_EPT_DIRECT_RETPOLINE])
		table__note(t, "ept-direct", "+ept-direct: the exit handler of EPT violations is, as\n"
			    "that of nested page faults is anyway");
	if (x->has[ADDED_INDIRECT_RETPOLINE] || x->has[ADDED_EPT_DIRECT_RETPOLINE])
		table__note(t, "R", "both under profile retpoline");
	if (!any_added(x))
		table__note(t, "missing", "what retpolines and the ways to call add: faultline run\n"
			    "--rig %s --base %s --profiles off,retpoline\n"
			    "--variants NAME,NAME+indirect,NAME+ept-direct",
			    rigs__facts(run__rig(&x->side.item[0]))->name, x->base);
	table__note(t, "exact", "%zu of %zu cells", x->exact, x->cells - x->skipped);
}

/* Of the reference shape: a skip is one of all shapes. */
static void add_reasons(struct table *t, const struct vendors *x)
{
	for (size_t i = 0; i < x->nr_rows * x->side.nr; i++) {
		const struct vendors_row *row = &x->row[i / x->side.nr];
		const size_t side = i % x->side.nr;

		exact_table__reason(t, &row->cell[side].cell,
				    table__string(t, "%s, %s", row->workload,
						  run__rig(&x->side.item[side])),
				    "missing");
	}
}

static json_t *shared_json(const struct cmp_diff *d)
{
	return vendors__shared(d) ? json_integer(d->by.diff) : json_null();
}

static json_t *cell_json(const struct vendors *x, const struct vendors_row *row,
			 size_t shape, size_t side)
{
	const struct vendors_cell *c = vendors__cell(x, row, shape, side);
	json_t *o = exact_table__figure(&c->cell), *more = json_object();

	for (size_t a = 0; a < NR_VENDORS_ADDED; a++) {
		if (x->has[a])
			json_object_set_new(more, added[a].key,
					    shared_json(&c->added[a]));
	}
	json_object_update_new(o, json_pack("{ss ss ss ss so so so}",
		"workload", row->workload,
		"vendor", model_of(x, side)->vendor,
		"rig", run__rig(&x->side.item[side]),
		"variant", x->shapes.item[shape],
		"difference", shared_json(&c->diff),
		"difference_percent", vendors__shared(&c->diff) ?
			json_real(c->diff.percent) : json_null(),
		"added", more));
	return o;
}

static void add_data(struct table *t, const struct vendors *x)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "profile", "profile" },
		{ "vendor", "vendor" }, { "rig", "rig" },
		{ "workload", "workload" }, { "variant", "variant" },
		{ "exact", "exact" }, { "typical", "typical" },
		{ "difference", "difference" },
		{ "difference_percent", "difference_percent" },
		{ "retpoline_adds", "added.retpoline" },
		{ "indirect_adds", "added.indirect" },
		{ "indirect_retpoline_adds", "added.indirect_retpoline" },
		{ "ept_direct_adds", "added.ept_direct" },
		{ "ept_direct_retpoline_adds", "added.ept_direct_retpoline" },
		{ "why", "why", .quoted = true },
	};
	json_t *vendors = json_array();

	for (size_t i = 0; i < x->side.nr; i++) {
		const struct rig_model *m = model_of(x, i);

		json_array_append_new(vendors, json_pack("{ss ss ss ss}",
			"vendor", m->vendor, "rig", run__rig(&x->side.item[i]),
			"title", m->title, "cpu", m->cpu));
	}
	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t i = 0; i < x->shapes.nr * x->side.nr; i++)
			json_array_append_new(t->records,
				cell_json(x, &x->row[w], i / x->side.nr,
					  i % x->side.nr));
	}
	t->json = json_pack("{ss ss ss ss so sO}", "base", x->base,
			    "profile", x->profile, "unit", "instructions",
			    "reference", x->shapes.item[0], "vendors", vendors,
			    "cells", t->records);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

/* "AMD next to Intel" */
static char *vendors_text(const struct vendors *x)
{
	struct strlist names = { 0 };
	char *text;

	for (size_t i = 0; i < x->side.nr; i++) {
		if (!strlist__has(&names, model_of(x, i)->vendor))
			strlist__add(&names, model_of(x, i)->vendor);
	}
	text = strlist__join(&names, " next to ");
	strlist__free(&names);
	return text;
}

void vendors_table__add(struct tables *all, const struct vendors *x)
{
	struct table *t = tables__add(all);
	char *vendors = vendors_text(x);

	add_data(t, x);
	exact_table__head(t, &x->side.item[0], x->base,
			  table__string(t, "%s, profile %s, %s", x->base,
					x->profile, vendors));
	table__line(t, "%s", "");
	add_shapes(t, x);
	for (size_t s = 0; s < x->shapes.nr; s++)
		add_additions(t, x, s);
	add_reasons(t, x);
	add_legend(t, x);
	table__line(t, "%s", "");
	table__line(t, "Instructions, not cycles: the same kernels on each CPU.");
	free(vendors);
}

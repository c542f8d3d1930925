// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison in instructions as a table: workloads in rows, variants in
 * columns, a grid for each metric that has a title.
 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "compare_notes.h"
#include "exact_table.h"
#include "perturb.h"
#include "report.h"
#include "text.h"

enum is { COUNT, REAL, STRING };

/* What a grid has next to its figures. */
enum grid_is {
	OF_FIGURES,		/* how much larger than the reference's each is */
	OF_PAIRS,		/* the difference of the cells (struct cmp_pair) */
	FOR_INFORMATION,	/* what must be known of it; no difference */
};

/*
 * What is known of a cell. A row here is a member of JSON and, with a csv name,
 * a column of CSV; with a title it is a table for people as well.
 */
static const struct metric {
	const char *key, *csv, *title;
	enum is is;
	size_t at;		/* in struct cmp_cell */
	enum grid_is grid;
} metrics[] = {
#define METRIC(key, csv, is, member, title) \
	{ key, csv, title, is, offsetof(struct cmp_cell, member), OF_FIGURES }
	METRIC("events", "events", COUNT, events, NULL),
	{ "typical", "typical", "Typical fault", COUNT,
	  offsetof(struct cmp_cell, typical), OF_PAIRS },
	METRIC("typical_max", NULL, COUNT, typical_max, NULL),
	METRIC("typical_share", "typical_share", REAL, share, NULL),
	{ "mean", "mean", "Mean of all faults, what its largest sample adds, irqs: for information",
	  REAL, offsetof(struct cmp_cell, mean), FOR_INFORMATION },
	METRIC("mean_max", NULL, REAL, mean_max, NULL),
	METRIC("largest_adds", NULL, REAL, largest, NULL),
	METRIC("median", "median", COUNT, hist.median, NULL),
	METRIC("min", "min", COUNT, hist.min, NULL),
	METRIC("max", "max", COUNT, hist.max, NULL),
	METRIC("total", "total", COUNT, total, NULL),
	METRIC("clock_floor", NULL, COUNT, clock_floor, NULL),
	METRIC("irqs", NULL, COUNT, irqs, NULL),
	METRIC("handler_sha256", NULL, STRING, handler, NULL),
	METRIC("vmlinux_sha256", NULL, STRING, vmlinux, NULL),
};

/* Widths of the columns; a larger figure is in thousands there. */
#define VALUE_WIDTH	8
#define DIFF_WIDTH	6
#define INFO_WIDTH	6	/* of +- */
#define IRQS_WIDTH	5
#define MOST_DIFF	99999

static double figure(const struct metric *m, const struct cmp_cell *c)
{
	const void *at = (const char *)c + m->at;

	return m->is == COUNT ? (double)*(const uint64_t *)at :
				*(const double *)at;
}

static json_t *figure_json(const struct metric *m, const struct cmp_cell *c)
{
	const void *at = (const char *)c + m->at;

	switch (m->is) {
	case COUNT:
		return json_integer(*(const uint64_t *)at);
	case REAL:
		return isnan(*(const double *)at) ? json_null() :
						    json_real(*(const double *)at);
	case STRING:
		break;
	}
	return json_string(*(const char *const *)at);
}

static json_t *difference_json(const struct cmp_diff *d)
{
	const struct cmp_pair *p = &d->by;
	json_t *o = json_pack("{sb sb sb sf sf sf sI sI}",
			      "exact", d->exact, "same_code", d->same_code,
			      "same_handler", d->same_handler,
			      "share", p->share, "mean", p->mean,
			      "mean_percent", d->mean_percent,
			      "least", (json_int_t)p->least,
			      "most", (json_int_t)p->most);

	json_object_set_new(o, "typical", p->shared ? json_integer(p->diff) :
						      json_null());
	json_object_set_new(o, "typical_percent", p->shared ?
			    json_real(d->percent) : json_null());
	if (d->rep.known)
		json_object_set_new(o, "rep_counted_once",
				    json_integer(d->rep.diff));
	return o;
}

static json_t *cell_json(const struct comparison *c, const struct cmp_row *row,
			 size_t v)
{
	const struct cmp_cell *cell = &row->cell[v];
	json_t *o = json_pack("{ss ss sI sI sb sb ss}",
			      "workload", row->workload,
			      "variant", c->variants.item[v],
			      "boots", (json_int_t)cell->boots,
			      "valid", (json_int_t)cell->valid,
			      "usable", cell->usable, "exact", cell->exact,
			      "why", cell->why);

	for (size_t i = 0; cell->usable && i < ARRAY_SIZE(metrics); i++)
		json_object_set_new(o, metrics[i].key,
				    figure_json(&metrics[i], cell));
	if (cell->usable)
		json_object_set_new(o, "modes", exact_table__modes(cell));
	if (cell->usable && cell->several) {
		char *modes = compare__modes_text(cell);

		json_object_set_new(o, "typical", json_null());
		json_object_set_new(o, "several", json_string(modes));
		free(modes);
	}
	if (row->diff[v].comparable)
		json_object_set_new(o, "difference",
				    difference_json(&row->diff[v]));
	return o;
}

static void add_json(struct table *t, const struct comparison *c)
{
	const struct cmp_methods *m = &c->methods;

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++)
			json_array_append_new(t->records,
					      cell_json(c, &c->row[w], v));
	}
	t->json = json_pack("{ss ss ss ss ss sO s{sI sI sI} s{sI sf sf sI sI}}",
			    "base", c->base, "rig", c->rig,
			    "profile", c->profile, "unit", "instructions",
			    "reference", c->variants.item[0],
			    "cells", t->records,
			    "aa", "pairs", (json_int_t)c->aa.pairs,
			    "bit_equal", (json_int_t)c->aa.equal,
			    "worst", (json_int_t)compare__farther(c->aa.diff),
			    "methods", "cells", (json_int_t)m->cells,
			    "least", m->least, "most", m->most,
			    "limit", (json_int_t)LOOP_LIMIT,
			    "disagree", (json_int_t)m->disagree);
	json_object_update_new(json_object_get(t->json, "aa"),
			       json_pack("{sI sI sI s[ff] s[ff] s[ff]}",
			    "layouts", (json_int_t)perturb__layouts(c->aa.seeds),
			    "seeds", (json_int_t)c->aa.seeds,
			    "held", (json_int_t)c->aa.held,
			    "typical_range", c->aa.diff[0], c->aa.diff[1],
			    "trimmed_range", c->aa.trimmed[0], c->aa.trimmed[1],
			    "mean_range", c->aa.mean[0], c->aa.mean[1]));
}

static void add_csv(struct table *t)
{
	static const struct table_csv first[] = {
		{ "base", "base" }, { "rig", "rig" }, { "profile", "profile" },
		{ "workload", "workload" }, { "variant", "variant" },
		{ "boots", "boots" }, { "valid", "valid" }, { "exact", "exact" },
	}, last[] = {
		{ "difference", "difference.typical" },
		{ "difference_percent", "difference.typical_percent" },
		{ "mean_difference", "difference.mean" },
		{ "mean_difference_percent", "difference.mean_percent" },
		{ "difference_share", "difference.share" },
		{ "largest_adds", "largest_adds" }, { "irqs", "irqs" },
		{ "several", "several", .quoted = true },
		{ "why", "why", .quoted = true },
		{ "difference_rep_counted_once", "difference.rep_counted_once" },
	};

	table__csv(t, first, ARRAY_SIZE(first));
	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct table_csv one = { metrics[i].csv, metrics[i].key };

		if (one.name)
			table__csv(t, &one, 1);
	}
	table__csv(t, last, ARRAY_SIZE(last));
}

/* The reference's column: its name, or a figure. */
static int reference_width(const struct comparison *c)
{
	const int n = strlen(c->variants.item[0]) + 1;

	return n < 9 ? 9 : n > 16 ? 16 : n;
}

static void diff_columns(struct table_grid *g, bool real)
{
	grid__column(g, (struct table_column) {
		"difference", DIFF_WIDTH, real, .sign = true,
		.whole = 999.95, .kilo = MOST_DIFF });
	grid__column(g, (struct table_column) {
		"%", 8, 2, .sign = true, .percent = true });
}

static void info_columns(struct table_grid *g)
{
	grid__column(g, (struct table_column) {
		"+-", INFO_WIDTH, 1, .whole = 99.95, .kilo = 9999 });
	grid__column(g, (struct table_column) { "irqs", IRQS_WIDTH });
}

static void add_columns(struct table_grid *g, const struct comparison *c,
			const struct metric *m)
{
	const bool info = m->grid == FOR_INFORMATION, real = m->is == REAL;
	struct table_column value = {
		"figure", reference_width(c), real, .kilo = COMPARE_MOST_VALUE,
	};

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__group(g, c->variants.item[0], GROUP_ALWAYS, 0);
	grid__column(g, value);
	if (info)
		info_columns(g);
	value.width = info ? VALUE_WIDTH + 1 : VALUE_WIDTH;
	for (size_t v = 1; v < c->variants.nr; v++) {
		grid__group(g, c->variants.item[v], GROUP_IN_TURN, 0);
		grid__column(g, value);
		if (info)
			info_columns(g);
		else
			diff_columns(g, real);
	}
	if (info)
		return;
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "", 7, .left = true, .gap = 2 });
}

/* What a row may claim: exact, or how far its boots are apart. */
static const char *claim(struct table *t, const struct cmp_row *row, size_t nr)
{
	double spread = 0;
	bool usable = true, exact = true;

	for (size_t v = 0; v < nr; v++) {
		const struct cmp_cell *c = &row->cell[v];
		const double apart = c->high - c->low;

		usable &= c->usable;
		exact &= c->exact;
		if (!c->exact && apart > spread)
			spread = apart;
	}
	return !usable ? "-" : exact ? "exact" :
	       table__string(t, "+-%.0f", ceil(spread));
}

static void add_figure(struct table_grid *g, const struct metric *m,
		       const struct cmp_cell *c)
{
	if (m->grid == OF_PAIRS)
		exact_table__typical(g, c, "invalid");
	else if (c->usable && c->vcpus)
		grid__word(g, "-");
	else if (c->usable)
		grid__number(g, figure(m, c));
	else
		grid__word(g, c->skipped ? "skipped" : "invalid");
}

/* "vary": no difference that most of the faults share. */
static void add_pairs(struct table_grid *g, const struct cmp_diff *d)
{
	if (d->by.shared) {
		grid__number(g, d->by.diff);
		grid__number(g, d->percent);
		return;
	}
	grid__word(g, "vary");
	grid__empty(g);
}

static void add_info(struct table_grid *g, const struct cmp_cell *c)
{
	if (c->usable && !c->vcpus) {
		grid__number(g, c->largest);
		grid__number(g, c->irqs);
		return;
	}
	grid__empty(g);
	grid__empty(g);
}

static void add_diff(struct table_grid *g, const struct metric *m,
		     const struct cmp_row *row, size_t v)
{
	const struct cmp_cell *ref = &row->cell[0];
	double diff;

	if (!row->diff[v].comparable) {
		grid__empty(g);
		grid__empty(g);
	} else if (m->grid == OF_PAIRS) {
		add_pairs(g, &row->diff[v]);
	} else {
		diff = figure(m, &row->cell[v]) - figure(m, ref);
		grid__number(g, diff);
		grid__number(g, figure(m, ref) ? 100 * diff / figure(m, ref) : 0);
	}
}

static void add_row(struct table *t, struct table_grid *g,
		    const struct comparison *c, const struct cmp_row *row,
		    const struct metric *m)
{
	const bool info = m->grid == FOR_INFORMATION;

	grid__row(g);
	grid__word(g, row->workload);
	for (size_t v = 0; v < c->variants.nr; v++) {
		add_figure(g, m, &row->cell[v]);
		if (info)
			add_info(g, &row->cell[v]);
		else if (v)
			add_diff(g, m, row, v);
	}
	if (!info)
		grid__word(g, claim(t, row, c->variants.nr));
}

static void add_grids(struct table *t, const struct comparison *c)
{
	const char *to = table__string(t, ", difference to %s", c->variants.item[0]);

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct metric *m = &metrics[i];
		struct table_grid *g;

		if (!m->title)
			continue;
		g = table__grid(t, table__string(t, "%s%s", m->title,
						 m->grid == OF_PAIRS ? to : ""));
		add_columns(g, c, m);
		for (size_t w = 0; w < c->nr_rows; w++)
			add_row(t, g, c, &c->row[w], m);
	}
}

void compare_table__add(struct tables *all, const struct comparison *c,
			const struct run *run)
{
	struct table *t = tables__add(all);

	add_json(t, c);
	add_csv(t);
	exact_table__head(t, run, c->base,
			  table__string(t, "%s, profile %s, rig %s",
					c->base, c->profile, c->rig));
	table__line(t, "%s", "");
	if (c->cells && c->skipped == c->cells) {
		compare_notes__reasons(t, c);
		return;
	}
	add_grids(t, c);
	compare_notes__reasons(t, c);
	compare_notes__add(t, c);
	table__line(t, "%s", "");
	table__line(t, "Instructions, not cycles. Reproduce: see %s/run.json",
		    text__run_id(run));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison in instructions as a table: workloads in rows, variants in
 * columns, a grid for each metric that has a title.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "exact_table.h"
#include "report.h"
#include "text.h"

enum is { COUNT, REAL, STRING };

/*
 * What is known of a cell. A row here is a member of JSON and, with a csv name,
 * a column of CSV; with a title it is a table for people as well.
 */
static const struct metric {
	const char *key, *csv, *title;
	enum is is;
	size_t at;		/* in struct cmp_cell */
} metrics[] = {
#define METRIC(key, csv, is, member, title) \
	{ key, csv, title, is, offsetof(struct cmp_cell, member) }
	METRIC("events", "events", COUNT, events, NULL),
	METRIC("typical", "typical", COUNT, typical, "Typical fault"),
	METRIC("typical_max", NULL, COUNT, typical_max, NULL),
	METRIC("typical_share", "typical_share", REAL, share, NULL),
	METRIC("mean", "mean", REAL, mean,
	       "Mean over all faults: with page tables, LRU batches, timer ticks"),
	METRIC("mean_max", NULL, REAL, mean_max, NULL),
	METRIC("median", "median", COUNT, hist.median, NULL),
	METRIC("min", "min", COUNT, hist.min, NULL),
	METRIC("max", "max", COUNT, hist.max, NULL),
	METRIC("total", "total", COUNT, total, NULL),
	METRIC("clock_floor", NULL, COUNT, clock_floor, NULL),
	METRIC("irqs", NULL, COUNT, irqs, NULL),
	METRIC("handler_sha256", NULL, STRING, handler, NULL),
};

/* Widths of the columns; a larger figure is in thousands there. */
#define VALUE_WIDTH	8
#define DIFF_WIDTH	6
#define MOST_VALUE	999999
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
		return json_real(*(const double *)at);
	case STRING:
		break;
	}
	return json_string(*(const char *const *)at);
}

static json_t *cell_json(const struct comparison *c, const struct cmp_row *row,
			 size_t v)
{
	const struct cmp_cell *cell = &row->cell[v];
	const struct cmp_diff *d = &row->diff[v];
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
	if (d->comparable)
		json_object_set_new(o, "difference", json_pack(
			"{sb sb sI sf sf sf}",
			"exact", d->exact, "same_code", d->same_code,
			"typical", (json_int_t)d->typical,
			"typical_percent", d->typical_percent,
			"mean", d->mean, "mean_percent", d->mean_percent));
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
			    "aa", "pairs", (json_int_t)c->aa_pairs,
			    "bit_equal", (json_int_t)c->aa_zero,
			    "worst", (json_int_t)c->aa_worst,
			    "methods", "cells", (json_int_t)m->cells,
			    "least", m->least, "most", m->most,
			    "limit", (json_int_t)LOOP_LIMIT,
			    "disagree", (json_int_t)m->disagree);
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
		{ "why", "why", .quoted = true },
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

static void add_columns(struct table_grid *g, const struct comparison *c,
			const struct metric *m)
{
	const bool real = m->is == REAL;
	struct table_column value = {
		"figure", reference_width(c), real, .kilo = MOST_VALUE,
	};

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__group(g, c->variants.item[0], GROUP_ALWAYS, 0);
	grid__column(g, value);
	value.width = VALUE_WIDTH;
	for (size_t v = 1; v < c->variants.nr; v++) {
		grid__group(g, c->variants.item[v], GROUP_IN_TURN, 0);
		grid__column(g, value);
		grid__column(g, (struct table_column) {
			"difference", DIFF_WIDTH, real, .sign = true,
			.whole = 999.95, .kilo = MOST_DIFF });
		grid__column(g, (struct table_column) {
			"%", 8, 2, .sign = true, .percent = true });
	}
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "", 7, .left = true, .gap = 2 });
}

/* What a row may claim: exact, or how far its boots are apart. */
static const char *claim(struct table *t, const struct cmp_row *row, size_t nr)
{
	uint64_t spread = 0;
	bool usable = true, exact = true;

	for (size_t v = 0; v < nr; v++) {
		const struct cmp_cell *c = &row->cell[v];
		const uint64_t apart = c->typical_max - c->typical;

		usable &= c->usable;
		exact &= c->exact;
		if (!c->exact && apart > spread)
			spread = apart;
	}
	return !usable ? "-" : exact ? "exact" :
	       table__string(t, "+-%" PRIu64, spread);
}

static void add_row(struct table *t, struct table_grid *g,
		    const struct comparison *c, const struct cmp_row *row,
		    const struct metric *m)
{
	const struct cmp_cell *ref = &row->cell[0];

	grid__row(g);
	grid__word(g, row->workload);
	for (size_t v = 0; v < c->variants.nr; v++) {
		const struct cmp_cell *cell = &row->cell[v];
		double diff;

		if (cell->usable)
			grid__number(g, figure(m, cell));
		else
			grid__word(g, cell->skipped ? "skipped" : "invalid");
		if (v && row->diff[v].comparable) {
			diff = figure(m, cell) - figure(m, ref);
			grid__number(g, diff);
			grid__number(g, figure(m, ref) ?
				     100 * diff / figure(m, ref) : 0);
		} else if (v) {
			grid__empty(g);
			grid__empty(g);
		}
	}
	grid__word(g, claim(t, row, c->variants.nr));
}

static void add_grids(struct table *t, const struct comparison *c)
{
	const char *against = table__string(t, ", difference to %s",
					    c->variants.item[0]);

	for (size_t i = 0; i < ARRAY_SIZE(metrics); i++) {
		const struct metric *m = &metrics[i];
		struct table_grid *g;

		if (!m->title)
			continue;
		g = table__grid(t, table__string(t, "%s%s", m->title, against));
		against = "";
		add_columns(g, c, m);
		for (size_t w = 0; w < c->nr_rows; w++)
			add_row(t, g, c, &c->row[w], m);
	}
}

/* Is the whole row skipped, and for one reason? */
static bool row_skipped(const struct comparison *c, const struct cmp_row *row)
{
	for (size_t v = 0; v < c->variants.nr; v++) {
		if (!row->cell[v].skipped ||
		    strcmp(row->cell[v].why, row->cell[0].why))
			return false;
	}
	return true;
}

static void add_reason(struct table *t, const struct cmp_cell *cell,
		       const char *workload, const char *variant)
{
	const char *where = table__string(t, "%s, %s", workload, variant);

	exact_table__reason(t, cell, where, "invalid");
	if (cell->usable && !cell->exact)
		table__reason(t, NULL, table__string(t, "spread over %zu boots: %" PRIu64
						     " instructions typical, %.1f mean",
						     cell->valid,
						     cell->typical_max - cell->typical,
						     cell->mean_max - cell->mean));
}

/* Cells that are missing or not exact, each with its reason. */
static void add_reasons(struct table *t, const struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_row *row = &c->row[w];

		if (row_skipped(c, row)) {
			exact_table__reason(t, &row->cell[0], row->workload, "");
			continue;
		}
		for (size_t v = 0; v < c->variants.nr; v++)
			add_reason(t, &row->cell[v], row->workload,
				   c->variants.item[v]);
	}
}

/* A Linux guest takes no empty sample: no figure, rather than a 0. */
static void add_floor(struct table *t, const struct comparison *c)
{
	struct strlist parts = { 0 };
	uint64_t clock = 0;
	char *all;

	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_cell *cell = &c->row[w].cell[0];
		const char *workload = c->row[w].workload;

		if (!cell->usable)
			continue;
		if (!cell->events)
			strlist__add(&parts, table__string(t, "%" PRIu64 " doorbells (%s)",
							   cell->total, workload));
		else if (!strcmp(workload, "exit"))
			strlist__add(&parts, table__string(t, "%" PRIu64 " a trivial exit",
							   cell->typical));
		clock = clock ?: cell->clock_floor;
	}
	if (clock)
		strlist__add(&parts, table__string(t, "%" PRIu64 " an empty sample", clock));
	all = strlist__join(&parts, ", ");
	table__note(t, "floor", "%s\nnothing of it is subtracted", *all ? all :
		    "not measured: run the workloads null and exit");
	free(all);
	strlist__free(&parts);
}

static void add_methods(struct table *t, const struct cmp_methods *m)
{
	char *judged;

	if (!m->cells) {
		table__note(t, "two methods", "not compared: run the workload null for what the doorbells cost");
		return;
	}
	judged = m->disagree ?
		xasprintf("DISAGREE in %zu of %zu cells, one is %s: outside 0 .. %d",
			  m->disagree, m->cells, m->worst, LOOP_LIMIT) :
		xasprintf("they agree in %zu of %zu cells (0 .. %d allowed)",
			  m->cells, m->cells, LOOP_LIMIT);
	table__note(t, "two methods", "total/N - mean sample = %.1f .. %.1f, the guest's own loop\n%s",
		    m->least, m->most, judged);
	free(judged);
}

static void add_aa(struct table *t, const struct comparison *c)
{
	const char *ref = c->variants.item[0];
	char *means;

	if (!c->aa_pairs) {
		table__note(t, "A/A", "none: one boot of %s; --boots 2 gives one", ref);
		return;
	}
	means = c->aa_zero == c->aa_pairs ?
		xstrdup("smallest change this run can show: 1 instruction") :
		xasprintf("largest difference %+" PRId64 ": smaller ones mean nothing",
			  c->aa_worst);
	table__note(t, "A/A", "%s: bit-equal in %zu of %zu pairs of boots\n%s",
		    ref, c->aa_zero, c->aa_pairs, means);
	free(means);
}

static void add_shares(struct table *t, const struct comparison *c)
{
	double least = 1;
	const char *which = NULL;
	bool big = false;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct cmp_cell *cell = &row->cell[i % c->variants.nr];

		big |= cell->mean > MOST_VALUE;
		if (!cell->usable || cell->share > least)
			continue;
		least = cell->share;
		which = row->workload;
	}
	if (big)
		table__note(t, "k", "thousands, rounded; --format csv has every digit");
	if (which)
		table__note(t, "typical", "what most faults share; least shared in %s: %.0f %%",
			    which, 100 * least);
}

static const char *handler_of(const struct comparison *c, size_t v)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (c->row[w].cell[v].usable)
			return c->row[w].cell[v].handler;
	}
	return "";
}

static void add_identical(struct table *t, const struct comparison *c)
{
	for (size_t a = 0; a < c->variants.nr; a++) {
		for (size_t b = a + 1; b < c->variants.nr; b++) {
			const char *h = handler_of(c, a);

			if (*h && !strcmp(h, handler_of(c, b)))
				table__note(t, "identical", "%s and %s: the same handler code,\n"
					    "%.12s: any difference between them is noise",
					    c->variants.item[a],
					    c->variants.item[b], h);
		}
	}
}

/* An older KVM tells fewer faults apart; what it lacks was not checked. */
static void add_denominator(struct table *t, const struct comparison *c)
{
	char *lacks = strlist__join(&c->counters.lacks, ", ");
	char *checked = strlist__join(&c->counters.checked, ", ");

	table__note(t, "denominator", "KVM counted what the guest provoked in %zu of %zu cells%s%s",
		    c->usable, c->cells - c->skipped, *lacks ? "\n" : "",
		    *lacks ? table__string(t, "%s has no %s", c->base, lacks) : "");
	if (*lacks)
		table__reason(t, NULL, table__string(t, "checked: %s", checked));
	free(checked);
	free(lacks);
}

static void add_notes(struct table *t, const struct comparison *c)
{
	add_shares(t, c);
	add_floor(t, c);
	add_denominator(t, c);
	add_methods(t, &c->methods);
	add_aa(t, c);
	add_identical(t, c);
	table__note(t, "exact", "%zu of %zu cells: every boot gave the same figures, bit by bit",
		    c->exact, c->cells - c->skipped);
	if (c->left_out)
		table__note(t, "left out", "%zu steps and overlays: --steps, --factors or --variants LIST",
			    c->left_out);
}

void compare_table__add(struct tables *all, const struct comparison *c,
			const struct run *run)
{
	struct table *t = tables__add(all);

	add_json(t, c);
	add_csv(t);
	exact_table__head(t, run, table__string(t, "%s, profile %s, rig %s",
						c->base, c->profile, c->rig));
	table__line(t, "%s", "");
	if (c->cells && c->skipped == c->cells) {
		add_reasons(t, c);
		return;
	}
	add_grids(t, c);
	add_reasons(t, c);
	add_notes(t, c);
	table__line(t, "%s", "");
	table__line(t, "Instructions, not cycles. Reproduce: see %s/run.json",
		    text__run_id(run));
}

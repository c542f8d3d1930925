// SPDX-License-Identifier: GPL-2.0
/*
 * What valgrind's callgrind counted of the handler in a process, next to the
 * booted kernel's: a row each workload and variant.
 */
#include "instruments_table_priv.h"
#include "report.h"

#define VARIANT_WIDTH	19

static json_t *own_json(const struct instruments_row *row, const char *rig)
{
	json_t *o = instruments_cell__json(row, rig, "callgrind", row->own.insns);

	json_object_set_new(o, "functions", json_integer(row->own.functions));
	json_object_set_new(o, "functions_differing",
			    json_integer(row->own.differing));
	json_object_set_new(o, "explained", json_boolean(!row->own.differing));
	return o;
}

static void add_own_rows(struct table *t, const struct instruments *x)
{
	struct table_grid *g = table__grid(t, NULL);

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__column(g, (struct table_column) { "variant", VARIANT_WIDTH,
						.left = true, .cut = true, .gap = 1 });
	grid__column(g, (struct table_column) { "functions", 10 });
	grid__column(g, (struct table_column) { x->rigs.item[0], FIGURE_WIDTH });
	grid__column(g, (struct table_column) { "callgrind", FIGURE_WIDTH + 3 });
	grid__column(g, (struct table_column) { "differ", 7 });
	for (size_t i = 0; i < x->nr; i++) {
		const struct instruments_row *row = &x->row[i];

		if (!row->own.there)
			continue;
		grid__row(g);
		grid__word(g, row->workload);
		grid__word(g, row->variant);
		grid__number(g, row->own.functions);
		grid__number(g, row->own.insns[0]);
		grid__number(g, row->own.insns[1]);
		grid__number(g, row->own.differing);
		json_array_append_new(t->records, own_json(row, x->rigs.item[0]));
	}
}

void instruments_own__add(struct tables *all, const struct instruments *x)
{
	static const struct table_csv csv[] = {
		INSTRUMENTS_CELL_CSV
		{ "functions", "functions" },
		{ "functions_differing", "functions_differing" },
		{ "explained", "explained" },
	};
	struct table *t = tables__add(all);

	table__title(t, "Two instruments: %s and valgrind's callgrind", x->rigs.item[0]);
	table__line(t, "%s", "");
	table__line(t, "The handler's own functions, in the booted kernel and in a process");
	table__line(t, "%s", "");
	add_own_rows(t, x);
	if (x->own_differing)
		table__note(t, "DISAGREE", "in %zu of %zu cells; faultline instructions names the functions",
			    x->own_differing, x->own);
	else
		table__note(t, "agree", "in %zu of %zu cells every function counts the same",
			    x->own, x->own);
	t->json = json_pack("{ss ss sI sI sO}", "first", x->rigs.item[0],
		"second", "callgrind", "cells", (json_int_t)x->own,
		"cells_differing", (json_int_t)x->own_differing, "rows", t->records);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A compared attribution as JSON: every function, every class.
 */
#include "attribute_report.h"

/* All functions of the compared class, those that differ and the others. */
static json_t *functions(const struct attr_column *col)
{
	json_t *all = json_array();

	for (size_t i = 0; col->class && i < col->class->func.nr; i++) {
		const struct attr_func *f = &col->class->func.item[i];
		const struct attr_func *s = attr_funcs__find(&col->class->sum,
							     f->name);

		json_array_append_new(all, json_pack("{ss sI sI sI sI sI sf}",
			"function", f->name,
			"exclusive", (json_int_t)f->cost.insns,
			"inclusive", (json_int_t)f->cost.inclusive,
			"loads", (json_int_t)f->cost.loads,
			"stores", (json_int_t)f->cost.stores,
			"calls", (json_int_t)f->cost.calls,
			"exclusive_mean", s ? (double)s->cost.insns /
				col->class->faults : 0.0));
	}
	return all;
}

static json_t *classes(const struct attribution *a)
{
	json_t *all = json_array();

	for (size_t i = 0; i < a->nr; i++) {
		const struct attr_class *c = &a->item[i];
		json_t *bins = json_array();

		for (size_t j = 0; j < c->nr_bins; j++)
			json_array_append_new(bins, json_pack("[II]",
				(json_int_t)c->bin[j].ticks,
				(json_int_t)c->bin[j].count));
		json_array_append_new(all, json_pack("{ss sI sI sI so}",
			"class", c->name, "faults", (json_int_t)c->faults,
			"typical", (json_int_t)c->figures.insns,
			"typical_faults", (json_int_t)c->typical,
			"histogram", bins));
	}
	return all;
}

static json_t *column(const struct attr_column *col)
{
	json_t *once = json_null();

	if (col->class && col->class->rep_known)
		once = json_integer(attr_class__rep_once(col->class));
	return json_pack("{ss sI sb sI sI sI so so so}",
			 "variant", col->variant,
			 "boots", (json_int_t)col->boots,
			 "boots_equal", col->equal,
			 "boots_agreeing", (json_int_t)col->agreeing,
			 "instructions", (json_int_t)col->total,
			 "difference", (json_int_t)col->diff,
			 "rep_counted_once", once,
			 "functions", functions(col),
			 "classes", classes(&col->all));
}

static json_t *row(const struct attr_cmp *c, const struct attr_row *r)
{
	json_t *diff = json_object();

	for (size_t v = 1; v < c->nr_columns; v++)
		json_object_set_new(diff, c->column[v].variant,
				    json_integer(r->diff[v]));
	return json_pack("{ss so}", "function", r->name, "difference", diff);
}

json_t *report__attribute_json(const struct attr_cmp *c)
{
	json_t *columns = json_array(), *rows = json_array();

	for (size_t v = 0; v < c->nr_columns; v++)
		json_array_append_new(columns, column(&c->column[v]));
	for (size_t i = 0; i < c->nr_rows; i++)
		json_array_append_new(rows, row(c, &c->row[i]));
	return json_pack("{ss ss ss ss ss so so sb}", "base", c->base,
			 "profile", c->profile, "workload", c->workload,
			 "class", c->class, "against", c->column[0].variant,
			 "variants", columns, "differences", rows,
			 "sums", c->sums);
}

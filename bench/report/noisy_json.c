// SPDX-License-Identifier: GPL-2.0
/*
 * Noisy judgements as JSON: every figure with its unit, and why there is none.
 */
#include <math.h>

#include "noisy_report.h"

#define UNIT	"TSC cycles a fault"

/* null where there is no number. */
static json_t *number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

static json_t *value_json(const struct noisy_value *v)
{
	json_t *o = json_pack("{sI ss}", "layouts", (json_int_t)v->layouts,
			      "why", v->why ?: "");

	if (v->layouts) {
		json_object_set_new(o, "cycles", number(v->value));
		json_object_set_new(o, "interval", number(v->half));
		json_object_set_new(o, "least", number(v->least));
		json_object_set_new(o, "most", number(v->most));
	}
	if (v->unpaired)
		json_object_set_new(o, "unpaired", json_integer(v->unpaired));
	return o;
}

static json_t *difference_json(const struct noisy_value *v)
{
	json_t *o = value_json(v);

	if (v->layouts)
		json_object_set_new(o, "percent", number(v->percent));
	return o;
}

static json_t *diff_json(const struct noisy_diff *d)
{
	static const char *const mark[] = { "", "better", "worse" };
	json_t *o = difference_json(&d->by);

	json_object_set_new(o, "mark", json_string(mark[d->mark]));
	json_object_set_new(o, "same_code", json_boolean(d->same_code));
	return o;
}

static json_t *own_json(const struct noisy_own *own, const char *workload,
			enum cycles_mode m)
{
	json_t *o = difference_json(&own->by);

	json_object_set_new(o, "shows", number(noisy__reach(&own->by)));
	json_object_set_new(o, "workload", json_string(workload));
	json_object_set_new(o, "mode", json_string(cycles_mode_names[m]));
	json_object_set_new(o, "variant", json_string(own->variant));
	json_object_set_new(o, "profile", json_string(own->profile));
	return o;
}

static json_t *figure_json(const struct noisy_cell *c, enum cycles_mode m)
{
	json_t *o = value_json(&c->mode[m]);

	if (c->mode[m].layouts) {
		json_object_set_new(o, "chunk", json_integer(c->chunk[m]));
		json_object_set_new(o, "floor", number(c->floor[m]));
		json_object_set_new(o, "kept", number(c->kept[m]));
	}
	return o;
}

/* A cell with its figures, but for what it is held against. */
static json_t *cell_json(const struct noisy_cell *c)
{
	json_t *o = json_pack("{ss ss ss sI sI sb sb ss ss}",
			      "workload", c->workload, "variant", c->variant,
			      "profile", c->profile,
			      "boots", (json_int_t)c->boots,
			      "valid", (json_int_t)c->valid,
			      "usable", c->usable, "skipped", c->skipped,
			      "why", c->why, "handler_sha256", c->handler);
	json_t *pmu = json_object();

	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		json_object_set_new(o, cycles_mode_names[m], figure_json(c, m));
	for (size_t p = 0; p < NR_CYCLES_PMU; p++) {
		if (c->pmu[p] >= 0)
			json_object_set_new(pmu, cycles_pmu_names[p],
					    json_real(c->pmu[p]));
	}
	if (json_object_size(pmu))
		json_object_set(o, "pmu", pmu);
	json_decref(pmu);
	return o;
}

static json_t *head_json(const struct noisy_setting *s, const char *base)
{
	json_t *limits = json_array();

	for (size_t i = 0; i < s->limits.nr; i++)
		json_array_append_new(limits, json_string(s->limits.item[i]));
	return json_pack("{ss ss ss sf sI sI sI sI so}", "base", base,
			 "rig", s->rig, "unit", UNIT,
			 "confidence", NOISY_CONFIDENCE,
			 "measured", (json_int_t)s->usable,
			 "skipped", (json_int_t)s->skipped,
			 "of", (json_int_t)s->cells,
			 "layouts", (json_int_t)s->layouts, "not_set", limits);
}

static json_t *row_cell_json(const struct noisy_row *row, size_t v)
{
	json_t *o = cell_json(&row->cell[v]);

	for (size_t m = 0; v && m < NR_CYCLES_MODES; m++)
		json_object_set_new(json_object_get(o, cycles_mode_names[m]),
				    "difference", diff_json(&row->diff[m][v]));
	return o;
}

json_t *report__noisy_json(const struct noisy_comparison *c)
{
	json_t *o = head_json(&c->set, c->base);
	json_t *cells = json_array(), *aa = json_array();

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++)
			json_array_append_new(cells,
					      row_cell_json(&c->row[w], v));
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			json_array_append_new(aa, own_json(&c->row[w].own[m],
							   c->row[w].workload, m));
	}
	json_object_set_new(o, "profile", json_string(c->profile));
	json_object_set_new(o, "reference", json_string(c->variants.item[0]));
	json_object_set_new(o, "cells", cells);
	json_object_set_new(o, "aa", aa);
	return o;
}

static json_t *effects_json(const struct noisy_factors *x,
			    const struct noisy_effects *e)
{
	json_t *saved = json_object(), *inter = json_object();
	json_t *added[NR_DISPATCHES] = { json_object(), json_object() };

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		const char *profile = x->profiles.item[p];

		json_object_set_new(saved, profile,
				    difference_json(&e->saved[p]));
		if (p == PROFILE_OFF)
			continue;
		json_object_set_new(inter, profile,
				    value_json(&e->interaction[p]));
		for (size_t d = 0; d < NR_DISPATCHES; d++)
			json_object_set_new(added[d], profile,
					    difference_json(&e->added[d][p]));
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

	for (size_t d = 0; d < NR_DISPATCHES; d++) {
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
			json_t *cell = cell_json(&row->shape[s].at[d][p]);

			json_object_set_new(cell, "dispatch",
					    json_string(factors_dispatches[d]));
			json_array_append_new(cells, cell);
		}
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		json_object_set_new(o, cycles_mode_names[m],
				    effects_json(x, &row->shape[s].effect[m]));
	return o;
}

json_t *report__noisy_factors_json(const struct noisy_factors *x)
{
	json_t *o = head_json(&x->set, x->base), *rows = json_array();

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct noisy_factor_row *row = &x->row[w];
		json_t *shapes = json_array(), *aa = json_array();

		for (size_t s = 0; s < x->shapes.nr; s++)
			json_array_append_new(shapes, shape_json(x, row, s));
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			json_array_append_new(aa, own_json(&row->own[m],
							   row->workload, m));
		json_array_append_new(rows, json_pack("{ss so so}", "workload",
						      row->workload, "shapes",
						      shapes, "aa", aa));
	}
	json_object_set_new(o, "reference", json_string(x->shapes.nr ?
							x->shapes.item[0] : ""));
	json_object_set_new(o, "workloads", rows);
	return o;
}

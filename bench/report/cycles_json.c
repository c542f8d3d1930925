// SPDX-License-Identifier: GPL-2.0
/*
 * Figures in cycles as JSON: each with its interval, and why there is none.
 */
#include <math.h>

#include "cycles_parts.h"

#define UNIT	"TSC cycles per fault"

json_t *cycles_json__number(double x)
{
	return isfinite(x) ? json_real(x) : json_null();
}

json_t *cycles_json__value(const struct noisy_value *v)
{
	json_t *o = json_pack("{sI ss}", "layouts", (json_int_t)v->layouts,
			      "why", v->why ?: "");

	if (v->layouts) {
		json_object_set_new(o, "cycles", cycles_json__number(v->value));
		json_object_set_new(o, "interval", cycles_json__number(v->half));
		json_object_set_new(o, "low", cycles_json__number(v->low));
		json_object_set_new(o, "high", cycles_json__number(v->high));
		json_object_set_new(o, "least", cycles_json__number(v->least));
		json_object_set_new(o, "most", cycles_json__number(v->most));
	}
	if (v->unpaired)
		json_object_set_new(o, "unpaired", json_integer(v->unpaired));
	return o;
}

json_t *cycles_json__difference(const struct noisy_value *v)
{
	json_t *o = cycles_json__value(v);

	if (v->layouts)
		json_object_set_new(o, "percent", cycles_json__number(v->percent));
	return o;
}

json_t *cycles_json__own(const struct noisy_own *own, const char *workload,
			 enum cycles_mode m)
{
	json_t *o = cycles_json__difference(&own->by);

	json_object_set_new(o, "reach", cycles_json__number(noisy__reach(&own->by)));
	json_object_set_new(o, "workload", json_string(workload));
	json_object_set_new(o, "mode", json_string(cycles_mode_names[m]));
	json_object_set_new(o, "variant", json_string(own->variant));
	json_object_set_new(o, "profile", json_string(own->profile));
	return o;
}

static json_t *figure_json(const struct noisy_cell *c, enum cycles_mode m)
{
	json_t *o = cycles_json__value(&c->mode[m]);

	if (c->mode[m].layouts) {
		json_object_set_new(o, "chunk", json_integer(c->chunk[m]));
		json_object_set_new(o, "floor", cycles_json__number(c->floor[m]));
		json_object_set_new(o, "kept", cycles_json__number(c->kept[m]));
	}
	return o;
}

json_t *cycles_json__cell(const struct noisy_cell *c)
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

json_t *cycles_json__head(const struct noisy_setting *s, const char *base)
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

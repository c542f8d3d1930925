// SPDX-License-Identifier: GPL-2.0
/* The report for programs, as its own JSON. */
#include <math.h>
#include <string.h>

#include "compare.h"
#include "exact.h"
#include "full.h"
#include "noisy.h"

/* JSON knows no NAN. */
static json_t *number(double v)
{
	return isfinite(v) ? json_real(v) : json_null();
}

static json_t *judgement_json(const struct judgement *k)
{
	return json_pack("{ss ss ss ss ss ss ss ss so so so so so so so so so so sI sb ss}",
			 "rig", k->rig, "base", k->base, "profile", k->profile,
			 "variant", k->variant, "workload", k->workload,
			 "mode", k->mode, "unit", k->unit,
			 "verdict", judged__name(k->is, *k->mode),
			 "reference", number(k->ref), "value", number(k->value),
			 "difference", number(k->diff),
			 "percent", number(k->percent), "low", number(k->low),
			 "high", number(k->high),
			 "run_low", number(k->run_low),
			 "run_high", number(k->run_high),
			 "p", number(k->p), "shows", number(k->shows),
			 "boots", (json_int_t)k->boots,
			 "same_code", k->same_code, "reason", k->reason);
}

json_t *report__full_json(const struct full_report *r)
{
	const struct judgements *j = r->verdicts;
	json_t *items = json_array(), *sections = json_array();

	for (size_t i = 0; i < j->nr; i++)
		json_array_append_new(items, judgement_json(&j->item[i]));
	for (size_t i = 0; i < r->nr_sections; i++) {
		const struct full_section *s = &r->section[i];

		json_array_append_new(sections, json_pack("{ss ss ss ss? ss?}",
			"id", s->id, "title", s->title, "command", s->command,
			"text", s->text, "missing", s->missing));
	}
	return json_pack("{si ss ss ss? s{sI sI sI sI sI sI sI} sO sO sO so so}",
			 "faultline_report", 1, "made", r->made,
			 "answer", j->answer,
			 "false_alarms", j->false_alarms, "count",
			 "slower", (json_int_t)j->count[JUDGED_WORSE],
			 "faster", (json_int_t)j->count[JUDGED_BETTER],
			 "no_difference", (json_int_t)j->count[JUDGED_SAME],
			 "no_verdict", (json_int_t)j->count[JUDGED_NONE],
			 "aa_pairs", (json_int_t)j->aa_pairs,
			 "aa_differ", (json_int_t)j->aa_differ,
			 "comparisons", (json_int_t)j->comparisons,
			 "machine", json_object_get(r->run->meta, "machine") ?: json_null(),
			 "tool", json_object_get(r->run->meta, "tool") ?: json_null(),
			 "command", json_object_get(r->run->meta, "command") ?: json_null(),
			 "judgements", items, "sections", sections);
}

// SPDX-License-Identifier: GPL-2.0
/* The report for programs: its own JSON, and Google Benchmark's. */
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
	return json_pack("{ss ss ss ss ss ss ss so so so so so so so so so so sI sb ss}",
			 "base", k->base, "profile", k->profile,
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

static json_t *bench(const struct record *r, const char *mode, double figure,
		     const char *unit)
{
	char *name = xasprintf("%s/%s/%s/%s%s%s", r->base, r->workload,
			       r->variant, r->profile, *mode ? "/" : "", mode);
	json_t *b = json_pack("{ss ss ss si sI si sI sf sf ss ss}",
			      "name", name, "run_name", name,
			      "run_type", "iteration", "repetitions", 1,
			      "repetition_index", (json_int_t)r->boot - 1,
			      "threads", 1,
			      "iterations", (json_int_t)(r->events ?: 1),
			      "real_time", figure, "cpu_time", figure,
			      "time_unit", "ns", "label", unit);

	free(name);
	return b;
}

/* The typical fault, or the median one where a boot has several figures. */
static json_t *exact_bench(const struct record *r)
{
	const struct hist_summary s = compare__faults(r);

	if (!r->nr_bins)
		return bench(r, "", r->total, "instructions from bell to bell, not ns");
	return hist__stands_out(&s) ?
		bench(r, "", s.mode, "instructions of a typical fault, not ns") :
		bench(r, "", s.median, "instructions of the median fault, not ns");
}

static void add_boot(json_t *all, const struct record *r)
{
	static const char *const modes[] = { "hot", "cold" };

	if (r->cycles) {
		for (int m = 0; m < NR_CYCLES_MODES; m++) {
			const struct cycles_series *s = &r->cycles->mode[m];

			if (s->nr)
				json_array_append_new(all, bench(r, modes[m],
					noisy__layout(s),
					"TSC cycles per fault, not ns"));
		}
		return;
	}
	json_array_append_new(all, exact_bench(r));
}

json_t *report__full_gbench(const struct full_report *r)
{
	json_t *all = json_array(), *machine;

	for (size_t i = 0; i < r->run->nr; i++) {
		if (record__valid(r->run->record[i]))
			add_boot(all, r->run->record[i]);
	}
	machine = json_object_get(r->run->meta, "machine");
	return json_pack("{s{ss ss ss si so ss} so}", "context",
			 "date", json_string_value(json_object_get(
					r->run->meta, "started")) ?: "",
			 "host_name", json_string_value(json_object_get(
					machine, "cpu")) ?: "",
			 "executable", "faultline",
			 "num_cpus", (int)json_integer_value(json_object_get(
					machine, "cpus")),
			 "caches", json_array(),
			 "library_build_type", "release", "benchmarks", all);
}

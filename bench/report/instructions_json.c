// SPDX-License-Identifier: GPL-2.0
/*
 * Two rigs' instructions side by side, as JSON.
 */
#include "instructions_report.h"
#include "rigs.h"

static const char *const group_name[NR_INSTR_GROUPS] = {
	"own", "stand-in", "kernel",
};

static json_t *rows(const struct instructions *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->nr; i++) {
		const struct instr_row *r = &x->row[i];

		json_array_append_new(all, json_pack("{ss ss ss? sI sI sI ss}",
			"function", r->name, "group", group_name[r->group],
			"under", r->under,
			RIG_TCG, (json_int_t)r->insns[INSTR_TCG],
			RIG_VITRO, (json_int_t)r->insns[INSTR_VITRO],
			"difference", (json_int_t)r->diff, "why", r->why));
	}
	return all;
}

static json_t *sums(const struct instructions *x)
{
	json_t *all = json_object();

	for (int g = 0; g < NR_INSTR_GROUPS; g++)
		json_object_set_new(all, group_name[g], json_pack("{sI sI}",
			RIG_TCG, (json_int_t)x->sum[g][INSTR_TCG],
			RIG_VITRO, (json_int_t)x->sum[g][INSTR_VITRO]));
	return all;
}

static json_t *left_out(const struct instructions *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->nr_parts; i++)
		json_array_append_new(all, json_pack("{ss? sI}",
			"under", x->part[i].under,
			"instructions", (json_int_t)x->part[i].insns));
	return all;
}

json_t *report__instructions_json(const struct instructions *x,
				  const struct instr_setting *s)
{
	json_t *tcg = json_pack("{ss ss sI sI sI sI}", "run", s->run,
		"class", x->tcg->name,
		"instructions", (json_int_t)x->total[INSTR_TCG],
		"faults", (json_int_t)x->tcg->faults,
		"typical", (json_int_t)x->tcg->typical,
		"same_way", (json_int_t)x->tcg->same_path);
	json_t *vitro = json_pack("{ss sI sI sI sI sI}",
		"counted_by", s->creator,
		"instructions", (json_int_t)(x->total[INSTR_VITRO] - x->harness),
		"harness", (json_int_t)x->harness,
		"faults", (json_int_t)x->vitro.faults,
		"typical", (json_int_t)x->vitro.typical,
		"same_way", (json_int_t)x->vitro.same_path);

	return json_pack("{ss ss ss ss ss sb so so so so so sb sb sI}",
		"base", s->base, "variant", s->variant, "profile", s->profile,
		"workload", s->workload, "handler_sha256", s->handler_sha256,
		"same_vmlinux", s->same_vmlinux, RIG_TCG, tcg, RIG_VITRO, vitro,
		"functions", rows(x), "sums", sums(x), "left_out", left_out(x),
		"adds_up", x->sums, "agrees", !x->differing,
		"differing", (json_int_t)x->differing);
}

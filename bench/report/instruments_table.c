// SPDX-License-Identifier: GPL-2.0
/*
 * Two instruments next to each other: workloads in rows, a column for each
 * counting rule that has a part in one of them, and what is left.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "instruments_table_priv.h"
#include "report.h"

#define RULE_WIDTH	9
#define LEFT_WIDTH	6

/* The rows of one base, profile and second instrument. */
struct view {
	const struct instruments *x;
	const char *base, *profile;
	size_t pair;			/* index into a row's */
	const char *rig[2];
	bool has[NR_COUNTING_RULES];
	struct instruments_count count;
};

static bool in_view(const struct view *v, const struct instruments_row *row)
{
	return !strcmp(row->base, v->base) && !strcmp(row->profile, v->profile) &&
	       row->pair[v->pair].there;
}

static void look(struct view *v)
{
	for (size_t i = 0; i < v->x->nr; i++) {
		const struct instruments_pair *p = &v->x->row[i].pair[v->pair];

		if (!in_view(v, &v->x->row[i]))
			continue;
		instruments_count__add(&v->count, p);
		for (size_t k = 0; k < p->nr_parts; k++) {
			if (p->part[k].rule >= 0)
				v->has[p->part[k].rule] = true;
		}
	}
}

static void add_columns(struct table_grid *g, const struct view *v)
{
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__column(g, (struct table_column) { v->rig[0], FIGURE_WIDTH });
	for (int r = 0; r < NR_COUNTING_RULES; r++) {
		if (v->has[r])
			grid__column(g, (struct table_column) {
				counting_rule__name(r), RULE_WIDTH, .sign = true });
	}
	grid__column(g, (struct table_column) { v->rig[1], FIGURE_WIDTH + 5 });
	grid__column(g, (struct table_column) { "left", LEFT_WIDTH, .sign = true });
}

static void add_row(struct table_grid *g, const struct view *v,
		    const struct instruments_row *row)
{
	const struct instruments_pair *p = &row->pair[v->pair];

	grid__row(g);
	grid__word(g, row->workload);
	grid__number(g, p->figure[0]);
	for (int r = 0; r < NR_COUNTING_RULES; r++) {
		if (!v->has[r])
			continue;
		if (p->missing || !p->by[r])
			grid__word(g, p->missing ? "?" : ".");
		else
			grid__number(g, p->by[r]);
	}
	grid__number(g, p->figure[1]);
	if (p->missing)
		grid__word(g, "?");
	else if (p->explained)
		grid__word(g, "0");
	else
		grid__number(g, p->left);
}

static void add_grids(struct table *t, const struct view *v)
{
	struct strlist done = { 0 };

	for (size_t i = 0; i < v->x->nr; i++) {
		const char *variant = v->x->row[i].variant;
		struct table_grid *g;

		if (!in_view(v, &v->x->row[i]) || strlist__has(&done, variant))
			continue;
		strlist__add(&done, variant);
		g = table__grid(t, table__string(t, "%s", variant));
		g->close = true;
		add_columns(g, v);
		for (size_t k = i; k < v->x->nr; k++) {
			if (in_view(v, &v->x->row[k]) &&
			    !strcmp(v->x->row[k].variant, variant))
				add_row(g, v, &v->x->row[k]);
		}
	}
	strlist__free(&done);
}

static bool matters(const struct instruments_part *p, int rule)
{
	return p->rule == rule && (rule < 0 || *p->func);
}

/* "svm_vcpu_run -3 (mmio)": each once, of the first event that has it. */
static char *where(const struct view *v, int rule)
{
	struct strlist seen = { 0 }, texts = { 0 };
	char *all;

	for (size_t i = 0; i < v->x->nr; i++) {
		const struct instruments_row *row = &v->x->row[i];
		const struct instruments_pair *p = &row->pair[v->pair];

		for (size_t k = 0; in_view(v, row) && k < p->nr_parts; k++) {
			const struct instruments_part *part = &p->part[k];
			char *text, *what;

			if (!matters(part, rule))
				continue;
			what = xasprintf("%s %+" PRId64, part->func,
					 (int64_t)(part->insns[1] - part->insns[0]));
			text = xasprintf("%s (%s)", what, row->workload);
			if (!strlist__has(&seen, what))
				strlist__add(&texts, text);
			strlist__add(&seen, what);
			free(text);
			free(what);
		}
	}
	all = strlist__join(&texts, ", ");
	strlist__free(&texts);
	strlist__free(&seen);
	return all;
}

static void add_rules(struct table *t, const struct view *v)
{
	for (int r = 0; r < NR_COUNTING_RULES; r++) {
		if (v->has[r])
			table__note(t, counting_rule__name(r), "%s",
				    counting_rule__text(r));
	}
	for (int r = RULE_NEXT_RIP; r < NR_COUNTING_RULES; r++) {
		char *in = r == RULE_VENDOR ? xstrdup("") : where(v, r);

		if (*in)
			table__reason(t, table__string(t, "%s, where the paths part",
						       counting_rule__name(r)), in);
		free(in);
	}
}

/* Where a piece that no rule explains begins, and what each executed there. */
static char *left_text(const struct view *v, const struct instruments_pair *p)
{
	struct strlist texts = { 0 };
	char *all;

	for (size_t k = 0; k < p->nr_parts; k++) {
		const struct instruments_part *part = &p->part[k];
		char *at = part->addr ? xasprintf(" after %#" PRIx64, part->addr) :
			   xstrdup(""), *text;

		text = xasprintf("%s%s: %s %" PRIu64 ", %s %" PRIu64, *part->func ?
				 part->func : part->addr ? "" : "in the guest, or from the beginning",
				 at, v->rig[0], part->insns[0], v->rig[1],
				 part->insns[1]);
		if (part->rule < 0)
			strlist__add(&texts, text);
		free(text);
		free(at);
	}
	all = strlist__join(&texts, "; ");
	strlist__free(&texts);
	return all;
}

static void add_reasons(struct table *t, const struct view *v)
{
	for (size_t i = 0; i < v->x->nr; i++) {
		const struct instruments_row *row = &v->x->row[i];
		const struct instruments_pair *p = &row->pair[v->pair];
		char *text;

		if (!in_view(v, row) || p->explained)
			continue;
		text = p->missing ? xstrdup(p->missing) : left_text(v, p);
		table__reason(t, table__string(t, "%s: %s, %s", p->missing ?
			      "not explained" : "NOT EXPLAINED", row->workload,
			      row->variant), text);
		free(text);
	}
}

static void add_verdict(struct table *t, const struct view *v)
{
	const struct instruments_count *c = &v->count;
	size_t known = c->pairs - c->missing;

	if (c->unexplained)
		table__note(t, "DISAGREE", "in %zu of %zu cells no rule explains what is left",
			    c->unexplained, known);
	else if (known)
		table__note(t, "agree", "the rules explain all of the difference in %zu of %zu cells",
			    c->explained, known);
	if (c->two_vendors)
		table__note(t, "not checked", "vendor is the whole of what is outside of the handler; of\n"
			    "tables it is checked that a branch is taken, not what it asks");
	if (c->missing)
		table__note(t, "unknown", "%zu of %zu cells: what is missing is named above",
			    c->missing, c->pairs);
}

static json_t *parts_json(const struct instruments_pair *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->nr_parts; i++) {
		const struct instruments_part *part = &p->part[i];
		char addr[32];

		snprintf(addr, sizeof(addr), "%#" PRIx64, part->addr);
		json_array_append_new(all, json_pack("{ss? ss ss s[II]}",
			"rule", part->rule < 0 ? NULL : counting_rule__name(part->rule),
			"function", part->func, "after", addr, "instructions",
			(json_int_t)part->insns[0], (json_int_t)part->insns[1]));
	}
	return all;
}

json_t *instruments_cell__json(const struct instruments_row *row,
			       const char *first, const char *second,
			       const uint64_t figure[2])
{
	return json_pack("{ss ss ss ss ss ss sI sI}", "base", row->base,
		"profile", row->profile, "variant", row->variant,
		"workload", row->workload, "first", first, "second", second,
		"instructions_first", (json_int_t)figure[0],
		"instructions_second", (json_int_t)figure[1]);
}

static json_t *row_json(const struct view *v, const struct instruments_row *row)
{
	const struct instruments_pair *p = &row->pair[v->pair];
	json_t *o = instruments_cell__json(row, v->rig[0], v->rig[1], p->figure);
	json_t *by = json_object();

	json_object_set_new(o, "difference", json_integer(p->diff));
	if (p->missing) {
		json_object_set_new(o, "missing", json_string(p->missing));
		json_decref(by);
		return o;
	}
	for (int r = 0; r < NR_COUNTING_RULES; r++)
		json_object_set_new(by, counting_rule__name(r), json_integer(p->by[r]));
	json_object_set_new(o, "rules", by);
	json_object_set_new(o, "left", json_integer(p->left));
	json_object_set_new(o, "explained", json_boolean(p->explained));
	json_object_set_new(o, "handler_alone", json_boolean(p->two_vendors));
	json_object_set_new(o, "parts", parts_json(p));
	return o;
}

static void add_data(struct table *t, const struct view *v)
{
	static const struct table_csv csv[] = {
		INSTRUMENTS_CELL_CSV
		{ "rep", "rules.rep" }, { "exit", "rules.exit" },
		{ "next_rip", "rules.next-rip" }, { "patched", "rules.patched" },
		{ "vendor", "rules.vendor" }, { "tables", "rules.tables" }, { "left", "left" },
		{ "explained", "explained" }, { "missing", "missing" },
	};

	for (size_t i = 0; i < v->x->nr; i++) {
		if (in_view(v, &v->x->row[i]))
			json_array_append_new(t->records, row_json(v, &v->x->row[i]));
	}
	t->json = json_pack("{ss ss ss ss sI sI sI sI sO}", "base", v->base,
		"profile", v->profile, "first", v->rig[0], "second", v->rig[1],
		"cells", (json_int_t)v->count.pairs, "cells_explained",
		(json_int_t)v->count.explained, "cells_unexplained",
		(json_int_t)v->count.unexplained, "cells_missing",
		(json_int_t)v->count.missing,
		"rows", t->records);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

static void add_table(struct tables *all, struct view *v)
{
	struct table *t;

	look(v);
	if (!v->count.pairs)
		return;
	t = tables__add(all);
	add_data(t, v);
	table__title(t, "Two instruments: %s, profile %s, %s and %s", v->base,
		     v->profile, v->rig[0], v->rig[1]);
	table__line(t, "%s", "");
	table__line(t, "Instructions of the typical event, the difference by counting rules");
	table__line(t, "%s", "");
	add_grids(t, v);
	add_rules(t, v);
	add_reasons(t, v);
	add_verdict(t, v);
}

void instruments_table__add(struct tables *all, const struct instruments *x)
{
	struct strlist done = { 0 };

	for (size_t i = 0; i < x->nr; i++) {
		const struct instruments_row *row = &x->row[i];
		char *place = xasprintf("%s %s", row->base, row->profile);

		for (size_t k = 1; k < x->rigs.nr && !strlist__has(&done, place); k++) {
			struct view v = {
				.x = x, .base = row->base, .profile = row->profile,
				.pair = k - 1,
				.rig = { x->rigs.item[0], x->rigs.item[k] },
			};

			add_table(all, &v);
		}
		if (!strlist__has(&done, place))
			strlist__add(&done, place);
		free(place);
	}
	strlist__free(&done);
	if (x->own)
		instruments_own__add(all, x);
}

void instruments_text__agree(FILE *f, const struct instruments *x)
{
	for (size_t k = 1; k < x->rigs.nr; k++) {
		struct instruments_count c = { 0 };

		for (size_t i = 0; i < x->nr; i++)
			instruments_count__add(&c, &x->row[i].pair[k - 1]);
		if (!c.pairs)
			continue;
		fprintf(f, "two methods   %s agrees with %s in %zu of %zu cells, by the counting\n"
			"              rules of `faultline instruments`\n",
			x->rigs.item[k], x->rigs.item[0], c.explained,
			c.pairs - c.missing);
		if (c.two_vendors)
			fprintf(f, "              CPUs of two vendors: in the fault handler alone\n");
		if (c.missing)
			fprintf(f, "              %zu more are not attributed\n", c.missing);
	}
}

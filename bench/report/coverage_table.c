// SPDX-License-Identifier: GPL-2.0
/* See coverage_table.h. */
#include <stdlib.h>
#include <string.h>

#include "coverage_table.h"
#include "report.h"

#define VARIANT_WIDTH	22

/* The variants of one base. */
struct view {
	const struct coverage_variant **item;
	size_t nr;
	struct strlist workloads;	/* of all of them */
};

static void look(struct view *v, const struct coverage *c, const char *base)
{
	v->item = xcalloc(c->nr, sizeof(*v->item));
	for (size_t i = 0; i < c->nr; i++) {
		if (c->item[i].hidden || strcmp(c->item[i].base, base))
			continue;
		v->item[v->nr++] = &c->item[i];
		for (size_t w = 0; w < c->item[i].workloads.nr; w++) {
			const char *name = c->item[i].workloads.item[w];

			if (!strlist__has(&v->workloads, name))
				strlist__add(&v->workloads, name);
		}
	}
}

static void add_counts(struct table *t, const struct view *v)
{
	static const struct table_column heads[] = {
		{ "changed", 8 }, { "with code", 10 }, { "measured", 9 },
		{ "outside", 8 }, { "WARN", 6 }, { "never", 6 },
	};
	struct table_grid *g = table__grid(t, NULL);

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "lines of", VARIANT_WIDTH,
						.left = true, .cut = true });
	for (size_t i = 0; i < ARRAY_SIZE(heads); i++)
		grid__column(g, heads[i]);
	for (size_t i = 0; i < v->nr; i++) {
		const struct coverage_count n = coverage__count(v->item[i]);

		grid__row(g);
		grid__word(g, v->item[i]->variant);
		grid__number(g, n.changed);
		grid__number(g, n.code);
		grid__number(g, n.measured);
		grid__number(g, n.outside);
		grid__number(g, n.warns);
		grid__number(g, n.never);
	}
}

/* "112 (7)": by a workload, and by no other one. */
static const char *by_text(struct table *t, const struct coverage_variant *v,
			   const char *workload)
{
	for (size_t w = 0; w < v->workloads.nr; w++) {
		size_t alone, nr;

		if (strcmp(v->workloads.item[w], workload))
			continue;
		nr = coverage__by(v, w, &alone);
		return alone ? table__string(t, "%zu (%zu)", nr, alone) :
			       table__string(t, "%zu", nr);
	}
	return "-";
}

static void add_workloads(struct table *t, const struct view *v)
{
	struct table_grid *g = table__grid(t, NULL);

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "measured by", VARIANT_WIDTH,
						.left = true, .cut = true });
	for (size_t i = 0; i < v->nr; i++) {
		int width = strlen(v->item[i]->variant) + 2;

		grid__group(g, NULL, GROUP_IN_TURN, 0);
		grid__column(g, (struct table_column) { v->item[i]->variant,
			width > 11 ? width : 11 });
	}
	for (size_t w = 0; w < v->workloads.nr; w++) {
		grid__row(g);
		grid__word(g, v->workloads.item[w]);
		for (size_t i = 0; i < v->nr; i++)
			grid__word(g, by_text(t, v->item[i], v->workloads.item[w]));
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_listed(const struct coverage_variant *v, size_t i, enum line_ran how)
{
	const struct coverage_line *l = &v->line[i];

	return l->func && coverage_line__ran(v, i) == how &&
	       !coverage_line__warns(v, i);
}

/* Lines that were executed at no time, or outside alone, by function. */
static void add_list(struct table *t, const struct coverage_variant *v,
		     enum line_ran how, const char *title)
{
	const char *func = NULL, *file = NULL;
	bool any = false;

	for (size_t i = 0; i < v->nr; i++) {
		const struct coverage_line *l = &v->line[i];

		if (!is_listed(v, i, how))
			continue;
		if (!any)
			table__line(t, "%s, %s", v->variant, title);
		any = true;
		if (!func || strcmp(func, l->func) || strcmp(file, l->file))
			table__line(t, "  %s, %s", base_name(l->file), l->func);
		func = l->func;
		file = l->file;
		table__line(t, "  %6d  %.*s", l->line, REPORT_COLUMNS - 10, l->text);
	}
	if (any)
		table__line(t, "%s", "");
}

static void add_notes(struct table *t, const struct view *v)
{
	for (size_t i = 0; i < v->nr; i++) {
		if (v->item[i]->counterpart)
			table__note(t, v->item[i]->variant, "changes nothing: its lines are those that %s replace",
				    v->item[i]->counterpart);
	}
	table__note(t, "with code", "what else is changed are declarations, comments and lines that the compiler made nothing of");
	table__note(t, "measured", "an instruction of the line was executed between the doorbells of a workload; outside: only before or after");
	table__note(t, "WARN", "never executed, and there for what must not happen: WARN, BUG and what comes after one");
	table__note(t, "(n)", "lines that no other workload executes");
}

static const char *const words[] = {
	[LINE_NEVER] = "never", [LINE_OUTSIDE] = "outside", [LINE_MEASURED] = "measured",
};

static json_t *record(const struct coverage_variant *v, size_t i)
{
	const struct coverage_line *l = &v->line[i];
	enum line_ran how = coverage_line__ran(v, i);
	struct strlist by = { 0 };
	char *names;
	json_t *one;

	for (size_t w = 0; w < v->workloads.nr; w++) {
		if (l->ran[w] == how && how != LINE_NEVER)
			strlist__add(&by, v->workloads.item[w]);
	}
	names = strlist__join(&by, " ");
	one = json_pack("{ss ss ss si ss ss ss}", "base", v->base, "variant", v->variant,
			"file", l->file, "line", l->line, "function", l->func,
			"executed", coverage_line__warns(v, i) ? "warn" : words[how],
			"workloads", names);
	free(names);
	strlist__free(&by);
	return one;
}

static void add_records(struct table *t, const char *base, const struct view *v)
{
	static const struct table_csv csv[] = {
		{ "base", "base", false }, { "variant", "variant", false },
		{ "file", "file", false }, { "line", "line", false },
		{ "function", "function", false }, { "executed", "executed", false },
		{ "workloads", "workloads", false },
	};
	json_t *variants = json_array();

	t->records = json_array();
	for (size_t i = 0; i < v->nr; i++) {
		const struct coverage_count n = coverage__count(v->item[i]);

		json_array_append_new(variants, json_pack("{ss sI sI sI sI sI sI}",
			"variant", v->item[i]->variant,
			"changed", (json_int_t)n.changed, "code", (json_int_t)n.code,
			"measured", (json_int_t)n.measured,
			"outside", (json_int_t)n.outside,
			"warn", (json_int_t)n.warns, "never", (json_int_t)n.never));
		for (size_t j = 0; j < v->item[i]->nr; j++) {
			if (v->item[i]->line[j].func)
				json_array_append_new(t->records,
						      record(v->item[i], j));
		}
	}
	t->json = json_pack("{ss so sO}", "base", base, "variants", variants,
			    "lines", t->records);
	table__csv(t, csv, ARRAY_SIZE(csv));
}

static void add_base(struct tables *all, const struct coverage *c, const char *base)
{
	struct table *t = tables__add(all);
	struct view v = { 0 };

	look(&v, c, base);
	table__title(t, "Which changed lines were executed: %s", base);
	add_counts(t, &v);
	add_workloads(t, &v);
	add_notes(t, &v);
	for (size_t i = 0; i < v.nr; i++) {
		add_list(t, v.item[i], LINE_NEVER, "never executed:");
		add_list(t, v.item[i], LINE_OUTSIDE, "executed outside of what is measured:");
	}
	add_records(t, base, &v);
	strlist__free(&v.workloads);
	free(v.item);
}

void coverage_tables__add(struct tables *t, const struct coverage *c)
{
	struct strlist bases = { 0 };

	for (size_t i = 0; i < c->nr; i++) {
		if (c->item[i].hidden || strlist__has(&bases, c->item[i].base))
			continue;
		strlist__add(&bases, c->item[i].base);
		add_base(t, c, c->item[i].base);
	}
	strlist__free(&bases);
}

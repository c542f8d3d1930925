// SPDX-License-Identifier: GPL-2.0
/*
 * What each patch of a series, or each commit, added: a column a step, a grid a
 * few steps.
 */
#include <stdlib.h>
#include <string.h>

#include "exact_table.h"
#include "report.h"
#include "run_rigs.h"

#define STEPS_A_GRID	8
#define STEP_WIDTH	6
#define TOTAL_WIDTH	7

/* How a step's figure is headed: "@3"; of commits "start", "at 3", "end". */
static const char *total_head(struct table *t, const struct steps *s, size_t i)
{
	if (!s->commits)
		return table__string(t, "@%d", s->step[i].number);
	return !i ? "start" : i + 1 == s->nr ? "end" :
	       table__string(t, "at %d", s->step[i].number);
}

/* In a note or a reason. */
static const char *step_name(struct table *t, const struct steps *s, size_t i)
{
	const struct series_step *step = &s->step[i];

	if (!s->commits)
		return table__string(t, "%s@%d", s->variant, step->number);
	return step->number ? table__string(t, "commit %d, %s", step->number, step->id) :
			      table__string(t, "the start, %s", step->id);
}

/* "sev.": several figures, of which none stands out. */
static void add_total(struct table_grid *g, const struct cmp_cell *c)
{
	if (c->usable && c->several)
		grid__word(g, "sev.");
	else if (c->usable)
		grid__number(g, c->typical);
	else
		grid__word(g, c->skipped ? "skip" : "-");
}

/*
 * "=" is the same handler code, so that +0 is a change that costs nothing; "vary"
 * that most faults share no difference.
 */
static void add_step(struct table_grid *g, const struct series_step *step,
		     const struct cmp_diff *d)
{
	if (step->failed)
		grid__word(g, "fails");
	else if (!d->comparable)
		grid__word(g, "-");
	else if (!d->by.shared)
		grid__word(g, "vary");
	else if (d->same_handler && !d->by.diff)
		grid__word(g, "=");
	else
		grid__number(g, d->by.diff);
}

/* From the figure of step from - 1 to that of step to - 1. */
static void add_grid(struct table *t, const struct steps *s, size_t from,
		     size_t to)
{
	struct table_grid *g = table__grid(t, NULL);
	struct table_column total = { "", TOTAL_WIDTH };

	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	total.head = total_head(t, s, from - 1);
	grid__column(g, total);
	for (size_t i = from; i < to; i++)
		grid__column(g, (struct table_column) {
			table__string(t, "%d", s->step[i].number), STEP_WIDTH,
			.sign = true });
	total.head = total_head(t, s, to - 1);
	grid__column(g, total);
	grid__column(g, (struct table_column) { "", 7, .left = true, .gap = 2 });
	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *row = &s->row[w];

		grid__row(g);
		grid__word(g, row->workload);
		add_total(g, &row->cell[from - 1]);
		for (size_t i = from; i < to; i++)
			add_step(g, &s->step[i], &row->diff[i]);
		add_total(g, &row->cell[to - 1]);
		grid__word(g, row->exact ? "exact" : "");
	}
}

static void add_grids(struct table *t, const struct steps *s)
{
	const size_t patches = s->nr - 1;
	const size_t grids = (patches + STEPS_A_GRID - 1) / STEPS_A_GRID;
	const size_t each = grids ? (patches + grids - 1) / grids : 1;

	for (size_t from = 1; from < s->nr; from += each)
		add_grid(t, s, from, from + each < s->nr ? from + each : s->nr);
}

static void add_titles(struct table *t, const struct steps *s)
{
	const size_t id = s->commits ? 17 : 0;
	struct table_grid *g = table__grid(t, NULL);

	g->no_head = true;
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "step", s->commits ? 7 : 4, .left = s->commits });
	if (id)
		grid__column(g, (struct table_column) { "commit", 14, .left = true });
	grid__column(g, (struct table_column) { "title", REPORT_COLUMNS - 3 - id,
						.left = true, .gap = 2,
						.cut = true });
	for (size_t i = 0; i < s->nr; i++) {
		const struct series_step *step = &s->step[i];

		if (!s->commits && (!step->number || !*step->title))
			continue;
		grid__row(g);
		if (s->commits && !step->number)
			grid__word(g, "start");
		else
			grid__number(g, step->number);
		if (id)
			grid__word(g, step->id);
		grid__word(g, step->title);
	}
}

/* As many names as a line of a mail takes, and how many more there are. */
static void add_names(struct table *t, const struct series_step *step)
{
	const struct strlist *f = &step->functions;
	char *line = xasprintf("  %d  ", step->number), *more;

	for (size_t i = 0; i < f->nr; i++) {
		const size_t rest = f->nr - i - 1;

		more = xasprintf("%s%s%s", line, i ? ", " : "", f->item[i]);
		if (i && strlen(more) + (rest ? strlen(" and 1000 more") : 0) > REPORT_COLUMNS) {
			free(more);
			more = xasprintf("%s and %zu more", line, f->nr - i);
			free(line);
			line = more;
			break;
		}
		free(line);
		line = more;
	}
	table__line(t, "%s", line);
	free(line);
}

/* Functions of the handler that the commits changed. */
static void add_functions(struct table *t, const struct steps *s)
{
	bool any = false;

	for (size_t i = 1; i < s->nr; i++)
		any |= s->step[i].functions.nr > 0;
	if (!any)
		return;
	table__line(t, "Functions of the handler that changed");
	for (size_t i = 1; i < s->nr; i++) {
		if (s->step[i].functions.nr)
			add_names(t, &s->step[i]);
	}
	table__line(t, "%s", "");
}

static void add_reasons(struct table *t, const struct steps *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		if (s->step[i].failed)
			table__reason(t, table__string(t, "fails: %s", step_name(t, s, i)),
				      s->step[i].failed);
	}
	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *row = &s->row[w];

		if (row->cell[0].skipped) {
			exact_table__reason(t, &row->cell[0], row->workload, "");
			continue;
		}
		for (size_t i = 0; i < s->nr; i++) {
			if (s->step[i].failed)
				continue;
			exact_table__reason(t, &row->cell[i],
				table__string(t, "%s, %s, %s", row->workload,
					      step_name(t, s, i), s->profile),
				"missing");
		}
	}
}

/* Each row's first step that has several figures, and steps without a difference. */
static void add_several(struct table *t, const struct steps *s)
{
	bool vary = false;

	for (size_t w = 0; w < s->nr_rows; w++) {
		size_t i = 0;

		while (i < s->nr && !s->row[w].cell[i].several)
			i++;
		if (i < s->nr)
			exact_table__several(t, &s->row[w].cell[i],
				table__string(t, "(sev.) %s, %s:",
					      s->row[w].workload,
					      s->commits ? step_name(t, s, i) :
					      table__string(t, "@%d", s->step[i].number)));
		for (i = 1; i < s->nr; i++)
			vary |= s->row[w].diff[i].comparable &&
				!s->row[w].diff[i].by.shared;
	}
	if (vary)
		table__note(t, "vary", "most faults share no difference");
}

static void add_rep(struct table *t, const struct steps *s)
{
	struct rep_seen seen = { 0 };

	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *row = &s->row[w];

		for (size_t i = 1; row->cell[0].events && i < s->nr; i++)
			exact_table__see_rep(&seen, &row->diff[i],
				table__string(t, "%s, %s %d", row->workload,
					      s->commits ? "commit" : "patch",
					      s->step[i].number));
	}
	exact_table__rep(t, &seen);
}

/* A step that the run lacks makes a column that holds two patches. */
static void add_gaps(struct table *t, const struct steps *s)
{
	for (size_t i = 1; i < s->nr; i++) {
		const int number = s->step[i].number, before = s->step[i - 1].number;

		if (number != before + 1)
			table__note(t, "gap", "column %d is patches %d to %d together",
				    number, before + 1, number);
	}
}

/* And so does one that has no figure, in all rows or in one. */
static void add_against(struct table *t, const struct steps *s)
{
	for (size_t i = 1; i < s->nr; i++) {
		size_t rows = 0, some = 0;

		for (size_t w = 0; w < s->nr_rows; w++) {
			if (s->row[w].against[i] + 1 == i || !s->row[w].diff[i].comparable)
				continue;
			rows++;
			some = w;
		}
		if (rows)
			table__note(t, "gap", "column %d is against %s, the last that was measured%s%s",
				    s->step[i].number,
				    step_name(t, s, s->row[some].against[i]),
				    rows == s->nr_rows ? "" : "; of ",
				    rows == s->nr_rows ? "" : s->row[some].workload);
	}
}

static json_t *step_json(const struct steps *s, const struct step_row *r,
			 size_t i)
{
	json_t *o = exact_table__figure(&r->cell[i]);

	json_object_set_new(o, "step", json_integer(s->step[i].number));
	if (s->commits) {
		json_object_set_new(o, "commit", json_string(s->step[i].id));
		json_object_set_new(o, "subject", json_string(s->step[i].title));
	}
	if (s->step[i].failed)
		json_object_set_new(o, "failed", json_string(s->step[i].failed));
	if (i && r->against[i] + 1 != i)
		json_object_set_new(o, "against", json_integer(s->step[r->against[i]].number));
	if (r->diff[i].comparable && r->diff[i].by.shared)
		json_object_set_new(o, "added", json_integer(r->diff[i].by.diff));
	if (r->diff[i].rep.known)
		json_object_set_new(o, "added_rep_counted_once",
				    json_integer(r->diff[i].rep.diff));
	json_object_set_new(o, "same_code",
			    json_boolean(i && r->diff[i].same_handler));
	return o;
}

static void add_data(struct table *t, const struct steps *s)
{
	static const struct table_csv csv[] = {
		{ "base", "base" }, { "profile", "profile" },
		{ "series", "series" }, { "workload", "workload" },
		{ "step", "step.step" }, { "exact", "step.exact" },
		{ "typical", "step.typical" }, { "mean", "step.mean" },
		{ "added", "step.added" }, { "rig", "rig" },
		{ "commit", "step.commit" },
		{ "subject", "step.subject" }, { "failed", "step.failed" },
	};
	json_t *rows = json_array();

	for (size_t w = 0; w < s->nr_rows; w++) {
		const char *workload = s->row[w].workload;
		json_t *steps = json_array();

		for (size_t i = 0; i < s->nr; i++) {
			json_t *o = step_json(s, &s->row[w], i);

			json_array_append_new(t->records, json_pack("{ss sO}",
				"workload", workload, "step", o));
			json_array_append_new(steps, o);
		}
		json_array_append_new(rows, json_pack("{ss so}", "workload",
						      workload, "steps", steps));
	}
	t->json = json_pack("{ss ss ss ss so}", "base", s->base, "profile",
			    s->profile, "series", s->variant, "unit",
			    "instructions", "workloads", rows);
	table__csv(t, csv, s->commits ? ARRAY_SIZE(csv) : ARRAY_SIZE(csv) - 3);
}

void steps_table__add(struct tables *all, const struct steps *s,
		      const struct run *run)
{
	const char *step = s->commits ? "commit" : "patch";
	struct table *t = tables__add(all);
	const char *rig = exact_table__rig(t, run);

	add_data(t, s);
	json_object_set_new(t->json, "rig", json_string(run__rig(run)));
	exact_table__head(t, run, s->base, s->commits ?
		table__string(t, "%s, profile %s%s, %zu commit%s", s->base,
			      s->profile, rig, s->nr - 1, s->nr == 2 ? "" : "s") :
		table__string(t, "%s, profile %s%s, each patch of %s", s->base,
			      s->profile, rig, s->variant));
	table__line(t, "%s", "");
	table__line(t, "Typical fault; a column is what that %s added to most faults", step);
	table__line(t, "%s", "");
	add_grids(t, s);
	add_titles(t, s);
	add_functions(t, s);
	add_reasons(t, s);
	add_gaps(t, s);
	add_against(t, s);
	add_several(t, s);
	add_rep(t, s);
	table__note(t, "=", "the handler's code is the same as before the %s", step);
	table__note(t, "exact", "%zu of %zu cells", s->exact,
		    s->cells - s->skipped);
}

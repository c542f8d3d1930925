// SPDX-License-Identifier: GPL-2.0
/* See cycles_parts.h. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base_note.h"
#include "cycles_parts.h"
#include "rank.h"
#include "report.h"
#include "text.h"

void cycles_parts__head(struct table *t, const struct run *run,
			const char *base, const char *what)
{
	json_t *machine = json_object_get(run->meta, "machine");
	const char *cpu = json_string_value(json_object_get(machine, "cpu"));

	table__title(t, "TSC cycles per fault: %s", what);
	if (cpu)
		table__line(t, "%.*s", REPORT_COLUMNS, cpu);
	base_note__add(t, base);
	table__line(t, "%s", "");
}

void cycles_parts__value(struct table_grid *g, const struct noisy_value *v)
{
	if (v->layouts)
		grid__value(g, v->value, v->half);
	else
		grid__word(g, "-");
}

const char *cycles_parts__word(const struct noisy_cell *c)
{
	return c->skipped ? "skipped" : c->boots && !c->usable ? "invalid" :
	       NULL;
}

static void own_columns(struct table *t, struct table_grid *g,
			const struct noisy_setting *s, bool shows)
{
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "workload", NAME_WIDTH,
						.left = true, .cut = true });
	grid__column(g, (struct table_column) { "mode", 5, .left = true });
	grid__column(g, (struct table_column) { "A/A", 14, 1, .sign = true });
	grid__column(g, (struct table_column) { "", 8, 2, .sign = true,
						.percent = true,
						.whole = 999.995 });
	grid__group(g, table__string(t, "%ss", s->unit), GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "least", 8, 1,
						.whole = 9999.95 });
	grid__column(g, (struct table_column) { "most", 10, 1,
						.whole = 9999.95,
						.before = " .." });
	grid__group(g, NULL, GROUP_ALWAYS, 0);
	grid__column(g, (struct table_column) { "floor", 7, 1 });
	if (shows)
		grid__column(g, (struct table_column) { "shows", 8, 1,
							.whole = 9999.95 });
}

static void add_own(struct table_grid *g, enum cycles_mode m,
		    const struct cycles_own *row)
{
	const struct noisy_cell *ref = row->ref;
	const struct noisy_own *own = &row->own[m];
	const struct noisy_value *v = &ref->mode[m];

	if (!v->layouts)
		return;
	grid__row(g);
	grid__word(g, ref->workload);
	grid__word(g, cycles_mode_names[m]);
	cycles_parts__value(g, &own->by);
	if (own->by.layouts)
		grid__number(g, own->by.percent);
	else
		grid__empty(g);
	grid__number(g, v->least);
	grid__number(g, v->most);
	grid__number(g, ref->floor[m]);
	if (row->shows && isfinite(row->shows[m]))
		grid__number(g, row->shows[m]);
	else if (row->shows)
		grid__word(g, "-");
}

/*
 * Whose the A/A is where it is not the reference's, and what it means that
 * there is none; each said once, as said has it.
 */
static void add_whose(struct table *t, enum cycles_mode m,
		      const struct noisy_own *own, const struct noisy_cell *ref,
		      struct strlist *said)
{
	const char *text;

	if (!ref->mode[m].layouts)
		return;
	if (!own->by.layouts)
		text = table__string(t, "no A/A, %s: %s: no word either",
				     cycles_mode_names[m], own->by.why);
	else if (strcmp(own->variant, ref->variant) ||
		 strcmp(own->profile, ref->profile))
		text = table__string(t, "A/A, %s: that of %s, profile %s",
				     cycles_mode_names[m], own->variant,
				     own->profile);
	else
		return;
	if (strlist__has(said, text))
		return;
	table__reason(t, text, NULL);
	strlist__add(said, text);
}

void cycles_parts__own(struct table *t, const struct noisy_setting *s,
		       const struct cycles_own *row, size_t nr)
{
	struct strlist said = { 0 };
	struct table_grid *g;

	g = table__grid(t, table__string(t, "A/A: the same code linked twice; %ss: least and most of the reference",
					 s->unit));
	own_columns(t, g, s, nr && row->shows);
	for (size_t i = 0; i < nr * NR_CYCLES_MODES; i++) {
		const struct cycles_own *r = &row[i / NR_CYCLES_MODES];
		const enum cycles_mode m = i % NR_CYCLES_MODES;

		add_own(g, m, r);
	}
	for (size_t i = 0; i < nr * NR_CYCLES_MODES; i++) {
		const struct cycles_own *r = &row[i / NR_CYCLES_MODES];
		const enum cycles_mode m = i % NR_CYCLES_MODES;

		add_whose(t, m, &r->own[m], r->ref, &said);
	}
	strlist__free(&said);
}

static bool all_valid(const struct noisy_cell *c)
{
	return c->boots && c->valid == c->boots;
}

static const char *state_of(struct table *t, const struct noisy_cell *c)
{
	return c->usable ? table__string(t, "%zu of %zu layouts invalid",
					 c->boots - c->valid, c->boots) :
	       c->skipped ? "skipped" : c->boots ? "invalid" : "missing";
}

/* How many cells from here on are of one workload. */
static size_t same_workload(const struct noisy_cell *const *cell, size_t nr)
{
	size_t n = 1;

	while (n < nr && !strcmp(cell[n]->workload, cell[0]->workload))
		n++;
	return n;
}

/* Is all of it skipped, and for one reason? */
static bool all_skipped(const struct noisy_cell *const *cell, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!cell[i]->skipped || strcmp(cell[i]->why, cell[0]->why))
			return false;
	}
	return true;
}

void cycles_parts__reasons(struct table *t,
			   const struct noisy_cell *const *cell, size_t nr)
{
	const char *why = NULL;		/* still to be said */
	size_t n;

	for (size_t i = 0; i < nr; i += n) {
		const bool all = all_skipped(cell + i,
					     n = same_workload(cell + i, nr - i));

		for (size_t k = i; k < i + n; k++) {
			const struct noisy_cell *c = cell[k];

			if (all_valid(c) || (all && k > i))
				continue;
			if (why && strcmp(why, c->why))
				table__reason(t, NULL, why);
			why = c->why;
			table__reason(t, all ?
				table__string(t, "skipped: %s", c->workload) :
				table__string(t, "%s: %s, %s, %s", state_of(t, c),
					      c->workload, c->variant,
					      c->profile), NULL);
		}
	}
	if (why)
		table__reason(t, NULL, why);
}

/* "0 of 7 hot, 1 of 7 cold"; NULL: the run has no known nulls. */
static const char *control_text(struct table *t, const struct noisy_rule *rule,
				bool *failed)
{
	const char *text = NULL;

	*failed = false;
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct noisy_control *c = &rule->control[m];

		if (!c->intervals)
			continue;
		text = table__string(t, "%s%s%zu of %zu %s", text ?: "",
				     text ? ", " : "", c->differ, c->intervals,
				     cycles_mode_names[m]);
		*failed |= c->failed;
	}
	return text;
}

static void add_control(struct table *t, const struct noisy_rule *rule)
{
	bool failed;
	const char *text = control_text(t, rule, &failed);

	if (!text)
		return;
	table__note(t, "control", "of pairs that execute the same code under two profiles\n"
		    "%s differ at 95 %%%s", text, failed ?
		    ":\nit FAILED, and that mode has no word" : "");
}

static void add_place(struct table *t, const struct noisy_rule *rule)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct noisy_place *p = &rule->place[m];

		if (isnan(p->r))
			continue;
		table__note(t, "place", "%s cost and link place: rank correlation %+.2f, p %.2g%s",
			    cycles_mode_names[m], p->r, p->p,
			    p->p < PLACE_ALPHA ? ":\nthe place of a copy is part of its cost" : "");
	}
}

/* What a cell leaves to the one whose turn is next. */
static void add_turns(struct table *t, const struct noisy_rule *rule)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		if (!isnan(rule->carry_over[m]))
			table__note(t, "turns", "after one cell's turn a %s fault costs up to %.1f more\n"
				    "than after another's; each follows each as often",
				    cycles_mode_names[m], rule->carry_over[m]);
	}
}

static void add_quantum(struct table *t, const struct noisy_setting *s,
			const struct noisy_rule *rule)
{
	for (size_t m = 0; m < NR_CYCLES_MODES && rule->quantum > 0; m++) {
		if (s->has[m] && rule->quantum / s->chunk[m] >= 0.1)
			table__note(t, "quantum", "the TSC counts in steps of %.0f: %.1f per %s fault",
				    rule->quantum, rule->quantum / s->chunk[m],
				    cycles_mode_names[m]);
	}
}

void cycles_parts__rule(struct table *t, const struct noisy_setting *s,
			const struct noisy_rule *rule)
{
	table__note(t, "word", "faster or slower: the interval that allows for all %zu\n"
		    "comparisons of the run is all beyond what the same code\n"
		    "twice (A/A) shows, and beyond %g %% and %g cycle%s", rule->comparisons, rule->least_percent,
		    rule->least_abs, rule->least_abs == 1 ? "" : "s");
	table__note(t, "shows", "a true difference of it is found 8 times in 10, a smaller\n"
		    "one less often");
	add_control(t, rule);
	add_place(t, rule);
	add_turns(t, rule);
	add_quantum(t, s, rule);
}

static void add_modes(struct table *t, const struct noisy_setting *s,
		      const char *base)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const char *name = cycles_mode_names[m];

		if (s->has[m])
			table__note(t, name, "chunks of %" PRIu64 " fault%s; %.0f %% of the rounds kept, or more",
				    s->chunk[m], s->chunk[m] == 1 ? "" : "s",
				    100 * s->kept[m]);
		else if (s->paired)
			table__note(t, name, "not measured: faultline run --rig %s --base %s",
				    s->rig, base);
	}
}

void cycles_parts__tail(struct table *t, const struct noisy_setting *s,
			const char *base, const struct run *run)
{
	const size_t need = rank__pairs_needed(1 - NOISY_CONFIDENCE);

	if (s->layouts < need)
		table__note(t, "+-", "none, and no word: %zu %s%s: an interval needs %zu (%s)",
			    s->layouts, s->unit, s->layouts == 1 ? "" : "s", need,
			    s->paired ? table__string(t, "--boots %zu", need) :
			    "boot again, run --resume");
	else
		table__note(t, "+-", "%.0f %% around the Hodges-Lehmann estimate, the longer side;\n"
			    "the %s is the unit", 100 * NOISY_CONFIDENCE, s->unit);
	table__note(t, "differences", "%s", s->paired ?
		    "paired by block: medians of what differs at the same time" :
		    "of the medians of boots, which are not at the same time");
	add_modes(t, s, base);
	table__note(t, "floor", "%s", s->paired ?
		    "what the harness costs; nothing of it is subtracted" :
		    "two readings of the guest's clock; the world switch is in the\n"
		    "figures as well, and nothing is subtracted: see exit");
	for (size_t i = 0; i < s->limits.nr; i++)
		table__reason(t, i ? NULL : "not set", s->limits.item[i]);
	table__note(t, "measured", "%zu of %zu cells, in %zu %s%s", s->usable,
		    s->cells - s->skipped, s->layouts, s->unit,
		    s->layouts == 1 ? "" : "s");
	table__line(t, "%s", "");
	table__line(t, "TSC cycles: neither core cycles nor instructions.");
	table__line(t, "Reproduce: see %s/run.json", text__run_id(run));
}

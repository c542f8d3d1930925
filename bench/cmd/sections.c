// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a report. Each is what a command prints of the same run, by
 * the same functions; one that is not available costs no other.
 */
#include <stdlib.h>
#include <string.h>

#include "attribute_view.h"
#include "catalog.h"
#include "factors.h"
#include "instruments_table.h"
#include "perf_report.h"
#include "rigs.h"
#include "run_rigs.h"
#include "run_text.h"
#include "sections.h"
#include "tables.h"
#include "text.h"

struct sections {
	struct full_report *r;
	struct run_views views;		/* of its run, a rig each */
	const struct run *view;		/* of sections that are of one rig */
	const struct sections_options *o;	/* the caller's, until the end */
	const char *base, *profile;	/* of sections that are of one table */
	struct strlist attributed;	/* workloads of that table */
	struct run other;		/* the other run, with its verdicts */
	struct judgements others;
};

static struct full_section *add(struct sections *s, const char *id,
				const char *title, const char *const *args)
{
	struct full_report *r = s->r;
	struct full_section *section;
	struct strlist typed = { 0 };

	strlist__add(&typed, "faultline");
	for (size_t i = 0; args[i]; i++) {
		char *word = text__quoted(args[i]);

		strlist__add(&typed, word);
		free(word);
	}
	r->section = xrealloc(r->section,
			      (r->nr_sections + 1) * sizeof(*section));
	section = &r->section[r->nr_sections++];
	*section = (struct full_section) { id, title,
		.command = text__clean(strlist__join(&typed, " ")) };
	strlist__free(&typed);
	return section;
}

/*
 * A section that print() writes; what it returned is why there is none. What
 * `faultline ARGS` prints is the same.
 */
static void add_printed(struct sections *s, const char *id, const char *title,
			const char *const *args,
			int (*print)(const struct sections *s, FILE *f,
				     struct err *e))
{
	struct full_section *section = add(s, id, title, args);
	struct err e;
	size_t size;
	FILE *f = xmemstream(&section->text, &size);
	int r = print(s, f, &e);

	fclose(f);
	text__clean(section->text);
	if (!r && *section->text)
		return;
	free(section->text);
	section->text = NULL;
	section->missing = text__clean(xstrdup(r ? e.text :
					       "there is nothing of it"));
}

static int print_tables_of(const struct sections *s, FILE *f, bool factors,
			   struct err *e)
{
	const struct run_tables_pick pick = { .against = s->o->against,
					      .factors = factors };
	struct run_tables t = { 0 };
	int r = 0;

	if (run_tables__make(&t, s->r->run, &pick, e))
		return -1;
	table_text__write(f, &t.tables);
	if (t.missing)
		r = err__set(e, EXIT_NO_DATA, "%s", t.missing);
	else if (!t.usable)
		r = err__set(e, EXIT_NO_DATA, "%s has no valid record; the reasons are above",
			     s->r->run->dir);
	if (!r) {
		s->r->section[s->r->nr_sections - 1].tables = t.tables;
		t.tables = (struct tables) { 0 };
	}
	run_tables__free(&t);
	return r;
}

static int print_tables(const struct sections *s, FILE *f, struct err *e)
{
	return print_tables_of(s, f, false, e);
}

static int print_factors(const struct sections *s, FILE *f, struct err *e)
{
	return print_tables_of(s, f, true, e);
}

/* Every variant of the table that sections are of. */
static struct attribute_pick pick_of(const struct sections *s)
{
	static const struct strlist all;

	return (struct attribute_pick) {
		.base = s->base, .profile = s->profile,
		.against = s->o->against, .workloads = &s->attributed,
		.variants = &all,
	};
}

static int print_attribution(const struct sections *s, FILE *f, struct err *e)
{
	const struct attribute_pick pick = pick_of(s);

	return attribute_view__summary(f, s->view, &pick, e);
}

static int print_code(const struct sections *s, FILE *f, struct err *e)
{
	const struct attribute_pick pick = pick_of(s);

	return attribute_view__static(f, s->view, &pick, e);
}

static int print_counters(const struct sections *s, FILE *f, struct err *e)
{
	struct perf_cells c;
	int r;

	if (perf_cells__make(&c, s->view, e))
		return -1;
	report__perf_text(f, &c, s->view);
	r = perf_cells__check(&c, s->view, e);
	perf_cells__free(&c);
	return r;
}

static bool is_noisy(const struct run *run)
{
	return run->nr && record__noisy(run->record[0]);
}

static void add_beside(struct sections *s)
{
	const char *const args[] = { "report", s->o->run, "--beside",
				     s->o->beside ?: "RUN", NULL };
	struct full_section *section = add(s, "beside",
					   "Cycles next to instructions", args);
	const struct judgements *mine = s->r->verdicts;
	const bool cycles = is_noisy(s->r->run);
	const char *other = rigs__first(cycles ? RIG_INSTRUCTIONS : RIG_CYCLES)->name;
	size_t size, nr;
	FILE *f;

	if (!s->o->beside) {
		section->missing = xasprintf("This run has %s alone. Make a run of the other kind (faultline run --rig %s) and name it: %s",
					     cycles ? "cycles" : "instructions",
					     other,
					     section->command);
		return;
	}
	f = xmemstream(&section->text, &size);
	nr = cycles ? report__beside_text(f, &s->others, mine) :
		      report__beside_text(f, mine, &s->others);
	fclose(f);
	text__clean(section->text);
	if (!nr || is_noisy(&s->other) == cycles) {
		free(section->text);
		section->text = NULL;
		section->missing = xasprintf("%s has no cell of the other kind in common with this run; make one: faultline run --rig %s",
					     s->o->beside,
					     other);
		text__clean(section->missing);
	}
}

static int read_beside(struct sections *s, struct err *err)
{
	struct judge_options how = judge_defaults;

	if (!s->o->beside)
		return 0;
	if (run__read(&s->other, s->o->beside, err))
		return -1;
	how.against = s->o->against;
	if (!judge__run(&s->others, &s->other, &how, err))
		return 0;
	run__free(&s->other);
	return -1;
}

/* Is there anything to take apart: a second profile or the other dispatch? */
static bool has_factors(const struct run *run)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (variant_has_overlay(r->variant, DISPATCH_INDIRECT) ||
		    (!strcmp(r->base, run->record[0]->base) &&
		     strcmp(r->profile, run->record[0]->profile)))
			return true;
	}
	return false;
}

static void add_factors(struct sections *s)
{
	const char *against = s->o->against ? "--against" : NULL;
	const char *const args[] = { "compare", s->o->run, "--factors", against,
				     s->o->against, NULL };
	struct full_section *section;

	if (has_factors(s->r->run)) {
		add_printed(s, "factors", "Retpoline factors", args,
			    print_factors);
		return;
	}
	section = add(s, "factors", "Retpoline factors", args);
	section->missing = xasprintf("This run has one profile, and no variant +" DISPATCH_INDIRECT ". Run both ways to call under all three: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
				     s->base);
	text__clean(section->missing);
}

/* With --second: in how many cells that instrument agrees. */
static int print_second(const struct sections *s, FILE *f, struct err *e)
{
	struct run run[2] = { *s->r->run };
	struct instruments x;
	int bad;

	if (!s->o->second)
		return 0;
	if (run__read(&run[1], s->o->second, e))
		return -1;
	bad = instruments__compare(&x, run, ARRAY_SIZE(run), NULL, 0, e);
	if (!bad) {
		instruments_text__agree(f, &x);
		instruments__free(&x);
	}
	run__free(&run[1]);
	return bad;
}

static int print_validity(const struct sections *s, FILE *f, struct err *e)
{
	report__validity_text(f, s->r->run, s->r->verdicts);
	return print_second(s, f, e);
}

static int print_reasons(const struct sections *s, FILE *f, struct err *e)
{
	(void)e;
	report__verdicts_text(f, s->r->verdicts);
	return 0;
}

static int print_machine(const struct sections *s, FILE *f, struct err *e)
{
	(void)e;
	report__machine_text(f, s->r->run);
	return 0;
}

static int print_reproduce(const struct sections *s, FILE *f, struct err *e)
{
	(void)e;
	report__reproduce_text(f, s->r->run);
	return 0;
}

/* The default base and profile, or else the first that the run has. */
static void pick_table(struct sections *s)
{
	const struct run *run = s->r->run;

	s->base = run->record[0]->base;
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->base, DEFAULT_BASE))
			s->base = DEFAULT_BASE;
	}
	for (size_t i = 0; i < run->nr; i++) {
		if (strcmp(run->record[i]->base, s->base))
			continue;
		s->profile = s->profile ?: run->record[i]->profile;
		if (!strcmp(run->record[i]->profile, DEFAULT_PROFILE))
			s->profile = DEFAULT_PROFILE;
	}
}

static void pick_view(struct sections *s, size_t i)
{
	s->view = &s->views.item[i];
	strlist__free(&s->attributed);
	attribute__workloads(s->view, s->base, s->profile, &s->attributed);
}

/* A section of each rig, which of several says so in id, title and command. */
static void add_of_rigs(struct sections *s, const char *id, const char *title,
			const char *const *args,
			int (*print)(const struct sections *s, FILE *f,
				     struct err *e))
{
	for (size_t i = 0; i < s->views.nr; i++) {
		const char *rig = run__rig(&s->views.item[i]);
		const char *words[16] = { 0 };
		size_t n = 0;

		pick_view(s, i);
		if (s->views.nr == 1) {
			add_printed(s, id, title, args, print);
			continue;
		}
		while (n < ARRAY_SIZE(words) - 3 && args[n]) {
			words[n] = args[n];
			n++;
		}
		words[n++] = "--rigs";
		words[n] = rig;
		add_printed(s, xasprintf("%s-%s", id, rig),
			    xasprintf("%s, rig %s", title, rig), words, print);
	}
}

static void add_attributions(struct sections *s)
{
	const char *against = s->o->against;

	add_of_rigs(s, "attribution", "Where the difference is",
		    (const char *const []) {
		"attribute", s->o->run, "--summary", "--base", s->base,
		"--profile", s->profile, against ? "--against" : NULL, against,
		NULL }, print_attribution);
}

static void add_counters(struct sections *s)
{
	add_of_rigs(s, "counters", "perf in the host", (const char *const []) {
		"counters", s->o->run, NULL }, print_counters);
}

static void add_all(struct sections *s)
{
	const char *run = s->o->run, *against = s->o->against;
	const char *option = against ? "--against" : NULL;
	const char *const report[] = { "report", run, NULL };

	add_printed(s, "tables", "Tables", (const char *const []) {
		"compare", run, option, against, NULL }, print_tables);
	add_factors(s);
	add_attributions(s);
	pick_view(s, 0);
	add_printed(s, "code", "Code size and struct layout",
		    (const char *const []) {
		"attribute", run, "--static", "--base", s->base, "--profile",
		s->profile, option, against, NULL }, print_code);
	add_counters(s);
	add_beside(s);
	add_printed(s, "validity", "Validity", report, print_validity);
	add_printed(s, "reasons", "All reasons", (const char *const []) {
		"compare", run, "--verdicts", option, against, NULL },
		print_reasons);
	add_printed(s, "machine", "Machine", report, print_machine);
	add_printed(s, "reproduce", "Reproduce", report, print_reproduce);
}

int sections__make(struct full_report *r, const struct sections_options *o,
		   struct err *err)
{
	struct sections s = { .r = r, .o = o };

	if (read_beside(&s, err))
		return -1;
	run__views(&s.views, r->run);
	pick_table(&s);
	add_all(&s);
	run__free_views(&s.views);
	strlist__free(&s.attributed);
	judgements__free(&s.others);
	run__free(&s.other);
	return 0;
}

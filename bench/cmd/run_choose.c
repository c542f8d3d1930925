// SPDX-License-Identifier: GPL-2.0
/*
 * Which cells a run is of; see run_choose.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "need.h"
#include "perf_parse.h"
#include "run_choose.h"

/* What runs is what is measured: there is nothing to choose but workloads. */
void run_choose__running(struct session *s, const struct run_options *o)
{
	const struct running *r = s->running;
	const struct strlist *names = o->cells.s.names;

	if (o->everything || names[BY_BASE].nr || names[BY_VARIANT].nr ||
	    names[BY_PROFILE].nr || o->cells.s.patterns.nr ||
	    (o->boots && !o->resume) || o->attribute)
		die(EXIT_USAGE, "rig %s measures the kernel that runs here, %s/%s, once per boot of the machine; --workloads is what it takes. Boot another (scripts/install-variant), then: faultline run --resume RUN",
		    s->rig->name, r->base, r->variant);
	matrix__add_one(&s->matrix, r->base, r->variant, r->profile,
			&names[BY_WORKLOAD]);
	s->running_boot = jobs__running_boot(&s->run, r);
	s->boots = s->running_boot;
	fprintf(stderr, "  %-7s %s/%s, profile %s, boot %llu of it\n", "KERNEL",
		r->base, r->variant, r->profile,
		(unsigned long long)s->running_boot);
	if (r->note)
		warn("%s: called by its release", r->note);
}

/*
 * The workloads that are named. A glob is of the rig's ordinary ones where it
 * matches one of them, else of all that the rig has.
 */
static void choose_workloads(const struct session *s,
			     const struct select_cells *c, const char *base,
			     struct strlist *names)
{
	struct strlist wanted = { 0 }, ordinary = { 0 }, every = { 0 };

	select__wanted(c, BY_WORKLOAD, &wanted);
	matrix__workloads(&s->matrix, base, false, &ordinary);
	need_workloads(&every);
	for (size_t i = 0; i < wanted.nr; i++) {
		const char *name = wanted.item[i];

		if (!selection__is_glob(name))
			strlist__add(names, name);
		else if (!select__matching(name, &ordinary, names) &&
			 !select__matching(name, &every, names))
			select__die_unknown("workload", name, &every);
	}
	strlist__free(&every);
	strlist__free(&ordinary);
	strlist__free(&wanted);
}

static void choose_base(struct session *s, const struct select_cells *c,
			const char *base)
{
	struct strlist have = { 0 }, variants = { 0 }, profiles = { 0 };
	struct strlist workloads = { 0 };

	need_variants(base, &have);
	select__given(c, BY_VARIANT, &have, &variants);
	strlist__free(&have);
	need_profiles(&have);
	select__given(c, BY_PROFILE, &have, &profiles);
	strlist__free(&have);
	choose_workloads(s, c, base, &workloads);
	matrix__add(&s->matrix, base, &variants, &profiles, &workloads);
	strlist__free(&workloads);
	strlist__free(&profiles);
	strlist__free(&variants);
}

static void choose_cells(struct session *s, const struct select_cells *c)
{
	struct strlist have = { 0 }, bases = { 0 };

	catalog__bases(&have);
	select__given(c, BY_BASE, &have, &bases);
	for (size_t i = 0; i < bases.nr; i++) {
		if (strcmp(bases.item[i], ALL))
			choose_base(s, c, bases.item[i]);
		for (size_t k = 0; k < have.nr && !strcmp(bases.item[i], ALL); k++)
			choose_base(s, c, have.item[k]);
	}
	strlist__free(&bases);
	strlist__free(&have);
}

/* A section for each pattern, or one of what the lists choose. */
void run_choose__cells(struct session *s, const struct run_options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	struct select_cells one = o->cells;

	if (o->everything) {
		matrix__add_everything(&s->matrix);
		return;
	}
	if (!patterns->nr)
		choose_cells(s, &o->cells);
	for (size_t i = 0; i < patterns->nr; i++) {
		const struct selected is = { .part = { [BY_RIG] = s->matrix.rig } };

		if (!selection__pattern_matches(patterns->item[i], &is))
			die(EXIT_USAGE, "--select %s: a run is of one rig, and this one of %s",
			    patterns->item[i], s->matrix.rig);
		one.s.patterns = (struct strlist) { &patterns->item[i], 1 };
		choose_cells(s, &one);
	}
}

/* The rig of a run: by its option, or as the first pattern has it. */
const struct rig *run_choose__rig(const struct run_options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	char *name = o->rig ? xstrdup(o->rig) : !patterns->nr ? NULL :
		     selection__part(patterns->item[0], BY_RIG);
	const struct rig *rig;
	struct err e;

	if (!name || (!o->rig && selection__is_glob(name)))
		rig = rig__default();
	else
		rig = rig__find(name, &e);
	if (!rig)
		die_err(&e);
	free(name);
	return rig;
}

/*
 * The workloads once more with perf: each word is a kind of it, all else is
 * together a list of events for perf stat.
 */
void run_choose__counters(struct session *s, const char *list)
{
	static const struct {
		const char *word, *suffix;
	} kinds[] = {
		{ PERF_DEFAULT, WITH_PERF }, { PERF_EXITS, WITH_EXITS },
		{ PERF_PROFILE, WITH_PROFILE },
	};
	struct strlist words = { 0 }, events = { 0 };
	struct plan_cell cell;

	strlist__split(&words, list, ',');
	for (size_t i = 0; i < words.nr; i++) {
		const char *suffix = NULL;

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			if (!strcmp(words.item[i], kinds[k].word))
				suffix = kinds[k].suffix;
		}
		if (suffix)
			matrix__add_suffix(&s->matrix, suffix);
		else
			strlist__add(&events, words.item[i]);
	}
	if (events.nr && strlist__has(&words, PERF_DEFAULT))
		die(EXIT_USAGE, "--counters %s: " PERF_DEFAULT " is a list of events, name it or events of your own", list);
	if (events.nr) {
		s->events = strlist__join(&events, ",");
		if (plan__set(&cell, "perf", s->events))
			die(EXIT_USAGE, "--counters %s: invalid event list: at most %zu characters, no spaces",
			    list, sizeof(cell.perf) - 1);
		matrix__add_suffix(&s->matrix, WITH_PERF);
	}
	if (!words.nr)
		die(EXIT_USAGE, "--counters: an empty list");
	strlist__free(&events);
	strlist__free(&words);
}

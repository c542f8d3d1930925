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
	matrix__workloads(&s->matrix, base, &ordinary);
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
		for (size_t k = 0; k < have.nr && !strcmp(bases.item[i], ALL); k++) {
			if (!matrix__leaves_out(have.item[k]))
				choose_base(s, c, have.item[k]);
		}
	}
	strlist__free(&bases);
	strlist__free(&have);
}

/* The models of a rig, as --cpu names them. */
static void names_of_models(const char *rig, struct strlist *names)
{
	const struct rig_model *m;

	for (size_t i = 0; (m = rigs__model_of(rig, i)); i++)
		strlist__add(names, m->name);
}

static _Noreturn void die_no_models(const char *rig)
{
	struct strlist with = { 0 };
	const struct rig *r;

	for (size_t i = 0; (r = rig__nth(i)); i++) {
		if (rigs__model_of(r->name, 0))
			strlist__add(&with, r->name);
	}
	die(EXIT_USAGE, "--cpu: rig %s has no CPU models to choose from; these have: %s",
	    rig, strlist__join(&with, ", "));
}

/* What --cpu, or the end of --rig bochs-intel, says; none: it is not said. */
static void named_models(const struct run_options *o, const char *rig,
			 struct strlist *names)
{
	const char *model = o->rig ? o->rig + strlen(rig) : "";
	char *kind = xasprintf("CPU model of rig %s", rig);
	struct strlist wanted = { 0 }, have = { 0 };

	if (o->cpu && *model)
		die(EXIT_USAGE, "--rig %s names a CPU model, and so does --cpu %s; give --rig %s",
		    o->rig, o->cpu, rig);
	names_of_models(rig, &have);
	if (o->cpu && !have.nr)
		die_no_models(rig);
	if (o->cpu)
		strlist__split(&wanted, o->cpu, ',');
	else if (*model)
		strlist__add(&wanted, model + 1);
	if (wanted.nr)
		select__names(kind, &wanted, &have, names);
	else if (o->cpu)
		die(EXIT_USAGE, "--cpu: an empty list");
	strlist__free(&have);
	strlist__free(&wanted);
	free(kind);
}

/* Add the cells' rigs of the models that are named; none: of those by default. */
static void add_models(const char *rig, const struct strlist *names,
		       struct strlist *to)
{
	const struct rig_model *m;

	for (size_t k = 0; k < (names->nr ?: 1); k++) {
		for (size_t i = 0; (m = rigs__model_of(rig, i)); i++) {
			char *cell = rigs__cell_name(m);

			if (names->nr ? !strcmp(m->name, names->item[k]) :
					m->by_default)
				strlist__add(to, cell);
			free(cell);
		}
	}
}

void run_choose__models(struct session *s, const struct run_options *o)
{
	struct strlist names = { 0 };

	named_models(o, s->rig->name, &names);
	add_models(s->rig->name, &names, &s->matrix.rigs);
	if (!s->matrix.rigs.nr)
		strlist__add(&s->matrix.rigs, s->rig->name);
	strlist__free(&names);
}

static bool matches(const char *pattern, const char *rig)
{
	const struct selected is = { .part = { [BY_RIG] = rig } };

	return selection__pattern_matches(pattern, &is);
}

/* Those that a pattern is of. Return: is there one? */
static bool add_matching(const char *pattern, const struct strlist *rigs,
			 struct strlist *to)
{
	for (size_t i = 0; i < rigs->nr; i++) {
		if (matches(pattern, rigs->item[i]))
			strlist__add(to, rigs->item[i]);
	}
	return to->nr;
}

/* The run's rigs that a pattern is of, or those of its models, if none is named. */
static void rigs_of_pattern(const struct run_options *o, const char *rig,
			    const char *pattern, const struct strlist *rigs,
			    struct strlist *to)
{
	struct strlist all = { 0 }, names = { 0 };

	names_of_models(rig, &names);
	add_models(rig, &names, &all);
	if (!add_matching(pattern, rigs, to) && (o->cpu || o->rig ||
	    !add_matching(pattern, &all, to)))
		die(EXIT_USAGE, "--select %s: a run is of one rig, and this one of %s",
		    pattern, strlist__join(rigs, ", "));
	strlist__free(&names);
	strlist__free(&all);
}

/* A section for each pattern, or one of what the lists choose. */
void run_choose__cells(struct session *s, const struct run_options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	struct select_cells one = o->cells;
	const struct strlist rigs = s->matrix.rigs;

	if (o->everything) {
		matrix__add_everything(&s->matrix);
		return;
	}
	if (!patterns->nr)
		choose_cells(s, &o->cells);
	for (size_t i = 0; i < patterns->nr; i++) {
		s->matrix.rigs = (struct strlist) { 0 };
		rigs_of_pattern(o, s->rig->name, patterns->item[i], &rigs,
				&s->matrix.rigs);
		one.s.patterns = (struct strlist) { &patterns->item[i], 1 };
		choose_cells(s, &one);
		strlist__free(&s->matrix.rigs);
	}
	s->matrix.rigs = rigs;
}

/* The first rig that has a cell of a glob, by a model that it runs by default. */
static const struct rig *rig_of_glob(const char *glob)
{
	const struct strlist none = { 0 }, globs = { (char **)&glob, 1 };
	const struct rig *rig;

	for (size_t i = 0; (rig = rig__nth(i)); i++) {
		struct strlist cells = { 0 };
		bool is = selection__name(&globs, rig->name);

		add_models(rig->name, &none, &cells);
		for (size_t k = 0; k < cells.nr; k++)
			is |= selection__name(&globs, cells.item[k]);
		strlist__free(&cells);
		if (is)
			return rig;
	}
	return rig__default();
}

/* The rig of a run: by its option, or as the first pattern has it. */
const struct rig *run_choose__rig(const struct run_options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	char *name = o->rig ? xstrdup(o->rig) : !patterns->nr ? NULL :
		     selection__part(patterns->item[0], BY_RIG);
	const struct rig *rig;
	struct err e;

	if (!name)
		rig = rig__default();
	else if (!o->rig && selection__is_glob(name))
		rig = rig_of_glob(name);
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

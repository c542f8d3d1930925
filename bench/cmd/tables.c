// SPDX-License-Identifier: GPL-2.0
/* See tables.h: which tables a run has, in the order of its plan. */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "false_alarms.h"
#include "report.h"
#include "rigs.h"
#include "run_rigs.h"
#include "tables.h"

struct maker {
	struct run_tables *t;
	const struct run *run;	/* the view that is next */
	struct run_views views;
	const struct run_tables_pick *pick;
	bool noisy;		/* cycles, no instructions */
	struct err *err;	/* of functions that return -1 */
	struct strlist variants;	/* of the table that is next; none: the default */
	struct noisy_rule rule;	/* of a noisy run */
};

static int add_comparison(struct maker *m, const char *base,
			  const char *profile)
{
	struct comparison c;

	if (compare__make(&c, m->run, base, profile, m->pick->against,
			  &m->variants, m->err))
		return -1;
	m->t->usable += c.usable + c.skipped;
	m->t->disagree += c.methods.disagree;
	compare_table__add(&m->t->tables, &c, m->run);
	compare__free(&c);
	return 0;
}

static int add_cycles(struct maker *m, const char *base, const char *profile)
{
	struct noisy_comparison c;

	if (noisy_compare__make(&c, m->run, &m->rule, base, profile,
				m->pick->against, &m->variants, m->err))
		return -1;
	m->t->usable += c.set.usable + c.set.skipped;
	cycles_table__add(&m->t->tables, &c, m->run);
	noisy_compare__free(&c);
	return 0;
}

static void add_steps(struct maker *m, const char *base, const char *profile)
{
	struct strlist series = { 0 };

	steps__series(m->run, base, profile, &series);
	for (size_t i = 0; i < series.nr; i++) {
		struct steps s = steps__make(m->run, base, profile,
					     series.item[i]);

		m->t->usable += s.usable;
		steps_table__add(&m->t->tables, &s, m->run);
		steps__free(&s);
	}
	strlist__free(&series);
}

static int add_factors(struct maker *m, const char *base)
{
	struct factors x;

	if (factors__make(&x, m->run, base, m->pick->against,
			  &m->variants, m->err))
		return -1;
	m->t->usable += x.usable;
	if (x.usable)
		factors_table__add(&m->t->tables, &x, m->run);
	factors__free(&x);
	return 0;
}

static int add_cycles_factors(struct maker *m, const char *base)
{
	struct noisy_factors x;

	if (noisy_factors__make(&x, m->run, base, m->pick->against,
				&m->variants, m->err))
		return -1;
	m->t->usable += x.set.usable;
	if (x.set.usable)
		cycles_factors_table__add(&m->t->tables, &x, m->run);
	noisy_factors__free(&x);
	return 0;
}

static int add_cycles_effects(struct maker *m, const char *base)
{
	struct noisy_effects_of_run x;

	if (noisy_effects__make(&x, m->run, base, &m->pick->factor,
				m->pick->against, &m->variants, m->err))
		return -1;
	m->t->usable += x.set.usable + x.set.skipped;
	cycles_effects_table__add(&m->t->tables, &x, m->run);
	noisy_effects__free(&x);
	return 0;
}

/* Of any set of factors. */
static int add_effects(struct maker *m, const char *base)
{
	struct effects x;

	if (m->noisy)
		return add_cycles_effects(m, base);
	if (effects__make(&x, m->run, base, &m->pick->factor, m->pick->against,
			  &m->variants, m->err))
		return -1;
	m->t->usable += x.usable + x.skipped;
	effects_table__add(&m->t->tables, &x, m->run);
	effects__free(&x);
	return 0;
}

/* The chosen ones, in the order they are asked for; all where none is. */
static void pick(const struct maker *m, enum select_by by, const char *kind,
		 struct strlist *have)
{
	struct strlist names = { 0 };

	select__names(kind, &m->pick->cells.s.names[by], have, &names);
	strlist__free(have);
	*have = names;
}

/* The variants that the factor table is of: those without an overlay. */
static void pick_factors(struct maker *m, const char *base)
{
	struct strlist profiles = { 0 }, names = { 0 };

	if (m->pick->factor.nr && !m->pick->cells.s.names[BY_VARIANT].nr)
		return;		/* every shape of the run is a level */
	compare__profiles(m->run, base, &profiles);
	for (size_t i = 0; i < profiles.nr; i++)
		select__variants(&m->pick->cells, m->run, base,
				 profiles.item[i], &names);
	for (size_t i = 0; i < names.nr; i++) {
		if (!strchr(names.item[i], '+') &&
		    !strlist__has(&m->variants, names.item[i]))
			strlist__add(&m->variants, names.item[i]);
	}
	strlist__free(&names);
	strlist__free(&profiles);
}

/* Has a table of what is chosen a row and a column? Takes its variants. */
static bool has_cells(struct maker *m, const char *base, const char *profile)
{
	const struct select_cells *c = &m->pick->cells;
	struct strlist workloads = { 0 };
	bool has;

	compare__workloads(m->run, base, profile, &workloads);
	has = run__shows(m->run, base, profile, NULL) &&
	      (workloads.nr || selection__empty(&c->s)) &&
	      select__variants(c, m->run, base, profile, &m->variants);
	strlist__free(&workloads);
	return has;
}

static int add_factors_of(struct maker *m, const char *base)
{
	const size_t before = m->t->tables.nr;
	int r = 0;

	for (size_t i = 0; i < m->views.nr && !r; i++) {
		m->run = &m->views.item[i];
		pick_factors(m, base);
		if (m->pick->factor.nr)
			r = add_effects(m, base);
		else
			r = m->noisy ? add_cycles_factors(m, base) :
					add_factors(m, base);
		strlist__free(&m->variants);
	}
	if (r)
		return -1;
	if (m->t->tables.nr == before)
		m->t->missing = xasprintf("%s has no cell of the factor table; run them: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
					  m->run->dir, base);
	return 0;
}

/* AMD next to Intel, under the default profile or the first there is. */
static int add_vendors(struct maker *m, const struct run *run,
		       const char *base, const struct strlist *profiles)
{
	const char *profile = strlist__has(profiles, DEFAULT_PROFILE) ?
			      DEFAULT_PROFILE : profiles->item[0];
	struct vendors x;
	int r = 0;

	m->run = run;
	if (!has_cells(m, base, profile))
		return 0;
	r = vendors__make(&x, run, base, profile, m->pick->against, &m->variants,
			  m->err);
	strlist__free(&m->variants);
	if (r)
		return r;
	m->t->usable += m->pick->vendors ? x.usable + x.skipped : 0;
	vendors_table__add(&m->t->tables, &x);
	vendors__free(&x);
	return 0;
}

static int add_cells(struct maker *m, const char *base, const char *profile)
{
	int r = 0;

	if (!has_cells(m, base, profile))
		return 0;
	if (m->pick->steps)
		add_steps(m, base, profile);
	else if (m->noisy)
		r = add_cycles(m, base, profile);
	else
		r = add_comparison(m, base, profile);
	strlist__free(&m->variants);
	return r;
}

static int add_profiles(struct maker *m, const struct run *run, const char *base)
{
	struct strlist profiles = { 0 };
	int r = 0;

	compare__profiles(run, base, &profiles);
	pick(m, BY_PROFILE, "profile in this run", &profiles);
	for (size_t i = 0; !m->pick->vendors &&
			   i < profiles.nr * m->views.nr && !r; i++) {
		m->run = &m->views.item[i % m->views.nr];
		r = add_cells(m, base, profiles.item[i / m->views.nr]);
	}
	if (!r && profiles.nr && !m->pick->steps && vendors__has(run))
		r = add_vendors(m, run, base, &profiles);
	strlist__free(&profiles);
	return r;
}

int run_tables__make(struct run_tables *t, const struct run *run,
		     const struct run_tables_pick *p, struct err *err)
{
	struct maker m = {
		.t = t, .run = run, .pick = p, .err = err,
		.noisy = run->nr && record__noisy(run->record[0]),
	};
	struct strlist bases = { 0 };
	int r = 0;

	*t = (struct run_tables) { 0 };
	if (m.noisy && p->steps) {
		t->missing = xasprintf("%s has cycles of rig %s; --steps wants exact figures: faultline run --rig %s --variants NAME@all",
				       run->dir, run->record[0]->rig,
				       rigs__first(RIG_INSTRUCTIONS)->name);
		return 0;
	}
	if (m.noisy && !p->factors) {
		struct judge_options o = judge_defaults;

		o.against = p->against;
		noisy_rule__make(&m.rule, run, &o);
	}
	if (run->nr && !(m.noisy && p->factors))
		t->false_alarms = false_alarms__text(run, m.rule.comparisons);
	run__views(&m.views, run);
	compare__bases(run, &bases);
	pick(&m, BY_BASE, "base in this run", &bases);
	for (size_t i = 0; i < bases.nr && !t->missing && !r; i++) {
		if (!run__shows(run, bases.item[i], NULL, NULL))
			continue;
		r = p->factors ? add_factors_of(&m, bases.item[i]) :
				 add_profiles(&m, run, bases.item[i]);
	}
	strlist__free(&bases);
	run__free_views(&m.views);
	if (r) {
		run_tables__free(t);
		return r;
	}
	if (p->vendors && !t->tables.nr && !t->missing)
		t->missing = xasprintf("%s has no CPUs of two vendors; run them: faultline run --rig bochs",
				       run->dir);
	if (p->steps && !t->tables.nr)
		t->missing = xasprintf("%s has no steps; run them: faultline run --variants NAME@all",
				       run->dir);
	return 0;
}

void run_tables__free(struct run_tables *t)
{
	tables__free(&t->tables);
	free(t->missing);
	free(t->false_alarms);
	*t = (struct run_tables) { 0 };
}

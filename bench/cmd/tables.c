// SPDX-License-Identifier: GPL-2.0
/* See tables.h: which tables a run has, in the order of its plan. */
#include <stdlib.h>

#include "catalog.h"
#include "report.h"
#include "rigs.h"
#include "tables.h"

struct maker {
	struct run_tables *t;
	const struct run *run;
	const struct run_tables_pick *pick;
	bool noisy;		/* cycles, no instructions */
};

static void add_comparison(struct maker *m, const char *base,
			   const char *profile)
{
	struct comparison c = compare__make(m->run, base, profile,
					    m->pick->against,
					    &m->pick->variants);

	m->t->usable += c.usable + c.skipped;
	compare_table__add(&m->t->tables, &c, m->run);
	compare__free(&c);
}

static void add_cycles(struct maker *m, const char *base, const char *profile)
{
	struct noisy_comparison c = noisy_compare__make(m->run, base, profile,
							m->pick->against,
							&m->pick->variants);

	m->t->usable += c.set.usable + c.set.skipped;
	cycles_table__add(&m->t->tables, &c, m->run);
	noisy_compare__free(&c);
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

static void add_factors(struct maker *m, const char *base)
{
	struct factors x = factors__make(m->run, base, m->pick->against,
					 &m->pick->variants);

	m->t->usable += x.usable;
	if (x.usable)
		factors_table__add(&m->t->tables, &x, m->run);
	factors__free(&x);
}

static void add_cycles_factors(struct maker *m, const char *base)
{
	struct noisy_factors x = noisy_factors__make(m->run, base,
						     m->pick->against,
						     &m->pick->variants);

	m->t->usable += x.set.usable;
	if (x.set.usable)
		cycles_factors_table__add(&m->t->tables, &x, m->run);
	noisy_factors__free(&x);
}

/* The picked names that the run has; all of it where none is picked. */
static void pick(const char *kind, const struct strlist *wanted,
		 struct strlist *have)
{
	if (!wanted->nr)
		return;
	for (size_t i = 0; i < wanted->nr; i++)
		catalog__need(kind, wanted->item[i], have);
	strlist__free(have);
	for (size_t i = 0; i < wanted->nr; i++)
		strlist__add(have, wanted->item[i]);
}

static void add_factors_of(struct maker *m, const char *base)
{
	const size_t before = m->t->tables.nr;

	if (m->noisy)
		add_cycles_factors(m, base);
	else
		add_factors(m, base);
	if (m->t->tables.nr == before)
		m->t->missing = xasprintf("%s has no cell of the factor table; run them: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
					  m->run->dir, base);
}

static void add_profiles(struct maker *m, const char *base)
{
	struct strlist profiles = { 0 };

	compare__profiles(m->run, base, &profiles);
	pick("profile in this run", &m->pick->profiles, &profiles);
	for (size_t i = 0; i < profiles.nr; i++) {
		if (m->pick->steps)
			add_steps(m, base, profiles.item[i]);
		else if (m->noisy)
			add_cycles(m, base, profiles.item[i]);
		else
			add_comparison(m, base, profiles.item[i]);
	}
	strlist__free(&profiles);
}

void run_tables__make(struct run_tables *t, const struct run *run,
		      const struct run_tables_pick *p)
{
	struct maker m = { t, run, p, run->nr && record__noisy(run->record[0]) };
	struct strlist bases = { 0 };

	*t = (struct run_tables) { 0 };
	if (m.noisy && p->steps) {
		t->missing = xasprintf("%s has cycles of rig %s; --steps wants exact figures: faultline run --rig %s --variants NAME@all",
				       run->dir, run->record[0]->rig,
				       rigs__first(RIG_INSTRUCTIONS)->name);
		return;
	}
	compare__bases(run, &bases);
	pick("base in this run", &p->bases, &bases);
	for (size_t i = 0; i < bases.nr && !t->missing; i++) {
		if (p->factors)
			add_factors_of(&m, bases.item[i]);
		else
			add_profiles(&m, bases.item[i]);
	}
	strlist__free(&bases);
	if (p->steps && !t->tables.nr)
		t->missing = xasprintf("%s has no steps; run them: faultline run --variants NAME@all",
				       run->dir);
}

void run_tables__free(struct run_tables *t)
{
	tables__free(&t->tables);
	free(t->missing);
	*t = (struct run_tables) { 0 };
}

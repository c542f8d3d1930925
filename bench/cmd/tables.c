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
	struct err *err;	/* of functions that return -1 */
};

static int add_comparison(struct maker *m, const char *base,
			  const char *profile)
{
	struct comparison c;

	if (compare__make(&c, m->run, base, profile, m->pick->against,
			  &m->pick->variants, m->err))
		return -1;
	m->t->usable += c.usable + c.skipped;
	compare_table__add(&m->t->tables, &c, m->run);
	compare__free(&c);
	return 0;
}

static int add_cycles(struct maker *m, const char *base, const char *profile)
{
	struct noisy_comparison c;

	if (noisy_compare__make(&c, m->run, base, profile, m->pick->against,
				&m->pick->variants, m->err))
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
			  &m->pick->variants, m->err))
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
				&m->pick->variants, m->err))
		return -1;
	m->t->usable += x.set.usable;
	if (x.set.usable)
		cycles_factors_table__add(&m->t->tables, &x, m->run);
	noisy_factors__free(&x);
	return 0;
}

/* The picked names that the run has; all of it where none is picked. */
static int pick(const char *kind, const struct strlist *wanted,
		struct strlist *have, struct err *err)
{
	if (!wanted->nr)
		return 0;
	for (size_t i = 0; i < wanted->nr; i++) {
		if (catalog__check_name(kind, wanted->item[i], have, err))
			return -1;
	}
	strlist__free(have);
	for (size_t i = 0; i < wanted->nr; i++)
		strlist__add(have, wanted->item[i]);
	return 0;
}

static int add_factors_of(struct maker *m, const char *base)
{
	const size_t before = m->t->tables.nr;

	if (m->noisy ? add_cycles_factors(m, base) : add_factors(m, base))
		return -1;
	if (m->t->tables.nr == before)
		m->t->missing = xasprintf("%s has no cell of the factor table; run them: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
					  m->run->dir, base);
	return 0;
}

static int add_profiles(struct maker *m, const char *base)
{
	struct strlist profiles = { 0 };
	int r;

	compare__profiles(m->run, base, &profiles);
	r = pick("profile in this run", &m->pick->profiles, &profiles, m->err);
	for (size_t i = 0; i < profiles.nr && !r; i++) {
		if (m->pick->steps)
			add_steps(m, base, profiles.item[i]);
		else if (m->noisy)
			r = add_cycles(m, base, profiles.item[i]);
		else
			r = add_comparison(m, base, profiles.item[i]);
	}
	strlist__free(&profiles);
	return r;
}

int run_tables__make(struct run_tables *t, const struct run *run,
		     const struct run_tables_pick *p, struct err *err)
{
	struct maker m = { t, run, p, run->nr && record__noisy(run->record[0]),
			   err };
	struct strlist bases = { 0 };
	int r;

	*t = (struct run_tables) { 0 };
	if (m.noisy && p->steps) {
		t->missing = xasprintf("%s has cycles of rig %s; --steps wants exact figures: faultline run --rig %s --variants NAME@all",
				       run->dir, run->record[0]->rig,
				       rigs__first(RIG_INSTRUCTIONS)->name);
		return 0;
	}
	compare__bases(run, &bases);
	r = pick("base in this run", &p->bases, &bases, err);
	for (size_t i = 0; i < bases.nr && !t->missing && !r; i++)
		r = p->factors ? add_factors_of(&m, bases.item[i]) :
				 add_profiles(&m, bases.item[i]);
	strlist__free(&bases);
	if (r) {
		run_tables__free(t);
		return r;
	}
	if (p->steps && !t->tables.nr)
		t->missing = xasprintf("%s has no steps; run them: faultline run --variants NAME@all",
				       run->dir);
	return 0;
}

void run_tables__free(struct run_tables *t)
{
	tables__free(&t->tables);
	free(t->missing);
	*t = (struct run_tables) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of a run's attributions as points of the history: those of the typical
 * fault, and of each function that differs between the variants; see attributed.h
 * and points.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "attributed.h"
#include "catalog.h"
#include "difference.h"
#include "points_priv.h"
#include "run_rigs.h"

/* A function of one name, whatever the compiler hung on it. */
struct row {
	char *name;
	struct cost *cost;		/* a column each; zero where it is not executed */
};

/* The variants of one workload, while their points are taken. */
struct taking {
	struct points *p;
	const struct run *run;		/* of one rig */
	const struct points_wanted *want;
	struct attr_cmp c;
	const struct record **record;	/* a column each; NULL: it has no points */
	struct row *row;
	size_t nr_rows;
};

static struct row *row_of(struct taking *t, const char *symbol)
{
	const size_t n = attributed__stem(symbol);

	for (size_t i = 0; i < t->nr_rows; i++) {
		if (strlen(t->row[i].name) == n &&
		    !strncmp(t->row[i].name, symbol, n))
			return &t->row[i];
	}
	t->row = xrealloc(t->row, (t->nr_rows + 1) * sizeof(*t->row));
	t->row[t->nr_rows] = (struct row) {
		.name = xasprintf("%.*s", (int)n, symbol),
		.cost = xcalloc(t->c.nr_columns, sizeof(struct cost)),
	};
	return &t->row[t->nr_rows++];
}

static bool is_followed(const struct taking *t, const struct history_key *k)
{
	return !strcmp(k->rig, t->c.rig) && !strcmp(k->base, t->c.base) &&
	       !strcmp(k->profile, t->c.profile) &&
	       !strcmp(k->workload, t->c.workload);
}

/* What the history has of this workload goes on in it: 0 where it is gone. */
static void add_followed_rows(struct taking *t)
{
	for (size_t i = 0; i < t->want->nr_followed; i++) {
		const struct history_key *k = &t->want->followed[i];
		char *name;

		if (!is_followed(t, k) || !attributed__is_function(k->metric))
			continue;
		name = attributed__function(k->metric);
		row_of(t, name);
		free(name);
	}
}

static void fill_rows(struct taking *t)
{
	for (size_t v = 0; v < t->c.nr_columns; v++) {
		const struct attr_class *class = t->c.column[v].class;

		for (size_t i = 0; t->record[v] && i < class->func.nr; i++) {
			const struct attr_func *f = &class->func.item[i];
			struct cost *to = &row_of(t, f->name)->cost[v];

			to->insns += f->cost.insns;
			to->loads += f->cost.loads;
			to->stores += f->cost.stores;
			to->calls += f->cost.calls;
		}
	}
	add_followed_rows(t);
}

/* Does one variant spend more in it than another? */
static bool differs(const struct taking *t, const struct row *row)
{
	const struct cost *first = NULL;

	for (size_t v = 0; v < t->c.nr_columns; v++) {
		if (!t->record[v])
			continue;
		first = first ?: &row->cost[v];
		if (row->cost[v].insns != first->insns)
			return true;
	}
	return false;
}

/* Was it asked for, or is it in the history already? */
static bool is_wanted(const struct taking *t, const char *metric)
{
	if (t->want->globs.nr && selection__name(&t->want->globs, metric))
		return true;
	for (size_t i = 0; i < t->want->nr_followed; i++) {
		const struct history_key *k = &t->want->followed[i];
		const size_t n = difference__figure(k->metric);

		if (is_followed(t, k) && strlen(metric) == n &&
		    !strncmp(metric, k->metric, n))
			return true;
	}
	return false;
}

struct figure {
	const char *metric, *unit;
	double value, spread;
	double of;			/* what percentages are of; 0: the value */
};

static const char *keep(struct points *p, const char *metric,
			const char *suffix)
{
	char *text = xasprintf("%s%s", metric, suffix);

	strlist__add(&p->metrics, text);
	free(text);
	return p->metrics.item[p->metrics.nr - 1];
}

static void add_point(struct taking *t, const struct figure *f, size_t v)
{
	const struct attr_column *col = &t->c.column[v];

	points__add(t->p, t->run, t->record[v], NULL, keep(t->p, f->metric, ""),
		    f->unit, (struct history_point) {
		.value = f->value, .boots = col->boots,
		.spread = f->spread ? f->spread : NAN,
		.exact = col->boots > 1 && !f->spread, .reference = f->of,
	});
	t->p->attributed++;
}

/* A variant's figure less the baseline's. */
static void add_over(struct taking *t, const struct figure *f,
		     const struct figure *ref, size_t v)
{
	const size_t boots = t->c.column[v].boots, others = t->c.column[0].boots;
	const size_t least = boots < others ? boots : others;
	const double spread = f->spread + ref->spread;

	points__add(t->p, t->run, t->record[v], t->record[0],
		    keep(t->p, f->metric, difference_suffix[OVER_BASELINE]),
		    f->unit, (struct history_point) {
		.value = f->value - ref->value, .boots = least,
		.spread = spread ? spread : NAN,
		.exact = least > 1 && !spread,
		.reference = ref->of ?: ref->value,
	});
	t->p->attributed++;
}

static void add_all(struct taking *t, const struct figure *of)
{
	const bool over = t->record[0] && !strcmp(t->c.column[0].variant,
						  DIFFERENCE_BASELINE);

	for (size_t v = 0; v < t->c.nr_columns; v++) {
		if (!t->record[v])
			continue;
		add_point(t, &of[v], v);
		if (over && v)
			add_over(t, &of[v], &of[0], v);
	}
}

static void add_path(struct taking *t, const struct attributed_figure *is)
{
	struct figure *of = xcalloc(t->c.nr_columns, sizeof(*of));

	for (size_t v = 0; v < t->c.nr_columns; v++) {
		uint64_t spread = 0;

		if (!t->record[v])
			continue;
		of[v] = (struct figure) { .metric = is->metric, .unit = is->unit,
			.value = is->of(t->c.column[v].class, &spread) };
		of[v].spread = spread;
	}
	add_all(t, of);
	free(of);
}

static uint64_t cost_of(const struct cost *c, enum attributed_cost which)
{
	return which == ATTRIBUTED_INSTRUCTIONS ? c->insns :
	       which == ATTRIBUTED_LOADS ? c->loads :
	       which == ATTRIBUTED_STORES ? c->stores : c->calls;
}

/* Of instructions the percentages are of the whole fault. */
static void add_function(struct taking *t, const struct row *row,
			 enum attributed_cost which)
{
	char *metric = attributed__metric(row->name, which);
	struct figure *of = xcalloc(t->c.nr_columns, sizeof(*of));

	if ((which != ATTRIBUTED_INSTRUCTIONS || !differs(t, row)) &&
	    !is_wanted(t, metric))
		goto out;
	for (size_t v = 0; v < t->c.nr_columns; v++) {
		if (!t->record[v])
			continue;
		of[v] = (struct figure) { .metric = metric,
			.unit = attributed_costs[which],
			.value = cost_of(&row->cost[v], which),
			.of = which == ATTRIBUTED_INSTRUCTIONS ?
			      t->c.column[v].total : 0 };
	}
	add_all(t, of);
out:
	free(of);
	free(metric);
}

/*
 * A record of each column. Boots that do not attribute the same, or not what the
 * guest's clock says, have no one figure.
 */
static size_t choose_records(struct taking *t)
{
	size_t nr = 0;

	t->record = xcalloc(t->c.nr_columns, sizeof(struct record *));
	for (size_t v = 0; v < t->c.nr_columns; v++) {
		const struct attr_column *col = &t->c.column[v];

		if (!col->class)
			continue;
		if (!col->equal || col->agreeing < col->boots) {
			t->p->unequal++;
			continue;
		}
		t->record[v] = points__valid(t->run, t->c.base, col->variant,
					     t->c.profile, t->c.workload);
		nr += !!t->record[v];
	}
	return nr;
}

static void take_points(struct taking *t)
{
	t->p->attributed_cells += choose_records(t);
	fill_rows(t);
	for (size_t i = 0; i < attributed_nr_figures; i++) {
		const struct attributed_figure *is = &attributed_figures[i];

		if (is->kept || is_wanted(t, is->metric))
			add_path(t, is);
	}
	for (size_t i = 0; i < t->nr_rows; i++) {
		for (size_t k = 0; k < NR_ATTRIBUTED_COSTS; k++)
			add_function(t, &t->row[i], k);
	}
	for (size_t i = 0; i < t->nr_rows; i++) {
		free(t->row[i].name);
		free(t->row[i].cost);
	}
	free(t->row);
	free(t->record);
}

/* The variants of the workload that a record is of. One that cannot be read is told. */
static void take_workload(struct points *p, const struct run *run,
			  const struct record *r,
			  const struct points_wanted *want)
{
	const struct strlist all = { 0 };
	struct taking t = { .p = p, .run = run, .want = want };
	struct err e = { 0 };

	if (!attribute__compare(&t.c, run, r->base, r->profile, r->workload,
				NULL, NULL, &all, &e)) {
		take_points(&t);
		attribute__free(&t.c);
	} else if (e.code != EXIT_NO_DATA && !p->unread++) {
		snprintf(p->why_unread, sizeof(p->why_unread), "%.500s", e.text);
	}
}

/* Is it the first record with an attribution of its base, profile and workload? */
static bool is_first(const struct run *run, size_t at)
{
	const struct record *r = run->record[at];

	if (!attribute__has(run, r))
		return false;
	for (size_t i = 0; i < at; i++) {
		const struct record *k = run->record[i];

		if (!strcmp(k->base, r->base) &&
		    !strcmp(k->profile, r->profile) &&
		    !strcmp(k->workload, r->workload) && attribute__has(run, k))
			return false;
	}
	return true;
}

void points__add_attributed(struct points *p, const struct run *run,
			    const struct points_wanted *want)
{
	struct strlist rigs = { 0 };

	run__rigs(run, &rigs);
	for (size_t k = 0; k < rigs.nr; k++) {
		struct run part;

		run__view(&part, run, rigs.item[k]);
		for (size_t i = 0; i < part.nr; i++) {
			if (!workload_has_perf(part.record[i]->workload) &&
			    is_first(&part, i))
				take_workload(p, &part, part.record[i], want);
		}
		run__free_view(&part);
	}
	strlist__free(&rigs);
}

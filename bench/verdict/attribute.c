// SPDX-License-Identifier: GPL-2.0
/* See attribute.h. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "attribute.h"

#define DEFAULT_REFERENCE	"baseline"

bool attribute__has(const struct run *run, const struct record *r)
{
	return record__valid(r) && attribution__there(run, r);
}

static bool matches(const struct record *r, const char *base,
		    const char *profile, const char *workload,
		    const char *variant)
{
	return !strcmp(r->base, base) && !strcmp(r->profile, profile) &&
	       (!workload || !strcmp(r->workload, workload)) &&
	       (!variant || !strcmp(r->variant, variant));
}

static bool has_faults(const struct run *run, const struct record *r)
{
	char err[256];
	struct attribution a;
	bool some = true;	/* a damaged one is named when it is read */

	if (!attribution__load(&a, run, r, err, sizeof(err))) {
		some = a.nr > 0;
		attribution__free(&a);
	}
	return some;
}

void attribute__workloads(const struct run *run, const char *base,
			  const char *profile, struct strlist *l)
{
	struct strlist without = { 0 };

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (!matches(r, base, profile, NULL, NULL) ||
		    !attribute__has(run, r) || strlist__has(l, r->workload) ||
		    strlist__has(&without, r->workload))
			continue;
		strlist__add(has_faults(run, r) ? l : &without, r->workload);
	}
	strlist__free(&without);
}

/* As the run's plan names them; what it does not name comes last. */
void attribute__variants(const struct run *run, const char *base,
			 const char *profile, const char *workload,
			 struct strlist *l)
{
	json_t *plan = json_object_get(run->meta, "plan"), *section, *name;
	struct strlist have = { 0 };
	size_t i, j;

	for (i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (matches(r, base, profile, workload, NULL) &&
		    attribute__has(run, r) && !strlist__has(&have, r->variant))
			strlist__add(&have, r->variant);
	}
	json_array_foreach(json_object_get(plan, "sections"), i, section) {
		json_array_foreach(json_object_get(section, "variants"), j,
				   name) {
			const char *v = json_string_value(name);

			if (v && strlist__has(&have, v) && !strlist__has(l, v))
				strlist__add(l, v);
		}
	}
	for (i = 0; i < have.nr; i++) {
		if (!strlist__has(l, have.item[i]))
			strlist__add(l, have.item[i]);
	}
	strlist__free(&have);
}

static int say_no_data(struct err *err, const struct run *run, const char *base,
		       const char *profile, const char *workload,
		       const char *variant)
{
	return err__set(err, EXIT_NO_DATA, "%s has no attribution of %s, profile %s, %s%s%s; record it: faultline run --attribute --base %s --profiles %s --workloads %s",
			run->dir, base, profile, workload, variant ? ", " : "",
			variant ?: "", base, profile, workload);
}

/*
 * How many boots one attribution speaks for: its own, and those of a packed run
 * that have a record and no attribution of their own.
 */
static unsigned int boots_of(const struct run *run, const struct record *of,
			     const struct attribution *a)
{
	unsigned int nr = 1;

	for (size_t i = 0; i < a->nr_boots; i++) {
		const struct record *r = run__find(run, of->base, of->variant,
						   of->profile, of->workload,
						   of->rig, a->boots[i]);

		nr += r && r != of && record__valid(r) &&
		      !attribute__has(run, r);
	}
	return nr;
}

/* A variant's attribution, from its lowest boot. */
static int load_column(struct attr_cmp *c, struct attr_column *col,
		       const struct run *run,
		       const char *base, const char *profile,
		       const char *workload, const char *variant,
		       struct err *err)
{
	char why[512];

	*col = (struct attr_column) { .variant = variant, .equal = true };
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		unsigned int boots;
		struct attribution a;

		if (!matches(r, base, profile, workload, variant) ||
		    !attribute__has(run, r))
			continue;
		if (attribution__load(&a, run, r, why, sizeof(why)))
			return err__set(err, EXIT_BAD_RECORD, "%s; remove it and the records that it is of, then: faultline run --resume %s",
					why, run->dir);
		c->rig = r->rig;
		boots = boots_of(run, r, &a);
		col->boots += boots;
		col->agreeing += a.agrees ? boots : 0;
		if (col->boots == boots) {
			col->all = a;
			continue;
		}
		col->equal &= attribution__equal(&col->all, &a);
		if (a.boot < col->all.boot) {
			struct attribution later = col->all;

			col->all = a;
			a = later;
		}
		attribution__free(&a);
	}
	if (col->boots)
		return 0;
	return say_no_data(err, run, base, profile, workload, variant);
}

static struct attr_row *row_of(struct attr_cmp *c, const char *name)
{
	struct attr_row *row;

	for (size_t i = 0; i < c->nr_rows; i++) {
		if (!strcmp(c->row[i].name, name))
			return &c->row[i];
	}
	c->row = xrealloc(c->row, (c->nr_rows + 1) * sizeof(*c->row));
	row = &c->row[c->nr_rows++];
	*row = (struct attr_row) {
		.name = name,
		.cost = xcalloc(c->nr_columns, sizeof(*row->cost)),
		.there = xcalloc(c->nr_columns, sizeof(*row->there)),
		.diff = xcalloc(c->nr_columns, sizeof(*row->diff)),
	};
	return row;
}

static void free_row(struct attr_row *row)
{
	free(row->cost);
	free(row->there);
	free(row->diff);
}

static uint64_t largest(const struct attr_row *row, size_t nr)
{
	uint64_t most = 0;

	for (size_t v = 1; v < nr; v++) {
		if ((uint64_t)llabs(row->diff[v]) > most)
			most = llabs(row->diff[v]);
	}
	return most;
}

static int by_difference(const void *a, const void *b, void *arg)
{
	const struct attr_row *x = a, *y = b;
	uint64_t dx = largest(x, *(size_t *)arg), dy = largest(y, *(size_t *)arg);

	if (dx != dy)
		return dx < dy ? 1 : -1;
	return strcmp(x->name, y->name);
}

static void fill_rows(struct attr_cmp *c)
{
	for (size_t v = 0; v < c->nr_columns; v++) {
		struct attr_column *col = &c->column[v];

		for (size_t i = 0; col->class && i < col->class->func.nr; i++) {
			const struct attr_func *f = &col->class->func.item[i];
			struct attr_row *row = row_of(c, f->name);

			row->cost[v] = f->cost.insns;
			row->there[v] = true;
			col->func_sum += f->cost.insns;
		}
	}
}

/* Functions that cost the same everywhere become one line. */
static void join_equal_rows(struct attr_cmp *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->nr_rows; i++) {
		struct attr_row *row = &c->row[i];
		bool same = true;

		for (size_t v = 1; v < c->nr_columns; v++) {
			if (!c->column[v].class)
				continue;
			row->diff[v] = row->cost[v] - row->cost[0];
			same &= row->there[v] == row->there[0] && !row->diff[v];
		}
		if (!same) {
			c->row[kept++] = *row;
			continue;
		}
		c->same++;
		c->same_cost += row->cost[0];
		free_row(row);
	}
	c->nr_rows = kept;
}

static void add_up(struct attr_cmp *c)
{
	c->sums = true;
	for (size_t v = 0; v < c->nr_columns; v++) {
		struct attr_column *col = &c->column[v];

		if (!col->class)
			continue;
		col->total = col->class->figures.insns;
		col->diff = col->total - c->column[0].total;
		for (size_t i = 0; i < c->nr_rows; i++)
			col->diff_sum += c->row[i].diff[v];
		c->sums &= col->func_sum == col->total &&
			   col->diff_sum == col->diff;
	}
}

static int choose_class(struct attr_cmp *c, const char *class,
			const struct run *run, struct err *err)
{
	struct attribution *ref = &c->column[0].all;

	if (!ref->nr)
		return err__set(err, EXIT_NO_DATA, "workload %s of %s provoked no fault: %" PRIu64 " other exits in its measured phase",
				c->workload, run->dir,
				ref->others + ref->untold);
	if (class && !attribution__class(ref, class)) {
		struct strlist names = { 0 };
		char *all;

		for (size_t i = 0; i < ref->nr; i++)
			strlist__add(&names, ref->item[i].name);
		all = strlist__join(&names, "; ");
		err__set(err, EXIT_UNKNOWN_NAME, "no class '%s' in %s; there are: %s",
			 class, c->workload, all);
		free(all);
		strlist__free(&names);
		return -1;
	}
	c->class = xstrdup(class ?: ref->item[0].name);
	for (size_t v = 0; v < c->nr_columns; v++)
		c->column[v].class = attribution__class(&c->column[v].all,
							c->class);
	return 0;
}

/* The reference first, then the others in their order. */
static int choose(struct strlist *out, const struct strlist *have,
		  const struct strlist *wanted, const char *against,
		  const struct run *run, struct err *err)
{
	const struct strlist *from = wanted->nr ? wanted : have;
	const char *ref = against ?: strlist__has(from, DEFAULT_REFERENCE) ?
			  DEFAULT_REFERENCE : from->item[0];

	strlist__add(out, ref);
	for (size_t i = 0; i < from->nr; i++) {
		if (!strlist__has(out, from->item[i]))
			strlist__add(out, from->item[i]);
	}
	for (size_t i = 0; i < out->nr; i++) {
		char *all;

		if (strlist__has(have, out->item[i]))
			continue;
		all = strlist__join(have, ", ");
		err__set(err, EXIT_UNKNOWN_NAME, "%s has no attribution of variant '%s'; there are: %s",
			 run->dir, out->item[i], all);
		free(all);
		return -1;
	}
	return 0;
}

/* A column for each variant that was chosen, the reference first. */
static int load_columns(struct attr_cmp *c, const struct run *run,
			const char *against, const struct strlist *variants,
			struct err *err)
{
	struct strlist have = { 0 }, chosen = { 0 };
	int r;

	attribute__variants(run, c->base, c->profile, c->workload, &have);
	r = have.nr ? choose(&chosen, &have, variants, against, run, err) :
	    say_no_data(err, run, c->base, c->profile, c->workload, NULL);
	c->column = xcalloc(chosen.nr, sizeof(*c->column));
	for (size_t v = 0; v < chosen.nr && !r; v++) {
		c->nr_columns++;
		r = load_column(c, &c->column[v], run, c->base, c->profile,
				c->workload, xstrdup(chosen.item[v]), err);
	}
	strlist__free(&chosen);
	strlist__free(&have);
	return r;
}

int attribute__compare(struct attr_cmp *c, const struct run *run,
		       const char *base, const char *profile,
		       const char *workload, const char *class,
		       const char *against, const struct strlist *variants,
		       struct err *err)
{
	*c = (struct attr_cmp) {
		.base = xstrdup(base),
		.profile = xstrdup(profile),
		.workload = xstrdup(workload),
	};
	if (load_columns(c, run, against, variants, err) ||
	    choose_class(c, class, run, err)) {
		attribute__free(c);
		return -1;
	}
	fill_rows(c);
	join_equal_rows(c);
	if (c->nr_rows)
		qsort_r(c->row, c->nr_rows, sizeof(*c->row), by_difference,
			&c->nr_columns);
	add_up(c);
	return 0;
}

void attribute__free(struct attr_cmp *c)
{
	for (size_t i = 0; i < c->nr_rows; i++)
		free_row(&c->row[i]);
	for (size_t v = 0; v < c->nr_columns; v++) {
		attribution__free(&c->column[v].all);
		free((char *)c->column[v].variant);
	}
	free(c->row);
	free(c->column);
	free(c->class);
	free(c->workload);
	free(c->profile);
	free(c->base);
}

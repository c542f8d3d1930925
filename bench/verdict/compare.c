// SPDX-License-Identifier: GPL-2.0
/*
 * Comparison of variants; see compare.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "exact.h"
#include "run_rigs.h"

static void add_once(struct strlist *l, const char *s)
{
	if (s && !strlist__has(l, s))
		strlist__add(l, s);
}

static void add_array(struct strlist *l, json_t *a)
{
	json_t *v;
	size_t i;

	json_array_foreach(a, i, v) {
		add_once(l, json_string_value(v));
	}
}

/* The plan's sections of one base (any, when NULL). */
static json_t *section(const struct run *run, size_t i, const char *base)
{
	json_t *plan = json_object_get(run->meta, "plan"), *sec;
	const char *its;

	sec = json_array_get(json_object_get(plan, "sections"), i);
	its = json_string_value(json_object_get(sec, "base"));
	return its && (!base || !strcmp(its, base)) ? sec : NULL;
}

static size_t nr_sections(const struct run *run)
{
	json_t *plan = json_object_get(run->meta, "plan");

	return json_array_size(json_object_get(plan, "sections"));
}

static bool array_has(json_t *a, const char *s)
{
	json_t *v;
	size_t i;

	json_array_foreach(a, i, v) {
		if (json_string_value(v) && !strcmp(json_string_value(v), s))
			return true;
	}
	return false;
}

void compare__bases(const struct run *run, struct strlist *bases)
{
	for (size_t i = 0; i < nr_sections(run); i++)
		add_once(bases, json_string_value(json_object_get(
				section(run, i, NULL), "base")));
	for (size_t i = 0; i < run->nr; i++)
		add_once(bases, run->record[i]->base);
}

void compare__profiles(const struct run *run, const char *base,
		       struct strlist *profiles)
{
	for (size_t i = 0; i < nr_sections(run); i++)
		add_array(profiles, json_object_get(section(run, i, base),
						    "profiles"));
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->base, base))
			add_once(profiles, run->record[i]->profile);
	}
}

/*
 * Names of the plan, then those that only records have. The first section
 * alone counts for variants: steps and overlays that stand in further
 * sections have tables of their own.
 */
static void names_of(const struct run *run, const char *base,
		     const char *profile, const char *key, bool first_only,
		     struct strlist *l)
{
	for (size_t i = 0; i < nr_sections(run); i++) {
		json_t *sec = section(run, i, base);

		if (array_has(json_object_get(sec, "profiles"), profile) &&
		    (!l->nr || !first_only))
			add_array(l, json_object_get(sec, key));
	}
}

void compare__variants(const struct run *run, const char *base,
		       const char *profile, struct strlist *variants)
{
	names_of(run, base, profile, "variants", false, variants);
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (!strcmp(r->base, base) && !strcmp(r->profile, profile))
			add_once(variants, r->variant);
	}
}

void compare__workloads(const struct run *run, const char *base,
			const char *profile, struct strlist *workloads)
{
	struct strlist all = { 0 };

	names_of(run, base, profile, "workloads", false, &all);
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (!strcmp(r->base, base) && !strcmp(r->profile, profile))
			add_once(&all, r->workload);
	}
	for (size_t i = 0; i < all.nr; i++) {
		if (!workload_has_perf(all.item[i]) &&
		    run__shows(run, base, profile, all.item[i]))
			add_once(workloads, all.item[i]);
	}
	strlist__free(&all);
}

struct hist_summary compare__summary(const struct bin *bin, size_t nr)
{
	uint64_t *value = xcalloc(nr + 1, sizeof(*value));
	uint64_t *count = xcalloc(nr + 1, sizeof(*count));
	struct hist_summary s;

	for (size_t i = 0; i < nr; i++) {
		value[i] = bin[i].ticks;
		count[i] = bin[i].count;
	}
	s = hist__summary(value, count, nr);
	free(count);
	free(value);
	return s;
}

struct hist_summary compare__faults(const struct record *r)
{
	size_t nr;
	struct bin *bin = record__fault_bins(r, &nr);
	struct hist_summary s = compare__summary(bin, nr);

	free(bin);
	return s;
}

static uint64_t figure_of(const struct record *r)
{
	return r->events ? compare__faults(r).mode : r->total;
}

/* Take one valid boot into the cell. */
static void add_boot(struct cmp_cell *c, const struct record *r)
{
	struct hist_summary s = compare__faults(r);
	uint64_t typical = figure_of(r);
	double mean = r->nr_vcpus ? NAN : r->events ? s.mean : r->total;

	if (!c->usable) {
		c->usable = true;
		c->hist = s;
		c->events = r->events;
		c->total = r->total;
		c->clock_floor = r->clock_floor;
		c->irqs = r->irqs;
		c->vcpus = r->nr_vcpus;
		c->late = record__late_faults(r);
		c->first = r;
		c->several = r->events && !hist__stands_out(&s);
		c->share = s.n ? (double)s.mode_count / s.n : 1;
		c->typical = c->typical_max = typical;
		c->mean = c->mean_max = mean;
		c->largest = c->vcpus ? NAN : !s.n ? 0 :
			     (double)(s.max - compare__fault(c)) / s.n;
	}
	c->typical = typical < c->typical ? typical : c->typical;
	c->typical_max = typical > c->typical_max ? typical : c->typical_max;
	c->mean = fmin(c->mean, mean);
	c->mean_max = fmax(c->mean_max, mean);
	c->rep = c->rep ?: r->rep;
}

/* Of its first boot, valid or not: the code of a later one may be moved. */
static void name_code(struct cmp_cell *c, const struct boots *b)
{
	const struct record *first = b->record[0];

	for (size_t i = 1; i < b->nr; i++) {
		if (b->record[i]->boot < first->boot)
			first = b->record[i];
	}
	c->handler = first->handler_sha256;
	c->vmlinux = first->vmlinux_sha256;
}

/* The ticks of the doorbells alone, without an interrupt; 0 when null was not run. */
static uint64_t doorbells(const struct run *run, const char *base,
			  const char *profile, const char *variant)
{
	for (size_t i = run__first(run, base, variant, profile, "null");
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];

		if (record__valid(r) && !r->events && !r->irqs)
			return r->total;
	}
	return 0;
}

/* A cell where two methods disagree has no figure. */
static void check_methods(struct cmp_cell *c, const struct boots *b,
			  uint64_t ticks)
{
	for (size_t i = 0; i < b->nr; i++) {
		const struct two_methods m = two_methods__of(b->record[i], ticks);

		if (!record__valid(b->record[i]) || !m.compared)
			continue;
		if (!c->methods.compared || !m.agree)
			c->methods = m;
		if (m.agree)
			continue;
		c->usable = c->exact = false;
		c->why = TWO_METHODS_WHY;
	}
}

struct cmp_cell compare__cell(const struct run *run, const char *base,
			      const char *profile, const char *variant,
			      const char *workload)
{
	struct cmp_cell c = { .why = "no record: the run did not get there",
			      .handler = "", .vmlinux = "" };
	const size_t any = run__first(run, base, variant, profile, workload);
	struct boots b;

	if (any == run->nr)
		return c;
	b = boots__of(run, run->record[any]);
	c.boots = b.nr;
	c.valid = b.valid;
	c.exact = b.exact;
	c.repeats = b.repeats;
	c.seeds = b.seeds;
	c.low = b.low;
	c.high = b.high;
	c.skipped = b.skipped;
	c.why = b.nr < 2 ? "one boot: nothing to compare it with" :
		b.exact ? "" : !b.repeats ? "its boots differ" :
		"it does not hold over the layouts of its boots";
	name_code(&c, &b);
	for (size_t i = 0; i < b.nr; i++) {
		if (record__valid(b.record[i]))
			add_boot(&c, b.record[i]);
		else
			c.why = b.record[i]->why;
	}
	if (!workload_has_perf(workload))
		check_methods(&c, &b, doorbells(run, base, profile, variant));
	boots__free(&b);
	return c;
}

static double percent(double diff, double of)
{
	return of ? 100 * diff / of : 0;
}

/* How far the boots of a cell are apart, where they can show it. */
static double range_of(const struct cmp_cell *c)
{
	return c->valid < 2 || !c->repeats ? INFINITY : c->high - c->low;
}

struct cmp_diff compare__diff(const struct cmp_cell *ref,
			       const struct cmp_cell *c)
{
	struct cmp_diff d = { 0 };

	if (!ref->usable || !c->usable)
		return d;
	d.exact = ref->exact && c->exact;
	d.range = range_of(ref) + range_of(c);
	d.same_handler = *c->handler && !strcmp(ref->handler, c->handler);
	d.same_code = d.same_handler && *c->vmlinux &&
		      !strcmp(ref->vmlinux, c->vmlinux);
	d.by = compare__pair(ref->first, c->first);
	d.comparable = d.by.made && !ref->late && !c->late;
	d.percent = percent(d.by.diff, compare__fault(ref));
	d.mean_percent = percent(d.by.mean, compare__fault(ref));
	if (d.by.shared)
		d.rep = rep_once__of(ref->rep, c->rep, d.by.diff);
	return d;
}

static struct cmp_row make_row(const struct run *run,
			       const struct comparison *c, const char *workload)
{
	struct cmp_row row = {
		.workload = workload,
		.cell = xcalloc(c->variants.nr, sizeof(*row.cell)),
		.diff = xcalloc(c->variants.nr, sizeof(*row.diff)),
	};

	for (size_t v = 0; v < c->variants.nr; v++) {
		row.cell[v] = compare__cell(run, c->base, c->profile,
					    c->variants.item[v], workload);
		row.diff[v] = compare__diff(&row.cell[0], &row.cell[v]);
	}
	return row;
}

static void widen(double range[2], double x)
{
	range[0] = fmin(range[0], x);
	range[1] = fmax(range[1], x);
}

static double plain_mean(const struct record *r)
{
	return r->events ? compare__faults(r).mean : r->total;
}

static void add_aa(struct cmp_aa *aa, const struct record *first,
		   const struct record *r, const char *workload)
{
	struct cmp_pair p = compare__pair(first, r);
	double was = fmax(aa->diff[1], -aa->diff[0]);

	aa->pairs++;
	aa->equal += record__bit_equal(first, r);
	if (!p.made)
		return;
	aa->held += !p.diff && !p.mean;
	widen(aa->diff, p.diff);
	widen(aa->trimmed, p.mean);
	if (!r->nr_vcpus)		/* who ran when is in a mean */
		widen(aa->mean, plain_mean(r) - plain_mean(first));
	if (fmax(aa->diff[1], -aa->diff[0]) > was)
		aa->worst = workload;
}

static void judge_aa(const struct run *run, struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct record *first = NULL;

		for (size_t i = run__first(run, c->base, c->variants.item[0],
					   c->profile, c->row[w].workload);
		     i < run->nr; i = run__next(run, i)) {
			const struct record *r = run->record[i];

			if (record__valid(r) && first)
				add_aa(&c->aa, first, r, c->row[w].workload);
			else if (record__valid(r))
				first = r;
		}
		if (c->row[w].cell[0].seeds > c->aa.seeds)
			c->aa.seeds = c->row[w].cell[0].seeds;
	}
}

static void judge_methods(struct comparison *c)
{
	struct cmp_methods *m = &c->methods;

	for (size_t i = 0; i < c->nr_rows * c->variants.nr; i++) {
		const struct cmp_row *row = &c->row[i / c->variants.nr];
		const struct two_methods *t = &row->cell[i % c->variants.nr].methods;

		if (!t->compared)
			continue;
		if (t->agree) {
			m->least = m->cells > m->disagree ? fmin(m->least, t->over) : t->over;
			m->most = m->cells > m->disagree ? fmax(m->most, t->over) : t->over;
		} else if (!m->disagree++) {
			m->workload = row->workload;
			m->variant = c->variants.item[i % c->variants.nr];
			m->worst = *t;
		}
		m->cells++;
	}
}

/* The reference first; `wanted` or what the plan's first section has. */
int compare__order(const struct run *run, const char *base,
		   const char *profile, const char *reference,
		   const struct strlist *wanted, struct strlist *variants,
		   struct err *err)
{
	struct strlist all = { 0 }, some = { 0 };
	int r = 0;

	compare__variants(run, base, profile, &all);
	for (size_t i = 0; wanted && i < wanted->nr && !r; i++) {
		r = catalog__check_name("variant in this run", wanted->item[i],
					&all, err);
		add_once(&some, wanted->item[i]);
	}
	if (reference && !r)
		r = catalog__check_name("variant in this run", reference, &all,
					err);
	if (r)
		goto out;
	if (!some.nr)
		names_of(run, base, profile, "variants", true, &some);
	if (!some.nr)
		compare__variants(run, base, profile, &some);
	if (!reference && strlist__has(&some, REFERENCE))
		reference = REFERENCE;
	else if (!reference && some.nr)
		reference = some.item[0];
	add_once(variants, reference);
	for (size_t i = 0; i < some.nr; i++)
		add_once(variants, some.item[i]);
out:
	strlist__free(&some);
	strlist__free(&all);
	return r;
}

size_t compare__left_out(const struct run *run, const char *base,
			 const char *profile, const struct strlist *variants)
{
	struct strlist all = { 0 };
	size_t left_out = 0;

	compare__variants(run, base, profile, &all);
	for (size_t i = 0; i < all.nr; i++)
		left_out += !strlist__has(variants, all.item[i]);
	strlist__free(&all);
	return left_out;
}

static void add_row(struct comparison *c, const struct run *run,
		    const char *workload)
{
	struct cmp_row *row = &c->row[c->nr_rows++];

	*row = make_row(run, c, xstrdup(workload));
	for (size_t v = 0; v < c->variants.nr; v++) {
		c->cells++;
		c->usable += row->cell[v].usable;
		c->exact += row->cell[v].exact;
		c->skipped += row->cell[v].skipped;
	}
}

int compare__make(struct comparison *c, const struct run *run, const char *base,
		  const char *profile, const char *reference,
		  const struct strlist *variants, struct err *err)
{
	struct strlist workloads = { 0 };

	*c = (struct comparison) {
		.base = base, .rig = run__rig(run), .profile = profile,
	};
	if (compare__order(run, base, profile, reference, variants,
			   &c->variants, err))
		return -1;
	c->left_out = compare__left_out(run, base, profile, &c->variants);
	compare__workloads(run, base, profile, &workloads);
	c->row = xcalloc(workloads.nr, sizeof(*c->row));
	for (size_t w = 0; w < workloads.nr; w++)
		add_row(c, run, workloads.item[w]);
	counters_checked__of(&c->counters, run, base, profile);
	judge_aa(run, c);
	judge_methods(c);
	strlist__free(&workloads);
	return 0;
}

void compare__free(struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		free((char *)c->row[w].workload);
		free(c->row[w].cell);
		free(c->row[w].diff);
	}
	counters_checked__free(&c->counters);
	free(c->row);
	strlist__free(&c->variants);
}

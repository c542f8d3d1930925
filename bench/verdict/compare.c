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

static const char *plan_text(const struct run *run, const char *key)
{
	json_t *plan = json_object_get(run->meta, "plan");

	return json_string_value(json_object_get(plan, key)) ?: "";
}

/* Names of the plan, then those that only records have. */
static void names_of(const struct run *run, const char *key,
		     const char *(*of)(const struct record *),
		     struct strlist *l)
{
	json_t *plan = json_object_get(run->meta, "plan"), *v;
	size_t i;

	json_array_foreach(json_object_get(plan, key), i, v) {
		const char *s = json_string_value(v);

		if (s && !strlist__has(l, s))
			strlist__add(l, s);
	}
	for (i = 0; i < run->nr; i++) {
		if (!strlist__has(l, of(run->record[i])))
			strlist__add(l, of(run->record[i]));
	}
}

static const char *profile_of(const struct record *r) { return r->profile; }
static const char *variant_of(const struct record *r) { return r->variant; }
static const char *workload_of(const struct record *r) { return r->workload; }

void compare__profiles(const struct run *run, struct strlist *profiles)
{
	names_of(run, "profiles", profile_of, profiles);
}

static struct hist_summary summary_of(const struct record *r)
{
	uint64_t *value = xcalloc(r->nr_bins, sizeof(*value));
	uint64_t *count = xcalloc(r->nr_bins, sizeof(*count));
	struct hist_summary s;

	for (size_t i = 0; i < r->nr_bins; i++) {
		value[i] = r->bin[i].ticks;
		count[i] = r->bin[i].count;
	}
	s = hist__summary(value, count, r->nr_bins);
	free(count);
	free(value);
	return s;
}

static uint64_t figure_of(const struct record *r)
{
	return r->events ? summary_of(r).mode : r->total;
}

/* Take one valid boot into the cell. */
static void add_boot(struct cmp_cell *c, const struct record *r)
{
	struct hist_summary s = summary_of(r);
	uint64_t typical = figure_of(r);
	double mean = r->events ? s.mean : r->total;

	if (!c->usable) {
		c->usable = true;
		c->hist = s;
		c->events = r->events;
		c->total = r->total;
		c->clock_floor = r->clock_floor;
		c->irqs = r->irqs;
		c->handler = r->handler_sha256;
		c->share = s.n ? (double)s.mode_count / s.n : 1;
		c->typical = c->typical_max = typical;
		c->mean = c->mean_max = mean;
	}
	c->typical = typical < c->typical ? typical : c->typical;
	c->typical_max = typical > c->typical_max ? typical : c->typical_max;
	c->mean = fmin(c->mean, mean);
	c->mean_max = fmax(c->mean_max, mean);
}

static struct cmp_cell make_cell(const struct run *run, const char *profile,
				 const char *variant, const char *workload)
{
	struct cmp_cell c = { .why = "no record: the run did not get there",
			      .handler = "" };
	struct boots b;
	size_t i;

	for (i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (!strcmp(r->profile, profile) &&
		    !strcmp(r->variant, variant) &&
		    !strcmp(r->workload, workload))
			break;
	}
	if (i == run->nr)
		return c;
	b = boots__of(run, run->record[i]);
	c.boots = b.nr;
	c.valid = b.valid;
	c.exact = b.exact;
	c.why = b.nr < 2 ? "one boot: nothing to compare it with" :
		b.exact ? "" : "its boots differ";
	for (i = 0; i < b.nr; i++) {
		if (record__valid(b.record[i]))
			add_boot(&c, b.record[i]);
		else
			c.why = b.record[i]->why;
	}
	boots__free(&b);
	return c;
}

static double percent(double diff, double of)
{
	return of ? 100 * diff / of : 0;
}

static struct cmp_diff make_diff(const struct cmp_cell *ref,
				 const struct cmp_cell *c)
{
	struct cmp_diff d = { 0 };

	if (!ref->usable || !c->usable)
		return d;
	d.comparable = true;
	d.exact = ref->exact && c->exact;
	d.same_code = *c->handler && !strcmp(ref->handler, c->handler);
	d.typical = (int64_t)c->typical - (int64_t)ref->typical;
	d.typical_percent = percent(d.typical, ref->typical);
	d.mean = c->mean - ref->mean;
	d.mean_percent = percent(d.mean, ref->mean);
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
		row.cell[v] = make_cell(run, c->profile, c->variants.item[v],
					workload);
		row.diff[v] = make_diff(&row.cell[0], &row.cell[v]);
	}
	return row;
}

/* The reference against itself: each further boot against the first. */
static void judge_aa(const struct run *run, struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct record *first = NULL;

		for (size_t i = 0; i < run->nr; i++) {
			const struct record *r = run->record[i];
			int64_t d;

			if (!record__valid(r) ||
			    strcmp(r->profile, c->profile) ||
			    strcmp(r->variant, c->variants.item[0]) ||
			    strcmp(r->workload, c->row[w].workload))
				continue;
			if (!first) {
				first = r;
				continue;
			}
			d = (int64_t)figure_of(r) - (int64_t)figure_of(first);
			c->aa_pairs++;
			c->aa_zero += record__bit_equal(first, r);
			if (llabs(d) > llabs(c->aa_worst))
				c->aa_worst = d;
		}
	}
}

/* The ticks of the bells alone in a variant, or 0 when null was not run. */
static uint64_t bells(const struct comparison *c, size_t variant)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_cell *cell = &c->row[w].cell[variant];

		if (cell->usable && !cell->events)
			return cell->total;
	}
	return 0;
}

static void judge_methods(struct comparison *c)
{
	struct cmp_methods *m = &c->methods;

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++) {
			const struct cmp_cell *cell = &c->row[w].cell[v];
			double d;

			if (!cell->usable || !cell->events || !bells(c, v))
				continue;
			d = ((double)cell->total - bells(c, v)) / cell->events -
			    cell->hist.mean;
			m->least = m->cells ? fmin(m->least, d) : d;
			m->most = m->cells ? fmax(m->most, d) : d;
			m->cells++;
			if (d < 0 || d > LOOP_LIMIT) {
				m->disagree++;
				m->worst = c->row[w].workload;
			}
		}
	}
}

static void order_variants(const struct run *run, const char *reference,
			   struct strlist *ordered)
{
	struct strlist all = { 0 };

	names_of(run, "variants", variant_of, &all);
	if (reference)
		catalog__need("variant in this run", reference, &all);
	else if (strlist__has(&all, REFERENCE))
		reference = REFERENCE;
	else if (all.nr)
		reference = all.item[0];
	if (reference)
		strlist__add(ordered, reference);
	for (size_t i = 0; i < all.nr; i++) {
		if (!strlist__has(ordered, all.item[i]))
			strlist__add(ordered, all.item[i]);
	}
	strlist__free(&all);
}

struct comparison compare__make(const struct run *run, const char *profile,
				const char *reference)
{
	struct comparison c = {
		.base = plan_text(run, "base"),
		.rig = plan_text(run, "rig"),
		.profile = profile,
	};
	struct strlist workloads = { 0 };

	order_variants(run, reference, &c.variants);
	names_of(run, "workloads", workload_of, &workloads);
	c.row = xcalloc(workloads.nr, sizeof(*c.row));
	for (size_t w = 0; w < workloads.nr; w++) {
		c.row[w] = make_row(run, &c, xstrdup(workloads.item[w]));
		c.nr_rows++;
		for (size_t v = 0; v < c.variants.nr; v++) {
			c.cells++;
			c.usable += c.row[w].cell[v].usable;
			c.exact += c.row[w].cell[v].exact;
		}
	}
	judge_aa(run, &c);
	judge_methods(&c);
	strlist__free(&workloads);
	return c;
}

void compare__free(struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		free((char *)c->row[w].workload);
		free(c->row[w].cell);
		free(c->row[w].diff);
	}
	free(c->row);
	strlist__free(&c->variants);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Figures and paired differences of noisy records; see noisy.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hodges_lehmann.h"
#include "interval.h"
#include "noisy.h"
#include "noisy_rule.h"
#include "rank.h"
#include "rigs.h"

#define FEW_LAYOUTS	"an interval needs 6 layouts"

static size_t first_of(const struct run *run, const struct noisy_cell *c)
{
	return run__first(run, c->base, c->variant, c->profile, c->workload);
}

/* Valid and with this mode? */
static bool has_mode(const struct record *r, enum cycles_mode m)
{
	return record__valid(r) && r->cycles && r->cycles->mode[m].nr;
}

/* Figure i of a layout: where the cell was linked twice, the mean of both. */
static double block_of(const struct cycles_series *s, size_t i)
{
	return s->aa ? (s->block[i] + s->aa[i]) / 2 : s->block[i];
}

double noisy__layout(const struct cycles_series *s)
{
	double *v, median;

	if (!s->aa)
		return interval__median(s->block, s->nr);
	v = xcalloc(s->nr, sizeof(*v));
	for (size_t i = 0; i < s->nr; i++)
		v[i] = block_of(s, i);
	median = interval__median(v, s->nr);
	free(v);
	return median;
}

/* The figures of n layouts, whose estimate and interval are known. */
static struct noisy_value put_together(const double *v, size_t n,
				       double estimate, double low, double high)
{
	struct noisy_value x = {
		.layouts = n, .value = estimate, .low = low, .high = high,
		.half = fmax(high - estimate, estimate - low),
		.least = v[0], .most = v[0],
		.why = isnan(low) ? FEW_LAYOUTS : "",
	};

	for (size_t k = 1; k < n; k++) {
		x.least = fmin(x.least, v[k]);
		x.most = fmax(x.most, v[k]);
	}
	return x;
}

static struct noisy_value nothing(const char *why)
{
	return (struct noisy_value) { .value = NAN, .half = NAN, .low = NAN,
				      .high = NAN, .least = NAN, .most = NAN,
				      .why = why };
}

static struct noisy_value over_layouts(const double *v, size_t n,
				       const char *why_none)
{
	struct noisy_value x;
	struct hodges_lehmann h;
	struct hl_interval i;

	if (hodges_lehmann__make(&h, v, n))
		return nothing(why_none);
	i = hodges_lehmann__interval(&h, 1 - NOISY_CONFIDENCE);
	x = put_together(v, n, h.estimate, i.low, i.high);
	hodges_lehmann__free(&h);
	return x;
}

static void take_figure(struct noisy_cell *c, const struct run *run,
			enum cycles_mode m)
{
	double *v = xcalloc(run->nr + 1, sizeof(*v)), floor = 0;
	size_t n = 0;

	c->kept[m] = 1;
	for (size_t i = first_of(run, c); i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];
		const struct cycles_series *s;

		if (!has_mode(r, m))
			continue;
		s = &r->cycles->mode[m];
		v[n++] = noisy__layout(s);
		floor += s->floor;
		c->kept[m] = fmin(c->kept[m], s->kept);
		c->chunk[m] = s->chunk;
	}
	c->floor[m] = n ? floor / n : 0;
	c->mode[m] = over_layouts(v, n, c->usable ? "not measured" : c->why);
	free(v);
}

static void take_pmu(struct noisy_cell *c, const struct run *run)
{
	for (size_t p = 0; p < NR_CYCLES_PMU; p++) {
		double sum = 0;
		size_t n = 0;

		for (size_t i = first_of(run, c); i < run->nr; i = run__next(run, i)) {
			const struct record *r = run->record[i];

			if (!record__valid(r) || !r->cycles ||
			    r->cycles->pmu[p] < 0)
				continue;
			sum += r->cycles->pmu[p];
			n++;
		}
		c->pmu[p] = n ? sum / n : -1;
	}
}

struct noisy_cell noisy__cell(const struct run *run, const char *base,
			      const char *profile, const char *variant,
			      const char *workload)
{
	struct noisy_cell c = {
		.base = base, .profile = profile, .variant = variant,
		.workload = workload, .handler = "",
		.why = "no record: the run did not get there",
	};
	size_t skips = 0;

	for (size_t i = first_of(run, &c); i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];

		if (!c.boots++)
			c.why = "";
		skips += r->outcome == OUTCOME_SKIP;
		if (!record__valid(r)) {
			c.why = r->why;
			continue;
		}
		c.valid++;
		if (!*c.handler)
			c.handler = r->handler_sha256;
	}
	c.usable = c.valid > 0;
	c.skipped = c.boots && skips == c.boots;
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		take_figure(&c, run, m);
	take_pmu(&c, run);
	return c;
}

/* The blocks of a cell's layout, or NULL. */
static const struct cycles_series *series_of(const struct run *run,
					     const struct noisy_cell *c,
					     uint64_t layout,
					     enum cycles_mode m)
{
	const struct record *r = run__find(run, c->base, c->variant,
					   c->profile, c->workload, NULL,
					   layout);

	return r && has_mode(r, m) ? &r->cycles->mode[m] : NULL;
}

/*
 * Of boots of a machine, which are not at the same time: the sum of the medians.
 */
static double sum_medians(const struct cycles_series *const *s,
			  const struct noisy_term *term, size_t nr)
{
	double sum = 0;

	for (size_t t = 0; t < nr; t++)
		sum += term[t].weight * noisy__layout(s[t]);
	return sum;
}

/* The median of the sums; 0, or -1 where the blocks do not pair. */
static int sum_layout(const struct cycles_series *const *s,
		      const struct noisy_term *term, size_t nr, double *median)
{
	double *sum;

	for (size_t t = 1; t < nr; t++) {
		if (s[t]->nr != s[0]->nr || s[t]->chunk != s[0]->chunk)
			return -1;
	}
	sum = xcalloc(s[0]->nr, sizeof(*sum));
	for (size_t t = 0; t < nr; t++) {
		for (size_t i = 0; i < s[0]->nr; i++)
			sum[i] += term[t].weight * block_of(s[t], i);
	}
	*median = interval__median(sum, s[0]->nr);
	free(sum);
	return 0;
}

size_t noisy__each(const struct run *run, enum cycles_mode m,
		   const struct noisy_term *term, size_t nr, double *v,
		   size_t *unpaired)
{
	const struct cycles_series **s = xcalloc(nr, sizeof(struct cycles_series *));
	size_t n = 0;

	*unpaired = 0;
	for (size_t i = first_of(run, term[0].cell); i < run->nr;
	     i = run__next(run, i)) {
		const struct record *r = run->record[i];
		bool all = true;

		for (size_t t = 0; t < nr; t++) {
			s[t] = series_of(run, term[t].cell, r->boot, m);
			all &= !!s[t];
		}
		if (!all)
			continue;
		if (!rigs__facts(r->rig)->paired)
			v[n++] = sum_medians(s, term, nr);
		else if (sum_layout(s, term, nr, &v[n]))
			++*unpaired;
		else
			n++;
	}
	free(s);
	return n;
}

static const char *why_none(size_t unpaired)
{
	return unpaired ?
		"not paired: their blocks are not as many, or of other chunks" :
		"no layout has all of its cells";
}

struct noisy_value noisy__sum(const struct run *run, enum cycles_mode m,
			      const struct noisy_term *term, size_t nr)
{
	double *v = xcalloc(run->nr + 1, sizeof(*v));
	size_t unpaired, n = noisy__each(run, m, term, nr, v, &unpaired);
	struct noisy_value x = over_layouts(v, n, why_none(unpaired));

	x.unpaired = unpaired;
	free(v);
	return x;
}

static double percent(double diff, double of)
{
	return of ? 100 * diff / of : 0;
}

double noisy__reach(const struct noisy_value *v)
{
	return v->layouts && isfinite(v->half) ?
		fmax(fabs(v->low), fabs(v->high)) : INFINITY;
}

/* Of the reference's copies, and of the other's where it has two. */
static double worst_reach(const struct run *run, enum cycles_mode m,
			  const struct noisy_cell *c,
			  const struct noisy_value *aa)
{
	const struct noisy_value own = noisy__aa(run, m, c);

	return own.layouts ? fmax(noisy__reach(aa), noisy__reach(&own)) :
			     noisy__reach(aa);
}

struct noisy_diff noisy__diff(const struct run *run, enum cycles_mode m,
			      const struct noisy_cell *ref,
			      const struct noisy_cell *c,
			      const struct noisy_value *aa,
			      const struct noisy_rule *rule)
{
	const struct noisy_term term[] = { { c, 1 }, { ref, -1 } };
	double *v = xcalloc(run->nr + 1, sizeof(*v));
	size_t unpaired, n = noisy__each(run, m, term, 2, v, &unpaired);
	struct noisy_diff d = {
		.same_code = *c->handler && !strcmp(ref->handler, c->handler),
		.reach = worst_reach(run, m, c, aa), .p = NAN,
	};
	const double figure = ref->mode[m].value;
	struct rank_test t;

	d.word = paired_word__of(v, n, &(struct word_limits) {
		.comparisons = rule->comparisons, .aa = d.reach,
		.least = n ? fmax(rule->least_abs,
				  rule->least_percent / 100 * fabs(figure)) : 0,
		.quantum = c->chunk[m] ? rule->quantum / c->chunk[m] : 0,
		.same_code = d.same_code,
		.control_failed = rule->control[m].failed,
	});
	d.by = d.word.n ? put_together(v, n, d.word.value, d.word.low,
				       d.word.high) : nothing(why_none(unpaired));
	d.by.unpaired = unpaired;
	if (d.word.n) {
		d.by.percent = percent(d.by.value, figure);
		rank__signed(v, n, &t);
		d.p = t.p;
	}
	free(v);
	return d;
}

struct noisy_value noisy__aa(const struct run *run, enum cycles_mode m,
			     const struct noisy_cell *c)
{
	double *v = xcalloc(run->nr + 1, sizeof(*v));
	struct noisy_value x;
	size_t n = 0;

	for (size_t i = first_of(run, c); i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];
		const struct cycles_series *s;
		double *d;

		if (!has_mode(r, m) || !r->cycles->mode[m].aa)
			continue;
		s = &r->cycles->mode[m];
		d = xcalloc(s->nr, sizeof(*d));
		for (size_t k = 0; k < s->nr; k++)
			d[k] = s->aa[k] - s->block[k];
		v[n++] = interval__median(d, s->nr);
		free(d);
	}
	x = over_layouts(v, n, "no second copy of its code was measured");
	if (n)
		x.percent = percent(x.value, c->mode[m].value);
	free(v);
	return x;
}

// SPDX-License-Identifier: GPL-2.0
/* See noisy_control.h. */
#include <gsl/gsl_cdf.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "interval.h"
#include "noisy_control.h"

static const char *host_text(const struct record *r, const char *key)
{
	return json_string_value(json_object_get(r->host, key));
}

static bool has_mode(const struct record *r, enum cycles_mode m)
{
	return record__valid(r) && r->cycles && r->cycles->mode[m].nr;
}

static size_t first_of(const struct run *run, const struct record *r)
{
	return run__first(run, r->base, r->variant, r->profile, r->workload);
}

/* A hash, and not a word on why there is none? */
static bool is_hash(const char *s)
{
	return s && *s && s[strspn(s, "0123456789abcdef")] == '\0';
}

/* What a cell executed, as its first valid record with this mode says, or NULL. */
static const char *executed_by(const struct run *run, const struct record *any,
			       enum cycles_mode m)
{
	for (size_t i = first_of(run, any); i < run->nr; i = run__next(run, i)) {
		if (has_mode(run->record[i], m))
			return host_text(run->record[i], "executed");
	}
	return NULL;
}

/* A cell that executed the same under another profile, the first; or NULL. */
static const struct record *null_of(const struct run *run, size_t i,
				    enum cycles_mode m)
{
	const struct record *r = run->record[i];
	const char *mine = executed_by(run, r, m), *its;

	for (size_t k = 0; is_hash(mine) && k < i; k++) {
		const struct record *o = run->record[k];

		if (strcmp(o->base, r->base) || strcmp(o->variant, r->variant) ||
		    strcmp(o->workload, r->workload) ||
		    !strcmp(o->profile, r->profile) || first_of(run, o) != k)
			continue;
		its = executed_by(run, o, m);
		if (its && !strcmp(its, mine))
			return o;
	}
	return NULL;
}

static struct noisy_cell cell_of(const struct run *run, const struct record *r)
{
	return noisy__cell(run, r->base, r->profile, r->variant, r->workload);
}

struct noisy_control noisy_control__of(const struct run *run,
				       enum cycles_mode m)
{
	struct noisy_control c = { 0 };

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i], *o;
		struct noisy_cell a, b;
		struct noisy_value by;

		if (!host_text(r, "executed") || first_of(run, r) != i)
			continue;
		o = null_of(run, i, m);
		if (!o)
			continue;
		a = cell_of(run, r);
		b = cell_of(run, o);
		by = noisy__sum(run, m, (struct noisy_term []) {
				{ &a, 1 }, { &b, -1 } }, 2);
		if (!by.layouts || isnan(by.low))
			continue;
		c.intervals++;
		c.differ += by.low > 0 || by.high < 0;
	}
	c.failed = c.differ && gsl_cdf_binomial_Q(c.differ - 1,
			1 - NOISY_CONFIDENCE, c.intervals) < CONTROL_ALPHA;
	return c;
}

/* A copy's cost in a layout, and where it was linked. */
struct placed {
	const struct record *of;
	bool again;		/* the second copy */
	double place, cost;
};

static int copies(const void *a, const void *b)
{
	return ((const struct placed *)a)->again - ((const struct placed *)b)->again;
}

static int by_layout(const void *a, const void *b)
{
	const struct record *x = ((const struct placed *)a)->of;
	const struct record *y = ((const struct placed *)b)->of;

	return strcmp(x->base, y->base) ?: strcmp(x->workload, y->workload) ?:
	       (x->boot > y->boot) - (x->boot < y->boot);
}

static int by_cell(const void *a, const void *b)
{
	const struct record *x = ((const struct placed *)a)->of;
	const struct record *y = ((const struct placed *)b)->of;

	return strcmp(x->base, y->base) ?: strcmp(x->workload, y->workload) ?:
	       strcmp(x->variant, y->variant) ?: strcmp(x->profile, y->profile) ?:
	       copies(a, b);
}

/* All that is linked at one place, whatever was run. */
static int by_copy(const void *a, const void *b)
{
	const struct record *x = ((const struct placed *)a)->of;
	const struct record *y = ((const struct placed *)b)->of;

	return strcmp(x->base, y->base) ?: strcmp(x->variant, y->variant) ?:
	       strcmp(x->profile, y->profile) ?: copies(a, b) ?:
	       (x->boot > y->boot) - (x->boot < y->boot);
}

/* How many from i on are of one group, in sorted order; *mean is theirs. */
static size_t group(const struct placed *p, size_t n, size_t i,
		    int (*order)(const void *, const void *), double *mean)
{
	size_t k = i;

	for (*mean = 0; k < n && !order(&p[i], &p[k]); k++)
		*mean += p[k].cost;
	*mean /= k - i;
	return k - i;
}

/* Less the mean of its group; of the layout's it is a share of that mean. */
static void centre(struct placed *p, size_t n,
		   int (*order)(const void *, const void *), bool share)
{
	size_t nr;

	qsort(p, n, sizeof(*p), order);
	for (size_t i = 0; i < n; i += nr) {
		double mean;

		nr = group(p, n, i, order, &mean);
		for (size_t k = i; k < i + nr; k++)
			p[k].cost = (p[k].cost - mean) / (share ? mean : 1);
	}
}

/* One a copy and layout: what its workloads say on average; how many are left. */
static size_t join_workloads(struct placed *p, size_t n)
{
	size_t left = 0, nr;

	qsort(p, n, sizeof(*p), by_copy);
	for (size_t i = 0; i < n; i += nr) {
		double mean;

		nr = group(p, n, i, by_copy, &mean);
		p[left] = p[i];
		p[left++].cost = mean;
	}
	return left;
}

/* "3,17": the places of both copies, or of the first alone; how many. */
static size_t take_copies(struct placed *p, const struct record *r,
			  const struct cycles_series *s)
{
	const char *text = host_text(r, "place");
	size_t n = 0;

	for (int c = 0; text && c < 2; c++) {
		const double *block = c ? s->aa : s->block;
		char *end;

		p[n] = (struct placed) { .of = r, .again = c,
					 .place = strtod(text, &end) };
		if (end == text || !block)
			break;
		p[n++].cost = interval__median(block, s->nr);
		text = *end == ',' ? end + 1 : "";
	}
	return n;
}

static size_t take_placed(struct placed *p, const struct run *run,
			  enum cycles_mode m)
{
	size_t n = 0;

	for (size_t i = 0; i < run->nr; i++) {
		if (has_mode(run->record[i], m))
			n += take_copies(p + n, run->record[i],
					 &run->record[i]->cycles->mode[m]);
	}
	return n;
}

static struct noisy_place correlation(const struct placed *p, size_t n)
{
	struct noisy_place x = { .n = n, .r = NAN, .p = NAN };
	double *place = xcalloc(4 * n + 1, sizeof(*place)), *cost = place + n, t;

	for (size_t i = 0; i < n; i++) {
		place[i] = p[i].place;
		cost[i] = p[i].cost;
	}
	if (n >= PLACE_LEAST)
		x.r = gsl_stats_spearman(place, 1, cost, 1, n, cost + n);
	free(place);
	if (!isfinite(x.r)) {	/* too few, or all at one place */
		x.r = NAN;
		return x;
	}
	t = fabs(x.r) * sqrt((n - 2) / fmax(1 - x.r * x.r, 1e-12));
	x.p = fmin(1, 2 * gsl_cdf_tdist_Q(t, n - 2));
	return x;
}

struct noisy_place noisy_place__of(const struct run *run, enum cycles_mode m)
{
	struct placed *p = xcalloc(2 * run->nr + 2, sizeof(*p));
	size_t n = take_placed(p, run, m);
	struct noisy_place x;

	centre(p, n, by_layout, true);
	centre(p, n, by_cell, false);
	x = correlation(p, join_workloads(p, n));
	free(p);
	return x;
}

double noisy_quantum__of(const struct run *run)
{
	double most = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const char *q = host_text(run->record[i], "tsc_quantum");

		most = fmax(most, q ? strtod(q, NULL) : 0);
	}
	return isfinite(most) ? most : 0;
}

double noisy_carry_over__of(const struct run *run, enum cycles_mode m)
{
	double *v = xcalloc(run->nr + 1, sizeof(*v)), median;
	size_t n = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const char *text = host_text(run->record[i], m == CYCLES_HOT ?
					     "carry_over_hot" : "carry_over_cold");

		if (text && record__valid(run->record[i]))
			v[n++] = strtod(text, NULL);
	}
	median = interval__median(v, n);
	free(v);
	return median;
}

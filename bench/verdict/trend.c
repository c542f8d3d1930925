// SPDX-License-Identifier: GPL-2.0
/* See trend.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_series.h"
#include "attributed.h"
#include "changepoint.h"
#include "difference.h"
#include "trend.h"

#define OVER	"_over_"

bool trend__is_difference(const char *metric)
{
	return difference__is(metric);
}

/* One more move; of more than are kept the oldest goes. */
static void add_mark(struct trend_line *l, size_t at, double before, double after)
{
	const struct trend_mark mark = {
		.at = at, .before = before, .after = after,
		.of = l->of ?: before,
	};

	l->moves++;
	if (!l->mark)
		l->mark = xcalloc(TREND_MARKS, sizeof(*l->mark));
	if (l->nr_marks == TREND_MARKS)
		memmove(l->mark, l->mark + 1, --l->nr_marks * sizeof(*l->mark));
	l->mark[l->nr_marks++] = mark;
}

/* An exact figure that is another one has changed, there is no noise. */
static void mark_exact(struct trend_line *l)
{
	for (size_t i = 1; i < l->nr; i++) {
		if (l->point[i].value != l->point[i - 1].value)
			add_mark(l, i, l->point[i - 1].value, l->point[i].value);
	}
}

static void mark_noisy(struct trend_line *l)
{
	const size_t from = l->nr > TREND_WINDOW ? l->nr - TREND_WINDOW : 0;
	const size_t n = l->nr - from;
	struct changepoint *c = xcalloc(n / CHANGEPOINT_LEAST + 1, sizeof(*c));
	double *v = xcalloc(n + 1, sizeof(*v));
	size_t nr;

	for (size_t i = 0; i < n; i++)
		v[i] = l->point[from + i].value;
	nr = changepoint__find(v, n, c);
	for (size_t i = 0; i < nr; i++)
		add_mark(l, from + c[i].at, c[i].before, c[i].after);
	free(v);
	free(c);
}

/* What the newest point says: what percentages are of, and its kernel. */
static void take_newest(struct trend_line *l, struct history *h,
			const struct history_series *s)
{
	struct history_point *p;
	size_t nr;

	p = history__points(h, s->id, 1, &nr);
	if (nr && trend__is_difference(s->key.metric))
		l->of = p->reference;
	l->release = xstrdup(nr ? p->release : "");
	free(p);
}

/* Both are in the order of adding. */
static void take_points(struct trend_line *l, const struct trend *t,
			const struct history_figure *f, size_t nr)
{
	l->point = xcalloc(nr + 1, sizeof(*l->point));
	for (size_t i = 0, run = 0; i < nr; i++) {
		while (run < t->nr_runs && t->run[run].added < f[i].added)
			run++;
		if (run == t->nr_runs)
			break;
		l->point[l->nr++] = (struct trend_point) { run, f[i].value };
		l->spread = f[i].spread;
	}
}

/* The newest run of those up to one. */
static size_t run_of(const struct trend *t, int64_t added)
{
	size_t run = 0;

	while (run + 1 < t->nr_runs && t->run[run + 1].added <= added)
		run++;
	return run;
}

static void read_accepted(struct trend_line *l, const struct trend *t,
			  struct history *h, const struct history_series *s)
{
	struct history_accepted *a = history__all_accepted(h, s->id,
							   &l->nr_accepted);

	l->accepted = xcalloc(l->nr_accepted + 1, sizeof(*l->accepted));
	for (size_t i = 0; i < l->nr_accepted; i++)
		l->accepted[i] = (struct trend_accepted) { run_of(t, a[i].after),
								  a[i] };
	free(a);
}

static void read_line(struct trend_line *l, const struct trend *t,
		      struct history *h, const struct history_series *s,
		      size_t most)
{
	struct history_figure *f;
	size_t nr;

	*l = (struct trend_line) {
		.series = s, .exact = alert__is_exact(s->key.metric),
		.spread = NAN,
	};
	take_newest(l, h, s);
	f = history__figures(h, s->id, most, &nr);
	take_points(l, t, f, nr);
	free(f);
	read_accepted(l, t, h, s);
	if (l->exact)
		mark_exact(l);
	else
		mark_noisy(l);
}

/* What differs from the baseline first, then from others, then figures. */
static int rank(const char *metric)
{
	const char *over = strstr(metric, OVER);

	return !over ? 2 : strcmp(over, OVER "baseline") != 0;
}

/* Hot before cold, instructions before their mean, attributions last. */
static int by_metric(const char *a, const char *b)
{
	const bool cycles_a = !strncmp(a, "cycles", strlen("cycles"));
	const bool cycles_b = !strncmp(b, "cycles", strlen("cycles"));
	int order = attributed__is(a) - attributed__is(b);

	order = order ?: cycles_b - cycles_a;
	order = order ?: rank(a) - rank(b);
	return order ?: (cycles_a ? -1 : 1) * strcmp(a, b);
}

static int by_key(const void *a, const void *b)
{
	const struct history_key *x = &((const struct trend_line *)a)->series->key;
	const struct history_key *y = &((const struct trend_line *)b)->series->key;
	int order = by_metric(x->metric, y->metric);

	order = order ?: strcmp(x->rig, y->rig);
	order = order ?: strcmp(x->base, y->base);
	order = order ?: strcmp(x->profile, y->profile);
	order = order ?: strcmp(x->workload, y->workload);
	order = order ?: !strcmp(y->variant, "baseline") - !strcmp(x->variant, "baseline");
	order = order ?: strcmp(x->variant, y->variant);
	return order ?: strcmp(x->machine, y->machine);
}

bool trend__same_chart(const struct trend_line *a, const struct trend_line *b)
{
	const struct history_key *x = &a->series->key, *y = &b->series->key;

	return !strcmp(x->rig, y->rig) && !strcmp(x->base, y->base) &&
	       !strcmp(x->profile, y->profile) &&
	       !strcmp(x->workload, y->workload) && !strcmp(x->metric, y->metric);
}

static void free_line(struct trend_line *l)
{
	for (size_t i = 0; i < l->nr_accepted; i++)
		history__accepted_free(&l->accepted[i].is);
	free(l->accepted);
	free(l->point);
	free(l->mark);
	free(l->release);
}

void trend__make(struct trend *t, struct history *h,
		 const struct selection *match, size_t most)
{
	*t = (struct trend) { 0 };
	t->run = history__kept(h, &t->nr_runs);
	t->series = history__series(h, match, &t->nr_series);
	t->line = xcalloc(t->nr_series + 1, sizeof(*t->line));
	for (size_t i = 0; i < t->nr_series; i++) {
		struct trend_line *l = &t->line[t->nr];

		read_line(l, t, h, &t->series[i], most);
		t->moves += l->moves;
		if (l->nr)
			t->nr++;
		else
			free_line(l);
	}
	qsort(t->line, t->nr, sizeof(*t->line), by_key);
}

void trend__free(struct trend *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free_line(&t->line[i]);
	free(t->line);
	history__kept_free(t->run, t->nr_runs);
	history__series_free(t->series, t->nr_series);
	*t = (struct trend) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/* See trend.h. */
#include <stdlib.h>
#include <string.h>

#include "changepoint.h"
#include "points.h"
#include "trend.h"

/* The history takes nothing whose start is no time. */
static time_t seconds(const char *s)
{
	struct tm tm = { 0 };

	strptime(s, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return timegm(&tm);
}

static void add_mark(struct trend_line *l, size_t at, double before,
		     double after, bool exact)
{
	l->mark = xrealloc(l->mark, (l->nr_marks + 1) * sizeof(*l->mark));
	l->mark[l->nr_marks++] = (struct trend_mark) {
		.at = at, .before = before, .after = after,
		.of = l->point[at].reference ?: before, .exact = exact,
	};
}

/* An exact figure that is another one has changed, there is no noise. */
static void mark_exact(struct trend_line *l)
{
	for (size_t i = 1; i < l->nr; i++) {
		if (l->point[i].value != l->point[i - 1].value)
			add_mark(l, i, l->point[i - 1].value, l->point[i].value,
				 true);
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
		add_mark(l, from + c[i].at, c[i].before, c[i].after, false);
	free(v);
	free(c);
}

static void read_line(struct trend_line *l, struct history *h,
		      const struct history_series *s, size_t most)
{
	*l = (struct trend_line) { .variant = s->key.variant };
	l->point = history__points(h, s->id, most, &l->nr);
	l->when = xcalloc(l->nr + 1, sizeof(*l->when));
	for (size_t i = 0; i < l->nr; i++)
		l->when[i] = seconds(l->point[i].started);
	if (!strncmp(s->key.metric, "instructions", strlen("instructions")))
		mark_exact(l);
	else
		mark_noisy(l);
}

static bool same_chart(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->metric, b->metric);
}

static struct trend_chart *chart_of(struct trend *t,
				    const struct history_series *s)
{
	struct trend_chart *c;

	for (size_t i = 0; i < t->nr; i++) {
		if (same_chart(&t->chart[i].key, &s->key))
			return &t->chart[i];
	}
	t->chart = xrealloc(t->chart, (t->nr + 1) * sizeof(*t->chart));
	c = &t->chart[t->nr++];
	*c = (struct trend_chart) { .key = s->key, .unit = s->unit };
	c->key.variant = "";
	return c;
}

static void take_range(struct trend_chart *c, const struct trend_line *l)
{
	for (size_t i = 0; i < l->nr; i++) {
		const struct history_point *p = &l->point[i];

		if (!c->newest) {
			c->first = c->last = l->when[i];
			c->least = c->most = p->value;
			c->newest = xstrdup(p->started);
			continue;
		}
		if (l->when[i] < c->first)
			c->first = l->when[i];
		if (l->when[i] > c->last) {
			c->last = l->when[i];
			free(c->newest);
			c->newest = xstrdup(p->started);
		}
		c->least = p->value < c->least ? p->value : c->least;
		c->most = p->value > c->most ? p->value : c->most;
	}
}

/* baseline first: the others are compared with it. */
static int by_variant(const void *a, const void *b)
{
	const struct trend_line *x = a, *y = b;
	const bool base_x = !strcmp(x->variant, "baseline");
	const bool base_y = !strcmp(y->variant, "baseline");

	return base_x != base_y ? base_y - base_x :
	       strcmp(x->variant, y->variant);
}

static int by_figure(const char *a, const char *b)
{
	const char *over_a = strstr(a, POINTS_OVER_BASELINE);
	const char *over_b = strstr(b, POINTS_OVER_BASELINE);
	size_t n = over_a ? (size_t)(over_a - a) : strlen(a);
	size_t m = over_b ? (size_t)(over_b - b) : strlen(b);

	return n == m ? strncmp(a, b, n) : strcmp(a, b);
}

static int by_key(const void *a, const void *b)
{
	const struct history_key *x = &((const struct trend_chart *)a)->key;
	const struct history_key *y = &((const struct trend_chart *)b)->key;
	const bool cycles_x = !strncmp(x->metric, "cycles", strlen("cycles"));
	const bool cycles_y = !strncmp(y->metric, "cycles", strlen("cycles"));
	int order = cycles_y - cycles_x;

	order = order ?: strcmp(x->rig, y->rig);
	order = order ?: strcmp(x->machine, y->machine);
	order = order ?: strcmp(x->base, y->base);
	order = order ?: strcmp(x->profile, y->profile);
	/* Hot before cold, instructions before their mean, then the difference. */
	order = order ?: (cycles_x ? -1 : 1) * by_figure(x->metric, y->metric);
	order = order ?: strcmp(x->metric, y->metric);
	return order ?: strcmp(x->workload, y->workload);
}

void trend__make(struct trend *t, struct history *h,
		 const struct selection *match, size_t most)
{
	*t = (struct trend) { 0 };
	t->series = history__series(h, match, &t->nr_series);
	for (size_t i = 0; i < t->nr_series; i++) {
		struct trend_chart *c = chart_of(t, &t->series[i]);

		c->line = xrealloc(c->line, (c->nr + 1) * sizeof(*c->line));
		read_line(&c->line[c->nr], h, &t->series[i], most);
		take_range(c, &c->line[c->nr]);
		t->nr_marks += c->line[c->nr].nr_marks;
		c->nr++;
	}
	for (size_t i = 0; i < t->nr; i++)
		qsort(t->chart[i].line, t->chart[i].nr,
		      sizeof(*t->chart[i].line), by_variant);
	if (t->nr)
		qsort(t->chart, t->nr, sizeof(*t->chart), by_key);
}

void trend__free(struct trend *t)
{
	for (size_t i = 0; i < t->nr; i++) {
		struct trend_chart *c = &t->chart[i];

		for (size_t k = 0; k < c->nr; k++) {
			history__points_free(c->line[k].point, c->line[k].nr);
			free(c->line[k].when);
			free(c->line[k].mark);
		}
		free(c->line);
		free(c->newest);
	}
	free(t->chart);
	history__series_free(t->series, t->nr_series);
	*t = (struct trend) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Charts of the history; see trend.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "trend.h"

static bool same_chart(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload) &&
	       !strcmp(a->metric, b->metric);
}

static struct trend_chart *chart_of(struct trend *t, const struct history_series *s)
{
	struct trend_chart *c;

	/* The series are in order of their keys, so it is one of the newest. */
	for (size_t i = t->nr; i-- > 0;) {
		if (same_chart(&t->chart[i].key, &s->key))
			return &t->chart[i];
	}
	t->chart = xrealloc(t->chart, (t->nr + 1) * sizeof(*t->chart));
	c = &t->chart[t->nr++];
	*c = (struct trend_chart) {
		.key = s->key, .unit = s->unit,
		.exact = alert__is_exact(s->key.metric),
	};
	c->key.variant = NULL;
	return c;
}

/* Cycles a fault are the headline, and hot ones before cold ones. */
static int metric_rank(const char *metric)
{
	static const char *const first[] = { "cycles_hot", "cycles_cold",
					     "instructions" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(first) && strcmp(metric, first[i]); i++)
		;
	return i;
}

static int profile_rank(const char *profile)
{
	return strcmp(profile, "off") != 0;
}

static int in_order(const void *a, const void *b)
{
	const struct history_key *x = &((const struct trend_chart *)a)->key;
	const struct history_key *y = &((const struct trend_chart *)b)->key;
	int by[] = {
		strcmp(x->workload, y->workload),
		metric_rank(x->metric) - metric_rank(y->metric),
		strcmp(x->metric, y->metric),
		profile_rank(x->profile) - profile_rank(y->profile),
		strcmp(x->profile, y->profile), strcmp(x->base, y->base),
		strcmp(x->rig, y->rig), strcmp(x->machine, y->machine),
	};

	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		if (by[i])
			return by[i];
	}
	return 0;
}

static const struct alert_item *item_of(const struct alerts *a,
					const struct history_series *s)
{
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].series == s)
			return &a->item[i];
	}
	return NULL;
}

void trend__charts(struct trend *t, const struct alerts *a, bool means)
{
	*t = (struct trend) { 0 };
	for (size_t i = 0; i < a->nr_series; i++) {
		const struct history_series *s = &a->series[i];
		struct trend_chart *c;

		if (!s->points ||
		    (!means && !strcmp(s->key.metric, "instructions_mean")))
			continue;
		c = chart_of(t, s);
		c->line = xrealloc(c->line, (c->nr + 1) * sizeof(*c->line));
		c->line[c->nr++] = (struct trend_line) {
			.series = s, .item = item_of(a, s),
		};
	}
	if (t->nr)
		qsort(t->chart, t->nr, sizeof(*t->chart), in_order);
}

/* Of "2026-11-22T20:12:10Z"; what is no time is where the one before was. */
static double time_of(const char *text, double before)
{
	struct tm tm = { 0 };

	return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : before;
}

static void place(struct trend_chart *c, struct trend_line *l)
{
	double *level = alert__levels(l->p, l->nr, l->series->key.metric);

	l->at = xcalloc(l->nr, sizeof(*l->at));
	for (size_t i = 0; i < l->nr; i++) {
		struct trend_point *p = &l->at[i];

		*p = (struct trend_point) {
			.t = time_of(l->p[i].started, i ? p[-1].t : 0),
			.value = l->p[i].value, .level = level[i],
			.change = i && level[i] != level[i - 1],
		};
		c->first = fmin(c->first, p->t);
		c->last = fmax(c->last, p->t);
		c->least = fmin(c->least, p->value);
		c->most = fmax(c->most, p->value);
	}
	free(level);
}

void trend__load(struct trend_chart *c, struct history *h, size_t newest)
{
	c->first = c->least = INFINITY;
	c->last = c->most = -INFINITY;
	for (size_t i = 0; i < c->nr; i++) {
		struct trend_line *l = &c->line[i];

		l->p = history__points(h, l->series->id, newest, &l->nr);
		place(c, l);
	}
}

void trend__unload(struct trend_chart *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		history__points_free(c->line[i].p, c->line[i].nr);
		free(c->line[i].at);
		c->line[i].p = NULL;
		c->line[i].at = NULL;
		c->line[i].nr = 0;
	}
}

void trend__free(struct trend *t)
{
	for (size_t i = 0; i < t->nr; i++)
		free(t->chart[i].line);
	free(t->chart);
	*t = (struct trend) { 0 };
}

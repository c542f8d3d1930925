// SPDX-License-Identifier: GPL-2.0
/*
 * Which series are judged, and what of them was asked for; see alert_priv.h.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "attributed.h"
#include "difference.h"

/*
 * A mean over all faults has the timer ticks in it that fell into some of them,
 * and is kept for information alone.
 */
bool alert__watches(const char *metric)
{
	const char *mean = strstr(metric, "_mean");

	return !mean || mean[strlen("_mean")];
}

/* Of attributions, is it in the default, or was it asked for besides that? */
static bool is_watched(const struct alert_judging *j, const char *metric)
{
	char *figure = xasprintf("%.*s", (int)difference__figure(metric), metric);
	const bool asked = j->o->watch.nr &&
			   (selection__name(&j->o->watch, metric) ||
			    selection__name(&j->o->watch, figure));

	free(figure);
	return asked || attributed__is_judged(metric);
}

/* Is a metric, or what it is a difference of, among those that were asked for? */
static bool is_asked_by_name(const struct alert_judging *j, const char *metric)
{
	const struct selection *match = &j->o->match;
	const int n = difference__figure(metric);
	bool asked = false;

	for (enum difference d = 0; d <= NR_DIFFERENCES; d++) {
		char *name = xasprintf("%.*s%s", n, metric,
				       d == NR_DIFFERENCES ? "" :
				       difference_suffix[d]);
		const struct selected is = { .part = { [BY_METRIC] = name } };

		asked |= selection__has(match, &is);
		free(name);
	}
	return asked && (match->names[BY_METRIC].nr || match->patterns.nr);
}

/*
 * The series that are watched, of the rigs, bases, profiles and workloads that
 * match. Whatever the variant, metric and machine: what is asked for is judged
 * with its baseline, its difference, and its last instrument.
 */
void alert__load_series(struct alert_judging *j)
{
	struct selection any = j->o->match;
	struct alerts *a = j->a;

	any.patterns = (struct strlist) { 0 };
	any.names[BY_MACHINE] = any.names[BY_VARIANT] = any.patterns;
	any.names[BY_METRIC] = any.patterns;
	a->all = history__series(j->h, &any, &a->nr_all);
	a->series = xcalloc(a->nr_all + 1, sizeof(*a->series));
	j->in_all = xcalloc(a->nr_all + 1, sizeof(*j->in_all));
	for (size_t i = 0; i < a->nr_all; i++) {
		const char *metric = a->all[i].key.metric;

		if (!alert__watches(metric) ||
		    (attributed__is(metric) && !is_watched(j, metric) &&
		     !is_asked_by_name(j, metric)))
			continue;
		j->in_all[a->nr_series] = i;
		a->series[a->nr_series++] = a->all[i];
	}
	j->is = xcalloc(a->nr_series + 1, sizeof(*j->is));
	j->ended = xcalloc(a->nr_series + 1, sizeof(*j->ended));
	j->item = xcalloc(a->nr_series + 1, sizeof(*j->item));
}

/* Whether a series, whose items come with it, was asked for. */
bool alert__is_asked_for(const struct alert_judging *j,
			 const struct history_series *s)
{
	const struct selected is = history__selected(&s->key);

	return selection__has(&j->o->match, &is);
}

bool alert__names_metric(const struct alert_judging *j,
			 const struct history_series *s)
{
	const struct selected is = { .part = { [BY_METRIC] = s->key.metric } };

	return selection__has(&j->o->match, &is);
}

/* An item of a series that has ended stays where somebody has to do something. */
static bool is_left(const struct alert_judging *j, struct alert_item *i)
{
	i->ended = j->ended[i->series - j->a->series];
	return !i->ended || (alert__stays_open(i->v.is) && !i->covered);
}

/* Leave what was asked for, in its order: series first, then their items. */
void alert__narrow(struct alert_judging *j)
{
	struct alerts *a = j->a;
	size_t *to = xcalloc(a->nr_series + 1, sizeof(*to));
	size_t n = 0, items = 0;

	for (size_t i = 0; i < a->nr_series; i++) {
		to[i] = alert__is_asked_for(j, &a->series[i]) ? n : SIZE_MAX;
		n += to[i] != SIZE_MAX;
	}
	for (size_t i = 0; i < a->nr; i++) {
		size_t at = to[a->item[i].series - a->series];

		if (at == SIZE_MAX || !is_left(j, &a->item[i])) {
			alert__free_item(&a->item[i]);
			continue;
		}
		a->item[items] = a->item[i];
		a->item[items++].series = &a->series[at];
	}
	for (size_t i = 0; i < a->nr_series; i++) {
		if (to[i] == SIZE_MAX)
			continue;
		a->series[to[i]] = a->series[i];
		j->is[to[i]] = j->is[i];
		j->ended[to[i]] = j->ended[i];
	}
	a->nr = items;
	a->nr_series = n;
	free(to);
}

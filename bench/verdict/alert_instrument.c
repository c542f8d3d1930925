// SPDX-License-Identifier: GPL-2.0
/*
 * Exact series that go on under another instrument. QEMU's version is part of
 * their key, so the first night under a new one begins a series without an
 * accepted value. What was accepted under the old one holds for it where its
 * first figure is the old one's last or accepted figure: then the instrument
 * counts the same, and nothing happened meanwhile. Where both are of the same
 * sources, compiler and tools, the first figure is a bridge: the instrument alone moved
 * it, and what was accepted moves with it. Otherwise instrument and code cannot be
 * told apart, and it is not judged before somebody accepts it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"

/* Of one cell and metric? */
static int by_cell(const struct history_key *x, const struct history_key *y)
{
	int order = strcmp(x->rig, y->rig);

	order = order ?: strcmp(x->base, y->base);
	order = order ?: strcmp(x->variant, y->variant);
	order = order ?: strcmp(x->profile, y->profile);
	order = order ?: strcmp(x->workload, y->workload);
	return order ?: strcmp(x->metric, y->metric);
}

static int by_first(const void *a, const void *b)
{
	const struct history_series *x = *(const struct history_series *const *)a;
	const struct history_series *y = *(const struct history_series *const *)b;
	int order = by_cell(&x->key, &y->key);

	order = order ?: (x->first_added > y->first_added) -
			 (x->first_added < y->first_added);
	return order ?: (x->id > y->id) - (x->id < y->id);
}

void alert__chain(struct alert_judging *j)
{
	struct alerts *a = j->a;

	j->chain = xcalloc(a->nr_all + 1, sizeof(*j->chain));
	j->place = xcalloc(a->nr_all + 1, sizeof(*j->place));
	for (size_t i = 0; i < a->nr_all; i++)
		j->chain[i] = &a->all[i];
	if (a->nr_all)
		qsort(j->chain, a->nr_all, sizeof(*j->chain), by_first);
	for (size_t i = 0; i < a->nr_all; i++)
		j->place[j->chain[i] - a->all] = i;
}

void alert__chain_free(struct alert_judging *j)
{
	free(j->chain);
	free(j->place);
}

/* The series that this one goes on from, or NULL. */
static const struct history_series *before(const struct alert_judging *j,
					   const struct history_series *s)
{
	size_t i = j->place[s - j->a->all];
	const struct history_series *p = i ? j->chain[i - 1] : NULL;

	return p && p->last_added && !by_cell(&p->key, &s->key) &&
	       p->first_added != s->first_added ? p : NULL;
}

/* Equal, or closer than what boots of either differ by. */
static bool same_figure(const struct history_point *p, double value,
			double spread)
{
	double slack = fmax(isnan(p->spread) ? 0 : p->spread,
			    isnan(spread) ? 0 : spread);

	return fabs(p->value - value) <= slack;
}

static bool known_and_equal(const char *a, const char *b)
{
	return *a && !strcmp(a, b);
}

/*
 * Do two points differ by their instrument alone? A revision with changes says nothing,
 * and equal code is equal whatever made it, but for what is around the handler.
 */
static bool is_bridge(const struct history_point *a,
		      const struct history_point *b)
{
	const size_t n = strlen(a->revision);

	return a->setup && b->setup &&
	       known_and_equal(a->handler_sha256, b->handler_sha256) &&
	       known_and_equal(a->source_sha256, b->source_sha256) &&
	       known_and_equal(a->setup->compiler, b->setup->compiler) &&
	       known_and_equal(a->setup->program, b->setup->program) &&
	       known_and_equal(a->revision, b->revision) &&
	       !strchr("+?", a->revision[n - 1]);
}

/* What holds of what was accepted under the instrument before. */
static enum alert_measure carry_over(struct alert_judging *j,
				     const struct history_series *s,
				     const struct history_series *from,
				     struct history_accepted *accepted,
				     struct history_point *last)
{
	const struct history_series *older;
	struct history_point first, oldest;
	struct history_point unused;
	enum alert_measure is = alert__measure(j, from, accepted, &unused,
					       &older);
	bool same;

	if (is == MEASURE_FIRST && history__oldest(j->h, from->id, &oldest))
		accepted->value = oldest.value;
	if (!history__oldest(j->h, s->id, &first) ||
	    !history__newest_before(j->h, from->id, first.added, last))
		return MEASURE_FIRST;
	same = same_figure(&first, last->value, last->spread) ||
	       same_figure(&first, accepted->value, NAN);
	if (!same && is != MEASURE_UNKNOWN && is_bridge(&first, last)) {
		accepted->value += first.value - last->value;
		same = true;
	}
	return is != MEASURE_UNKNOWN && same ? MEASURE_ACCEPTED :
					       MEASURE_UNKNOWN;
}

/*
 * Cycles of a machine that took the place of another say nothing against those of
 * that; of two that are measured side by side each has its own first level.
 */
static enum alert_measure on_another_cpu(struct alert_judging *j,
					 const struct history_series *s,
					 struct history_accepted *accepted,
					 struct history_point *last,
					 const struct history_series **from)
{
	if ((*from)->last_added >= s->first_added ||
	    !history__newest_before(j->h, (*from)->id, s->first_added, last)) {
		*from = NULL;
		return MEASURE_FIRST;
	}
	accepted->value = last->value;
	return MEASURE_UNKNOWN;
}

enum alert_measure alert__measure(struct alert_judging *j,
				  const struct history_series *s,
				  struct history_accepted *accepted,
				  struct history_point *last,
				  const struct history_series **from)
{
	*from = NULL;
	if (history__accepted(j->h, s->id, accepted))
		return MEASURE_ACCEPTED;
	*from = before(j, s);
	if (!*from)
		return MEASURE_FIRST;
	if (!alert__is_exact(s->key.metric))
		return on_another_cpu(j, s, accepted, last, from);
	return carry_over(j, s, *from, accepted, last);
}

/* Is it known what a series is compared with? */
static bool is_known(struct alert_judging *j, const struct history_series *s)
{
	struct history_accepted accepted;
	struct history_point last;
	const struct history_series *from;
	enum alert_measure is = alert__measure(j, s, &accepted, &last, &from);

	history__accepted_free(&accepted);
	return is != MEASURE_UNKNOWN;
}

enum alert_goes_on alert__goes_on(struct alert_judging *j,
				  const struct history_series *s)
{
	enum alert_goes_on is = GOES_NOT_ON;

	if (!s->last_added || !alert__is_exact(s->key.metric))
		return is;
	for (size_t i = j->place[s - j->a->all] + 1; i < j->a->nr_all; i++) {
		const struct history_series *next = j->chain[i];

		if (by_cell(&next->key, &s->key))
			break;
		if (s->last_added >= next->first_added)
			continue;
		if (is_known(j, next))
			return GOES_ON_JUDGED;
		is = GOES_ON_UNJUDGED;
	}
	/* of those that nothing is known of, the newest says it */
	return is == GOES_ON_UNJUDGED && !is_known(j, s) ? GOES_ON_JUDGED : is;
}

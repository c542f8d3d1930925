// SPDX-License-Identifier: GPL-2.0
/*
 * What got worse, of all series; see alert.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "attributed.h"
#include "difference.h"

bool alert__counts(const struct alert_item *i)
{
	return !i->ack && !i->covered;
}

/* The metric of a difference's figure, or NULL. An ack of that holds for it. */
static char *figure_of(const char *metric)
{
	return difference__is(metric) ?
	       xasprintf("%.*s", (int)difference__figure(metric), metric) : NULL;
}

static bool is_of(const struct ack *ack, const struct history_key *k)
{
	char *figure = figure_of(k->metric);
	struct history_key of = *k;
	bool is = ack__matches(ack, k);

	of.metric = figure;
	is |= figure && ack__matches(ack, &of);
	free(figure);
	return is;
}

/* The ack that is of an item; one that holds goes before a void one. */
static void look_for_ack(struct alerts *a, struct alert_item *i,
			 const char *today)
{
	if (i->v.is != ALERT_SOFT && i->v.is != ALERT_HARD)
		return;
	for (size_t k = 0; k < a->acks->nr; k++) {
		const struct ack *ack = &a->acks->item[k];

		if (!is_of(ack, &i->series->key))
			continue;
		if (ack__expired(ack, today) || i->v.percent > ack->at_most) {
			i->void_ack = ack;
			continue;
		}
		a->ack_used[k] = true;
		i->ack = i->ack ?: ack;
	}
}

/* An item of a series, with where it began and what changed there. */
static struct alert_item *take(struct alert_judging *j, size_t series,
			       const struct alert_verdict *v,
			       const struct history_point *p, size_t nr,
			       const struct history_accepted *accepted)
{
	struct alerts *a = j->a;
	const struct history_series *s = &a->series[series];
	struct alert_item *i;

	a->item = xrealloc(a->item, (a->nr + 1) * sizeof(*a->item));
	i = &a->item[a->nr++];
	j->item[series] = a->nr;
	*i = (struct alert_item) { .series = s, .v = *v,
				   .accepted = *accepted };
	if (nr)
		i->newest = p[nr - 1];
	if (v->points)
		i->first = p[v->began];
	if (v->points && v->began) {
		i->before = p[v->began - 1];
		i->cause = alert__cause(&i->before, &i->first, s->key.metric);
		i->commits = alert__commits(&i->before, &i->first);
	}
	i->cause = i->cause ?: xstrdup("");
	i->commits = i->commits ?: xstrdup("");
	return i;
}

/*
 * What it is to be compared with is not known: another instrument with another
 * figure than before (from), or samples that were not kept (NULL).
 */
static void take_unjudged(struct alert_judging *j, size_t series,
			  const struct history_point *p, size_t nr,
			  const struct history_accepted *accepted,
			  struct history_point *before,
			  const struct history_series *from)
{
	struct alert_verdict v = alert__exact(p, nr, accepted,
					      &j->o->limits);
	struct alert_item *i;

	v.is = ALERT_UNJUDGED;
	v.began = 0;
	v.points = nr;
	i = take(j, series, &v, p, nr, accepted);
	free(i->cause);
	free(i->commits);
	i->before = from ? *before : (struct history_point) { 0 };
	i->commits = from ? alert__commits(before, &i->first) : xstrdup("");
	i->cause = from ? alert__instrument_cause(from->key.machine,
						  i->series->key.machine,
						  before, &i->first) :
		xstrdup("no one figure stands out, and the samples of the accepted run are not known");
}

static bool is_exact_figure(const char *metric)
{
	return alert__is_exact(metric) && !difference__is(metric);
}

/* A function that cost the same in both when the cell was attributed last. */
static void begin_at_equal(struct alert_item *i,
			   const struct history_point *before)
{
	if (!i->v.points || i->v.began)
		return;
	i->before = *before;
	free(i->cause);
	free(i->commits);
	i->cause = alert__cause(&i->before, &i->first, i->series->key.metric);
	i->commits = alert__commits(&i->before, &i->first);
}

static void judge_series(struct alert_judging *j, size_t series)
{
	struct alerts *a = j->a;
	const struct history_series *s = &a->series[series], *from;
	struct history_accepted accepted;
	struct history_point *p, before = { 0 };
	struct alert_verdict v;
	enum alert_measure is;
	bool equal = false;
	size_t nr;

	p = history__points(j->h, s->id, 0, &nr);
	is = alert__measure(j, &a->all[j->in_all[series]], &accepted, &before,
			    &from);
	if (is == MEASURE_FIRST && nr) {
		equal = alert__was_equal(j, s, p[0].added, &before);
		accepted.value = equal ? 0 : p[0].value;
		is = equal ? MEASURE_ACCEPTED : is;
	}
	if (is_exact_figure(s->key.metric) && nr &&
	    !alert__pair(j->h, p, nr, accepted.value) && is != MEASURE_UNKNOWN) {
		is = MEASURE_UNKNOWN;
		from = NULL;
	}
	v = (alert__is_exact(s->key.metric) ? alert__exact : alert__noisy)
		(p, nr, is == MEASURE_ACCEPTED ? &accepted : NULL,
		 &j->o->limits);
	if (is == MEASURE_UNKNOWN && nr) {
		take_unjudged(j, series, p, nr, &accepted, &before, from);
		v.is = ALERT_UNJUDGED;
	} else if (v.is != ALERT_NOTHING) {
		struct alert_item *i = take(j, series, &v, p, nr, &accepted);

		if (equal)
			begin_at_equal(i, &before);
	} else {
		history__accepted_free(&accepted);
	}
	j->is[series] = v.is;
	free(p);
}

bool alert__is_headline(const char *metric)
{
	return !strncmp(metric, "cycles_hot", strlen("cycles_hot"));
}

/* Cycles per fault are the headline; of each, differences come first. */
static int rank(const struct alert_item *i)
{
	const char *metric = i->series->key.metric;

	return 2 * alert__is_headline(metric) + difference__is(metric);
}

static int worst_first(const void *a, const void *b)
{
	const struct alert_item *x = a, *y = b;
	int by[] = {
		alert__counts(y) - alert__counts(x),
		(int)y->v.is - (int)x->v.is,
		rank(y) - rank(x),
		(fabs(y->v.percent) > fabs(x->v.percent)) -
		(fabs(y->v.percent) < fabs(x->v.percent)),
		(x->series > y->series) - (x->series < y->series),
	};

	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		if (by[i])
			return by[i];
	}
	return 0;
}

/* Of a difference: in the cell, else in the one that it is compared with. */
static void find_where(struct alert_item *i)
{
	struct history_key k = i->series->key;
	const char *profile;
	char *variant;

	alert_where__find(&i->where, &k, i->before.path, i->first.path);
	variant = i->where.nr ? NULL :
		difference__to(difference__of(k.metric), k.variant, k.profile,
			       &profile);
	if (!variant)
		return;
	alert_where__free(&i->where);
	k.variant = variant;
	k.profile = profile;
	alert_where__find(&i->where, &k, i->before.path, i->first.path);
	i->where.of_other = true;
	free(variant);
}

/* Attributions are files to read, so of the worst alone. */
static void find_functions(struct alerts *a)
{
	for (size_t i = 0; i < a->nr && i < ALERT_SHOWN; i++) {
		struct alert_item *k = &a->item[i];

		if (k->v.is >= ALERT_BASE && k->v.is != ALERT_SUSPECT &&
		    !k->covered && k->before.run &&
		    alert__is_exact(k->series->key.metric))
			find_where(k);
	}
}

void alert__free_item(struct alert_item *i)
{
	history__accepted_free(&i->accepted);
	free(i->cause);
	free(i->commits);
	for (size_t k = 0; k < i->nr_parts; k++)
		free(i->part[k].metric);
	free(i->part);
	strlist__free(&i->cell);
	alert_where__free(&i->where);
	strlist__free(&i->moved.workload);
	strlist__free(&i->moved.profile);
}

bool alert__is_apart(const struct alerts *a, const struct history_series *s)
{
	return a->others && attributed__is(s->key.metric);
}

static void count_series(struct alert_judging *j)
{
	struct alerts *a = j->a;

	for (size_t i = 0; i < a->nr_series; i++)
		a->others += !attributed__is(a->series[i].key.metric);
	for (size_t i = 0; i < a->nr_series; i++) {
		const enum alert_is is = j->ended[i] ? NR_ALERT_IS : j->is[i];
		const bool judged = is != NR_ALERT_IS && is != ALERT_FEW &&
				    is != ALERT_UNJUDGED;
		const bool cycles = alert__is_headline(a->series[i].key.metric);

		if (alert__is_apart(a, &a->series[i])) {
			a->attributed += judged;
			continue;
		}
		a->ended += is == NR_ALERT_IS;
		a->judged += judged;
		a->cycles.series += cycles;
		a->cycles.judged += cycles && judged;
		a->count[ALERT_NOTHING] += is == ALERT_NOTHING;
	}
}

static void count_item(struct alerts *a, const struct alert_item *i)
{
	const bool cycles = alert__is_headline(i->series->key.metric);

	a->open += i->ended && !i->ack;
	if (alert__is_apart(a, i->series) && (i->covered || i->v.is == ALERT_FEW)) {
		a->attributed_told += i->covered;
	} else if (i->covered) {
		a->covered++;
	} else if (i->ack) {
		a->acked++;
	} else {
		a->count[i->v.is]++;
		a->cycles.worse += cycles && (i->v.is == ALERT_SOFT ||
					      i->v.is == ALERT_HARD);
		a->cycles.suspect += cycles && i->v.is == ALERT_SUSPECT;
	}
}

static void judge_all(struct alert_judging *j)
{
	struct alerts *a = j->a;

	for (size_t i = 0; i < a->nr_series; i++) {
		j->is[i] = NR_ALERT_IS;
		j->ended[i] = alert__ended(j, i);
		if (!j->ended[i] || alert__may_be_open(j, i))
			judge_series(j, i);
	}
	for (size_t i = 0; i < a->nr; i++)
		look_for_ack(a, &a->item[i], j->o->today);
	alert__group(j);
	alert__narrow(j);
	count_series(j);
	for (size_t i = 0; i < a->nr; i++)
		count_item(a, &a->item[i]);
}

void alerts__judge(struct alerts *a, struct history *h,
		   const struct acks *acks, const struct alert_options *o)
{
	struct alert_judging j = { .a = a, .h = h, .o = o };

	*a = (struct alerts) { .acks = acks };
	a->ack_used = xcalloc(acks->nr, sizeof(*a->ack_used));
	alert__load_series(&j);
	alert__chain(&j);
	judge_all(&j);
	a->newest = alert__newest(a);
	alert__chain_free(&j);
	free(j.in_all);
	free(j.is);
	free(j.ended);
	free(j.item);
	if (a->nr)
		qsort(a->item, a->nr, sizeof(*a->item), worst_first);
	find_functions(a);
}

void alerts__free(struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++)
		alert__free_item(&a->item[i]);
	free(a->item);
	free(a->ack_used);
	free(a->series);
	history__series_free(a->all, a->nr_all);
	*a = (struct alerts) { 0 };
}

enum faultline_exit alerts__exit(const struct alerts *a)
{
	if (!a->nr_series)
		return EXIT_NO_DATA;
	if (a->count[ALERT_HARD] || a->count[ALERT_SOFT])
		return EXIT_REGRESSION;
	if (a->count[ALERT_SUSPECT] || a->count[ALERT_UNJUDGED])
		return EXIT_UNJUDGED;
	if (a->count[ALERT_BASE])
		return EXIT_BASE_MOVED;
	if (a->count[ALERT_BETTER])
		return EXIT_IMPROVED;
	return a->judged ? EXIT_OK : EXIT_UNJUDGED;
}

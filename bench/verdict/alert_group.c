// SPDX-License-Identifier: GPL-2.0
/*
 * Which items say one thing. A variant's figure is the baseline's and the
 * difference to it, and each of these has a series: what one of them says is not
 * said again by the figure. Baselines that moved while the differences stayed are
 * one item a base: the base moved, and its variants with it. A profile that got
 * more expensive over `off` in the baseline is one item as well.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "attributed.h"
#include "difference.h"
#include "points.h"

bool alert__moved(enum alert_is is)
{
	return is == ALERT_CHANGED || is == ALERT_BETTER || is == ALERT_SOFT ||
	       is == ALERT_HARD || is == ALERT_UNJUDGED;
}

/* How bad, whichever way it went: BETTER is beyond the soft limit as well. */
static int size_of(enum alert_is is)
{
	return is == ALERT_BETTER ? ALERT_SOFT : is;
}

static int by_key(const void *a, const void *b)
{
	const struct history_key *x = a;
	const struct history_key *y = &((const struct history_series *)b)->key;
	int order = strcmp(x->rig, y->rig);

	order = order ?: strcmp(x->machine, y->machine);
	order = order ?: strcmp(x->base, y->base);
	order = order ?: strcmp(x->variant, y->variant);
	order = order ?: strcmp(x->profile, y->profile);
	order = order ?: strcmp(x->workload, y->workload);
	return order ?: strcmp(x->metric, y->metric);
}

/* The series of a key, as long as it has a point of the run that s has last. */
static const struct history_series *series_of(const struct alert_judging *j,
					      const struct history_key *k,
					      const struct history_series *s)
{
	const struct alerts *a = j->a;
	const struct history_series *found = !a->nr_series ? NULL :
		bsearch(k, a->series, a->nr_series, sizeof(*a->series), by_key);

	return found && !strcmp(found->last, s->last) ? found : NULL;
}

/* One difference of a figure, where it was judged; or NULL. */
static const struct history_series *over_of(const struct alert_judging *j,
					    const struct history_series *s,
					    enum difference d)
{
	char *metric = xasprintf("%.*s%s", (int)difference__figure(s->key.metric),
				 s->key.metric, difference_suffix[d]);
	const struct history_series *over;
	struct history_key k = s->key;
	enum alert_is is;

	k.metric = metric;
	if (alert__is_exact(metric))
		k.machine = POINTS_ANY_INSTRUMENT;
	over = series_of(j, &k, s);
	free(metric);
	if (!over)
		return NULL;
	is = j->is[over - j->a->series];
	return is == NR_ALERT_IS || is == ALERT_FEW || is == ALERT_SUSPECT ?
	       NULL : over;
}

/* The same of the baseline. */
static const struct history_series *baseline_of(const struct alert_judging *j,
						const struct history_series *s)
{
	struct history_key k = s->key;

	k.variant = DIFFERENCE_BASELINE;
	return series_of(j, &k, s);
}

struct alert_item *alert__item(const struct alert_judging *j,
			       const struct history_series *s)
{
	size_t i = s ? j->item[s - j->a->series] : 0;

	return i ? &j->a->item[i - 1] : NULL;
}

double alert__by(const struct alert_item *i)
{
	return i && alert__moved(i->v.is) ? i->v.now - i->v.before : 0;
}

/*
 * Did a variant go with its baseline? By half of what that moved at least; more
 * is a change of its own on top, which the difference says.
 */
static bool follows(const struct alert_judging *j, const struct alert_item *base,
		    const struct history_series *over)
{
	double moved = alert__by(base);

	return alert__by(alert__item(j, over)) * copysign(1, moved) >= -fabs(moved) / 2;
}

/* Is it no less loud, in the same direction? */
static bool says(const struct alert_item *by_item, const struct alert_item *i)
{
	return by_item && alert__moved(by_item->v.is) &&
	       size_of(by_item->v.is) >= size_of(i->v.is) &&
	       signbit(alert__by(by_item)) == signbit(alert__by(i));
}

static bool is_figure(const struct alert_item *i)
{
	return !difference__is(i->series->key.metric);
}

static bool is_baseline(const struct history_key *k)
{
	return !strcmp(k->variant, DIFFERENCE_BASELINE);
}

void alert__cover(struct alert_judging *j, struct alert_item *i,
		  const struct alert_item *by)
{
	i->covered = true;
	j->covered_by[i - j->a->item] = by - j->a->item + 1;
}

/* What is watched of an attribution is said by what was asked for as well. */
static bool may_cover(const struct alert_judging *j, const struct alert_item *by,
		      const struct alert_item *i)
{
	return !attributed__is(i->series->key.metric) ||
	       alert__names_metric(j, by->series);
}

/* A figure that one of its differences has said. */
static bool cover_by(struct alert_judging *j, struct alert_item *i,
		     enum difference d)
{
	struct alert_item *diff = alert__item(j, over_of(j, i->series, d));

	if (!says(diff, i) || !may_cover(j, diff, i))
		return false;
	alert__cover(j, i, diff);
	diff->figure_before = i->v.before;
	diff->figure_now = i->v.now;
	return true;
}

/* Is the baseline's figure compared with an accepted one? */
static bool baseline_is_judged(const struct alert_judging *j,
			       const struct history_series *s)
{
	const struct history_series *base = baseline_of(j, s);
	enum alert_is is = base && base != s ? j->is[base - j->a->series] : NR_ALERT_IS;

	return is != NR_ALERT_IS && is != ALERT_FEW && is != ALERT_UNJUDGED;
}

/*
 * A figure, which a difference or its baseline has said. Of one that is not known under
 * another instrument both are known, and so is it.
 */
static void cover_figure(struct alert_judging *j, struct alert_item *i)
{
	const struct history_series *over = over_of(j, i->series, OVER_BASELINE);
	struct alert_item *base = alert__item(j, baseline_of(j, i->series));

	for (enum difference d = 0; d < NR_DIFFERENCES; d++) {
		if (cover_by(j, i, d))
			return;
	}
	if (over && base != i && base && alert__moved(base->v.is) &&
	    follows(j, base, over) && may_cover(j, base, i) &&
	    (!alert__by(alert__item(j, over)) || says(base, i)))
		alert__cover(j, i, base);
	if (i->v.is == ALERT_UNJUDGED && over && baseline_is_judged(j, i->series))
		i->covered = true;
}

/*
 * Is it the cell that this one is compared with that moved, the other way, and says
 * so over its own baseline?
 */
static const struct alert_item *other_says(const struct alert_judging *j,
					   const struct alert_item *i)
{
	struct history_key k = i->series->key;
	enum difference d = difference__of(k.metric);
	char *variant = difference__to(d, k.variant, k.profile, &k.profile);
	char *metric = xasprintf("%.*s%s", (int)difference__figure(k.metric),
				 k.metric, difference_suffix[OVER_BASELINE]);
	const struct alert_item *other = NULL;

	k.variant = variant;
	k.metric = metric;
	if (variant)
		other = alert__item(j, series_of(j, &k, i->series));
	free(metric);
	free(variant);
	return other && alert__by(other) * alert__by(i) < 0 &&
	       fabs(alert__by(other)) >= fabs(alert__by(i)) / 2 ? other : NULL;
}

/*
 * What a variant over its baseline says, the others of the cell do not say again;
 * nor what the baseline's profile has said.
 */
static void cover_difference(struct alert_judging *j, struct alert_item *i)
{
	const struct alert_item *over, *base, *by;

	if (difference__of(i->series->key.metric) == OVER_BASELINE)
		return;
	over = alert__item(j, over_of(j, i->series, OVER_BASELINE));
	base = is_baseline(&i->series->key) ? NULL :
	       alert__item(j, baseline_of(j, i->series));
	by = says(over, i) ? over : other_says(j, i);
	by = by ?: (says(base, i) ? base : NULL);
	if (by)
		alert__cover(j, i, by);
}

/* Of the variants of one baseline's series: those whose difference is known. */
struct followers {
	size_t nr, that_follow;
};

static bool same_row(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->metric, b->metric);
}

/* Series of a rig, machine and base lie next to each other. */
static bool same_base(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base);
}

static void count_follower(const struct alert_judging *j,
			   const struct alert_item *base, size_t i,
			   struct followers *f)
{
	const struct history_series *s = &j->a->series[i], *over;

	if (is_baseline(&s->key) || !same_row(&s->key, &base->series->key))
		return;
	over = over_of(j, s, OVER_BASELINE);
	f->nr += !!over;
	f->that_follow += over && follows(j, base, over);
}

static struct followers followers_of(const struct alert_judging *j,
				     const struct alert_item *base)
{
	const struct alerts *a = j->a;
	const struct history_key *k = &base->series->key;
	size_t at = base->series - a->series;
	struct followers f = { 0 };

	for (size_t i = at; i && same_base(&a->series[i - 1].key, k); i--)
		count_follower(j, base, i - 1, &f);
	for (size_t i = at; i < a->nr_series && same_base(&a->series[i].key, k); i++)
		count_follower(j, base, i, &f);
	return f;
}

static bool one_group(const struct alert_item *a, const struct alert_item *b)
{
	const struct history_key *x = &a->series->key, *y = &b->series->key;

	return same_base(x, y) &&
	       (!strcmp(x->metric, y->metric) ||
		(attributed__is(x->metric) && attributed__is(y->metric))) &&
	       (is_figure(a) || !strcmp(x->profile, y->profile)) &&
	       (a->v.is == ALERT_UNJUDGED) == (b->v.is == ALERT_UNJUDGED);
}

static bool is_new(struct strlist *l, const char *name)
{
	if (strlist__has(l, name))
		return false;
	strlist__add(l, name);
	return true;
}

static void join(struct alert_judging *j, struct alert_item *head,
		 struct alert_item *i, const struct followers *f)
{
	if (head != i) {
		alert__cover(j, i, head);
		if (size_of(i->v.is) > size_of(head->v.is))
			head->v.is = i->v.is;
	}
	if (!head->moved.workloads) {
		head->moved.least = head->moved.most = alert__by(i);
	} else {
		head->moved.least = fmin(head->moved.least, alert__by(i));
		head->moved.most = fmax(head->moved.most, alert__by(i));
	}
	if (f->nr > head->moved.variants)
		head->moved.variants = f->nr;
	head->moved.workloads += is_new(&head->moved.workload,
					i->series->key.workload);
	head->moved.profiles += is_new(&head->moved.profile,
				       i->series->key.profile);
}

/* The baselines that moved with all of their variants, an item a base. */
static void join_bases(struct alert_judging *j)
{
	struct alerts *a = j->a;
	size_t head = a->nr;

	for (size_t i = 0; i < a->nr; i++) {
		struct alert_item *k = &a->item[i];
		struct followers f;

		if (!is_figure(k) || !is_baseline(&k->series->key) || k->ack ||
		    k->covered || !alert__moved(k->v.is))
			continue;
		f = followers_of(j, k);
		if (!f.nr || f.that_follow < f.nr)
			continue;
		for (head = 0; head < i; head++) {
			if (a->item[head].moved.workloads &&
			    one_group(&a->item[head], k) &&
			    may_cover(j, &a->item[head], k))
				break;
		}
		join(j, &a->item[head], k, &f);
	}
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].moved.workloads && is_figure(&a->item[i]) &&
		    size_of(a->item[i].v.is) >= ALERT_SOFT)
			a->item[i].v.is = ALERT_BASE;
	}
}

/* The workloads in which a profile got worse over `off`, in the baseline. */
static void join_profiles(struct alert_judging *j)
{
	const struct followers none = { 0 };
	struct alerts *a = j->a;

	for (size_t i = 0; i < a->nr; i++) {
		struct alert_item *k = &a->item[i];
		size_t head;

		if (difference__of(k->series->key.metric) != OVER_OFF ||
		    !is_baseline(&k->series->key) || k->ack || k->covered ||
		    size_of(k->v.is) < ALERT_SOFT || k->v.is == ALERT_BETTER)
			continue;
		for (head = 0; head < i; head++) {
			if (a->item[head].moved.workloads &&
			    one_group(&a->item[head], k))
				break;
		}
		join(j, &a->item[head], k, &none);
	}
}

void alert__group(struct alert_judging *j)
{
	j->covered_by = xcalloc(j->a->nr + 1, sizeof(*j->covered_by));
	alert__mark_attributed(j);
	for (size_t i = 0; i < j->a->nr; i++) {
		struct alert_item *k = &j->a->item[i];

		if (is_figure(k) && alert__moved(k->v.is))
			cover_figure(j, k);
		else if (!is_figure(k) && alert__moved(k->v.is))
			cover_difference(j, k);
	}
	join_bases(j);
	join_profiles(j);
	alert__group_attributed(j);
	free(j->covered_by);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What got worse, of all series; see alert.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alert.h"

static char *copy(const char *s)
{
	return xstrdup(s ?: "");
}

static struct history_point copy_point(const struct history_point *p)
{
	struct history_point c = *p;

	c.run = copy(p->run);
	c.started = copy(p->started);
	c.handler_sha256 = copy(p->handler_sha256);
	c.release = copy(p->release);
	c.source_sha256 = copy(p->source_sha256);
	c.revision = copy(p->revision);
	c.path = copy(p->path);
	return c;
}

static void free_point(struct history_point *p)
{
	free(p->run);
	free(p->started);
	free(p->handler_sha256);
	free(p->release);
	free(p->source_sha256);
	free(p->revision);
	free(p->path);
}

static bool differ(const char *a, const char *b)
{
	return *a && *b && strcmp(a, b);
}

/* What is not the same in two points' kernel and tool, " a and b", or "". */
static char *changed_of(const struct history_point *a,
			const struct history_point *b)
{
	bool release = differ(a->release, b->release);
	bool source = differ(a->source_sha256, b->source_sha256);
	const char *tool = differ(a->revision, b->revision) ?
		"another revision of the variants and tools" : "";
	const char *and = *tool ? " and " : "";

	if (release)
		return xasprintf("kernel %s -> %s%s%s", a->release, b->release,
				 and, tool);
	if (source)
		return xasprintf("another source of kernel %s%s%s", b->release,
				 and, tool);
	return xstrdup(tool);
}

static char *cause_of(const struct history_point *a,
		      const struct history_point *b, bool exact)
{
	char *changed = changed_of(a, b), *text;
	const char *with = *changed ? ", with " : "";

	if (!*a->handler_sha256 || !*b->handler_sha256)
		text = xasprintf("it is not known whether the handler's code changed%s%s",
				 with, changed);
	else if (differ(a->handler_sha256, b->handler_sha256) && *changed)
		text = xasprintf("the handler's code changed, with %s", changed);
	else if (differ(a->handler_sha256, b->handler_sha256))
		text = xstrdup("the handler's code changed, though neither the kernel's source nor the revision did: look at compiler and configuration");
	else if (exact)
		text = xasprintf("the handler's code is the same, so this is a change of the rig, or of the kernel around the handler%s%s",
				 with, changed);
	else
		text = xasprintf("the handler's code is the same, so this is a change of the machine, the layouts or the rig%s%s",
				 with, changed);
	free(changed);
	return text;
}

static char *commits_of(const struct history_point *a,
			const struct history_point *b)
{
	if (!*a->revision || !*b->revision)
		return xstrdup("");
	if (!strcmp(a->revision, b->revision))
		return xstrdup(a->revision);
	return xasprintf("%s..%s", a->revision, b->revision);
}

bool alert__counts(const struct alert_item *i)
{
	return !i->ack && !i->covered;
}

/* The ack that is of an item; one that holds goes before a void one. */
static void look_for_ack(struct alerts *a, struct alert_item *i,
			 const char *today)
{
	if (i->v.is != ALERT_SOFT && i->v.is != ALERT_HARD)
		return;
	for (size_t k = 0; k < a->acks->nr; k++) {
		const struct ack *ack = &a->acks->item[k];

		if (!ack__matches(ack, &i->series->key))
			continue;
		if (ack__expired(ack, today) || i->v.percent > ack->at_most) {
			i->void_ack = ack;
			continue;
		}
		a->ack_used[k] = true;
		i->ack = i->ack ?: ack;
	}
}

static void take(struct alerts *a, const struct history_series *s,
		 const struct alert_verdict *v,
		 const struct history_point *p, size_t nr,
		 const struct history_accepted *accepted,
		 const struct alert_options *o)
{
	struct alert_item *i;

	a->item = xrealloc(a->item, (a->nr + 1) * sizeof(*a->item));
	i = &a->item[a->nr++];
	*i = (struct alert_item) { .series = s, .v = *v,
				   .accepted = *accepted };
	if (nr)
		i->newest = copy_point(&p[nr - 1]);
	if (!v->points)
		goto out;
	i->first = copy_point(&p[v->began]);
	if (v->began) {
		i->before = copy_point(&p[v->began - 1]);
		i->cause = cause_of(&i->before, &i->first,
				    alert__is_exact(s->key.metric));
		i->commits = commits_of(&i->before, &i->first);
	}
out:
	i->cause = i->cause ?: xstrdup("");
	i->commits = i->commits ?: xstrdup("");
	look_for_ack(a, i, o->today);
}

static void judge_series(struct alerts *a, struct history *h,
			 const struct history_series *s,
			 const struct alert_options *o)
{
	struct history_accepted accepted;
	struct alert_verdict v;
	struct history_point *p;
	size_t nr;
	bool is;

	p = history__points(h, s->id, 0, &nr);
	is = history__accepted(h, s->id, &accepted);
	v = (alert__is_exact(s->key.metric) ? alert__exact : alert__noisy)
		(p, nr, is ? &accepted : NULL, &o->limits);
	a->judged += v.is != ALERT_FEW;
	if (v.is != ALERT_NOTHING)
		take(a, s, &v, p, nr, &accepted, o);
	else
		history__accepted_free(&accepted);
	a->count[ALERT_NOTHING] += v.is == ALERT_NOTHING;
	history__points_free(p, nr);
}

/* Days since 1970 of "2026-11-22T..."; 0 of what is no time. */
static long day_of(const char *started)
{
	struct tm tm = { 0 };

	if (!strptime(started, "%Y-%m-%d", &tm))
		return 0;
	return timegm(&tm) / 86400;
}

/* The newest point of a rig, "" without one. */
static const char *newest_of(const struct alerts *a, const char *rig)
{
	const char *newest = "";

	for (size_t i = 0; i < a->nr_series; i++) {
		if ((!rig || !strcmp(a->series[i].key.rig, rig)) &&
		    strcmp(a->series[i].last, newest) > 0)
			newest = a->series[i].last;
	}
	return newest;
}

static bool has_ended(const struct alerts *a, const struct history_series *s,
		      unsigned int days)
{
	return !s->points ||
	       day_of(newest_of(a, s->key.rig)) - day_of(s->last) > days;
}

static bool same_cell(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->variant, b->variant) &&
	       !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload);
}

/* The mean of all faults says what the typical fault has said. */
static void cover_means(struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		struct alert_item *m = &a->item[i];

		if (strcmp(m->series->key.metric, "instructions_mean"))
			continue;
		for (size_t k = 0; k < a->nr && !m->covered; k++) {
			const struct alert_item *t = &a->item[k];

			m->covered = !strcmp(t->series->key.metric,
					     "instructions") &&
				     same_cell(&t->series->key,
					       &m->series->key) &&
				     t->v.is >= m->v.is &&
				     !signbit(t->v.percent) ==
				     !signbit(m->v.percent) &&
				     (!t->ack || m->ack || m->v.is < ALERT_SOFT);
		}
	}
}

/* Cycles a fault are the headline. */
static int rank(const struct alert_item *i)
{
	return strncmp(i->series->key.metric, "cycles_hot", 10) ? 0 : 1;
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

/* Attributions are files to read, so of the worst alone. */
static void find_functions(struct alerts *a)
{
	for (size_t i = 0; i < a->nr && i < ALERT_SHOWN; i++) {
		struct alert_item *k = &a->item[i];

		if ((k->v.is == ALERT_SOFT || k->v.is == ALERT_HARD) &&
		    !k->covered && k->before.run &&
		    alert__is_exact(k->series->key.metric))
			alert_where__find(&k->where, &k->series->key,
					  k->before.path, k->first.path);
	}
}

void alerts__judge(struct alerts *a, struct history *h,
		   const struct acks *acks, const struct alert_options *o)
{
	*a = (struct alerts) { .acks = acks };
	a->ack_used = xcalloc(acks->nr, sizeof(*a->ack_used));
	a->series = history__series(h, &o->match, &a->nr_series);
	a->newest = newest_of(a, NULL);
	for (size_t i = 0; i < a->nr_series; i++) {
		if (has_ended(a, &a->series[i], o->ended_days))
			a->ended++;
		else
			judge_series(a, h, &a->series[i], o);
	}
	cover_means(a);
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].ack)
			a->acked += !a->item[i].covered;
		else if (!a->item[i].covered)
			a->count[a->item[i].v.is]++;
	}
	if (a->nr)
		qsort(a->item, a->nr, sizeof(*a->item), worst_first);
	find_functions(a);
}

void alerts__free(struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		struct alert_item *k = &a->item[i];

		free_point(&k->before);
		free_point(&k->first);
		free_point(&k->newest);
		history__accepted_free(&k->accepted);
		free(k->cause);
		free(k->commits);
		alert_where__free(&k->where);
	}
	free(a->item);
	free(a->ack_used);
	history__series_free(a->series, a->nr_series);
	*a = (struct alerts) { 0 };
}

enum faultline_exit alerts__exit(const struct alerts *a)
{
	if (!a->nr_series)
		return EXIT_NO_DATA;
	if (a->count[ALERT_HARD] || a->count[ALERT_SOFT])
		return EXIT_REGRESSION;
	if (a->count[ALERT_SUSPECT])
		return EXIT_UNJUDGED;
	if (a->count[ALERT_BETTER])
		return EXIT_IMPROVED;
	return a->judged ? EXIT_OK : EXIT_UNJUDGED;
}

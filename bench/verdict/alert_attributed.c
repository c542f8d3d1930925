// SPDX-License-Identifier: GPL-2.0
/*
 * Figures of attributions among the items; see alert_priv.h. A fault that got worse
 * does so in functions, stores and bytes of stack as well: they are listed with it.
 * What nothing else of the cell says is one item a cell.
 *
 * Code that is inlined, or takes another name, goes from one function to another and
 * costs what it did. So where functions come and go none of them is judged, but the
 * whole path, which is watched as well (path_instructions); the item says so. A
 * compiler or emulator makes other functions of the same source: what moves with one
 * is one item a base, unjudged until somebody accepts it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_priv.h"
#include "attributed.h"
#include "difference.h"
#include "points.h"

static bool is_attributed(const struct alert_item *i)
{
	return attributed__is(i->series->key.metric);
}

static bool is_function(const struct alert_item *i)
{
	return attributed__is_function(i->series->key.metric);
}

static bool is_worse(const struct alert_item *i)
{
	return i->v.is == ALERT_SOFT || i->v.is == ALERT_HARD;
}

static bool is_told(const struct alert_item *i)
{
	return alert__moved(i->v.is) || i->v.is == ALERT_BASE;
}

static bool same_base(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->base, b->base);
}

static bool same_cell(const struct history_key *a, const struct history_key *b)
{
	return same_base(a, b) && !strcmp(a->variant, b->variant) &&
	       !strcmp(a->profile, b->profile) &&
	       !strcmp(a->workload, b->workload);
}

/* The figure that a difference is of, in the cell of a variant; or NULL. */
static const struct history_series *figure_of(const struct alert_judging *j,
					      const struct history_series *over,
					      const char *variant)
{
	const size_t n = difference__figure(over->key.metric);
	struct history_key k = over->key;

	k.variant = variant;
	for (size_t i = 0; i < j->a->nr_series; i++) {
		const struct history_series *s = &j->a->series[i];

		if (same_cell(&s->key, &k) && strlen(s->key.metric) == n &&
		    !strncmp(s->key.metric, k.metric, n) &&
		    !strcmp(s->last, over->last))
			return s;
	}
	return NULL;
}

static enum alert_code came_or_went(double before, double now)
{
	return !before && now ? ALERT_CODE_CAME :
	       before && !now ? ALERT_CODE_WENT : ALERT_CODE_STAYED;
}

/* Is a function not executed any more, or newly: of a difference, in either cell. */
static enum alert_code code_of(const struct alert_judging *j,
			       const struct alert_item *i)
{
	const struct history_series *own, *base;
	double base_by, by;
	enum alert_code code;

	if (!difference__is(i->series->key.metric))
		return came_or_went(i->v.before, i->v.now);
	own = figure_of(j, i->series, i->series->key.variant);
	base = figure_of(j, i->series, DIFFERENCE_BASELINE);
	if (!own || !base)
		return ALERT_CODE_STAYED;
	base_by = alert__by(alert__item(j, base));
	by = alert__by(i) + base_by;
	code = came_or_went(own->value - by, own->value);
	return code != ALERT_CODE_STAYED ? code :
	       came_or_went(base->value - base_by, base->value);
}

/* Where functions of a cell come or go, what the others do is no verdict either. */
static void unjudge_moved_code(struct alert_judging *j,
			       const struct alert_item *of)
{
	for (size_t i = 0; i < j->a->nr; i++) {
		struct alert_item *k = &j->a->item[i];

		if (!is_function(k) || k->ack ||
		    !same_cell(&k->series->key, &of->series->key))
			continue;
		k->code_moved = true;
		if (is_worse(k) || k->v.is == ALERT_BETTER)
			k->v.is = ALERT_CHANGED;
	}
}

void alert__mark_attributed(struct alert_judging *j)
{
	struct alerts *a = j->a;

	for (size_t i = 0; i < a->nr; i++) {
		if (is_function(&a->item[i]) && alert__moved(a->item[i].v.is))
			a->item[i].code = code_of(j, &a->item[i]);
	}
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].code != ALERT_CODE_STAYED &&
		    !a->item[i].code_moved)
			unjudge_moved_code(j, &a->item[i]);
	}
}

/* Did it begin with another compiler or emulator? Then those may be all that moved it. */
static bool is_built_otherwise(const struct alert_item *i)
{
	return i->before.run && i->first.run &&
	       alert__built_otherwise(&i->before, &i->first);
}

static void unjudge_built_otherwise(struct alert_judging *j)
{
	for (size_t i = 0; i < j->a->nr; i++) {
		struct alert_item *k = &j->a->item[i];

		if (is_attributed(k) && !k->covered && !k->ack &&
		    (is_worse(k) || k->v.is == ALERT_BETTER) &&
		    is_built_otherwise(k))
			k->v.is = ALERT_UNJUDGED;
	}
}

/* The item that says this one, through those that it is covered by. */
static struct alert_item *head_of(const struct alert_judging *j,
				  struct alert_item *i)
{
	for (size_t n = 0; n < j->a->nr && i->covered; n++) {
		const size_t by = j->covered_by[i - j->a->item];

		if (!by)
			break;
		i = &j->a->item[by - 1];
	}
	return i;
}

/* May a fault that moved have one of its parts listed with it, and not told? */
static bool explains(const struct alert_item *head, const struct alert_item *i)
{
	return is_worse(head) ||
	       (!is_worse(i) &&
		(i->v.is != ALERT_UNJUDGED || head->v.is == ALERT_UNJUDGED ||
		 head->v.is == ALERT_BASE)) ||
	       (i->v.is == ALERT_BASE && head->v.is == ALERT_BASE);
}

/* What the instructions of the cell say, as far as that was asked for; or NULL. */
static struct alert_item *fault_of(const struct alert_judging *j,
				   const struct alert_item *i)
{
	for (size_t n = 0; n < j->a->nr; n++) {
		struct alert_item *k = &j->a->item[n], *head;

		if (is_attributed(k) || !is_told(k) ||
		    !alert__is_exact(k->series->key.metric) ||
		    !same_cell(&k->series->key, &i->series->key))
			continue;
		head = head_of(j, k);
		if (!is_attributed(head) && !head->covered &&
		    alert__names_metric(j, head->series) && explains(head, i))
			return head;
	}
	return NULL;
}

static int loudness(const struct alert_item *i)
{
	return is_worse(i) || i->v.is == ALERT_UNJUDGED ? 10 + i->v.is :
	       i->v.is == ALERT_CHANGED ? 0 : 5 + i->v.is;
}

static bool is_louder(const struct alert_item *a, const struct alert_item *b)
{
	const double x = fabs(a->v.percent), y = fabs(b->v.percent);

	return loudness(a) != loudness(b) ? loudness(a) > loudness(b) :
	       isnan(x) != isnan(y) ? isnan(x) : x > y;
}

/* One item of both: of a cell, or of a base where what builds it is another. */
static bool one_group(const struct alert_item *a, const struct alert_item *b)
{
	const struct history_key *x = &a->series->key, *y = &b->series->key;

	return same_cell(x, y) ||
	       (same_base(x, y) && a->v.is == b->v.is && !is_worse(a) &&
		((a->v.is == ALERT_UNJUDGED && b->v.is == ALERT_UNJUDGED) ||
		 (is_built_otherwise(a) && is_built_otherwise(b))));
}

static bool is_open(const struct alert_judging *j, const struct alert_item *i)
{
	return is_attributed(i) && !i->covered && is_told(i) &&
	       !i->ack && alert__is_asked_for(j, i->series);
}

static void cover_one(struct alert_judging *j, struct alert_item *i)
{
	struct alert_item *head = fault_of(j, i);

	if (!head) {
		head = i;
		for (size_t n = 0; n < j->a->nr; n++) {
			struct alert_item *k = &j->a->item[n];

			if (k != i && is_open(j, k) && one_group(k, i) &&
			    (is_louder(k, head) ||
			     (k < head && !is_louder(head, k))))
				head = k;
		}
	}
	if (head != i)
		alert__cover(j, i, head);
}

static double delta(const struct alert_item *i)
{
	return i->v.now - i->v.before;
}

/* A part of the head's, once for each figure: where it is largest. The cell itself is no part. */
static void add_part(struct alert_item *head, const struct alert_item *i)
{
	const char *metric = i->series->key.metric;
	const size_t n = difference__figure(metric);
	struct alert_part *p = NULL;

	if (n == difference__figure(head->series->key.metric) &&
	    !strncmp(head->series->key.metric, metric, n))
		return;
	for (size_t k = 0; k < head->nr_parts && !p; k++) {
		if (strlen(head->part[k].metric) == n &&
		    !strncmp(head->part[k].metric, metric, n))
			p = &head->part[k];
	}
	if (!p) {
		head->part = xrealloc(head->part, (head->nr_parts + 1) *
				      sizeof(*head->part));
		p = &head->part[head->nr_parts++];
		*p = (struct alert_part) {
			.metric = xasprintf("%.*s", (int)n, metric) };
	}
	if (fabs(delta(i)) > fabs(p->diff))
		p->diff = delta(i);
	if (i->code != ALERT_CODE_STAYED)
		p->code = i->code;
}

static int by_size(const void *a, const void *b)
{
	const struct alert_part *x = a, *y = b;
	const double dx = fabs(x->diff), dy = fabs(y->diff);
	const bool fx = attributed__is_function(x->metric);
	const bool fy = attributed__is_function(y->metric);

	return fx != fy ? fy - fx : dx != dy ? (dy > dx) - (dy < dx) :
	       strcmp(x->metric, y->metric);
}

static void add_cell(struct alert_item *head, const struct history_key *k)
{
	char *cell = xasprintf("%s %s %s", k->variant, k->profile, k->workload);

	if (!strlist__has(&head->cell, cell))
		strlist__add(&head->cell, cell);
	free(cell);
}

static void list_parts(struct alert_judging *j)
{
	struct alerts *a = j->a;

	for (size_t i = 0; i < a->nr; i++) {
		struct alert_item *k = &a->item[i], *head;

		if (!is_attributed(k) || !is_told(k) || k->ack)
			continue;
		head = head_of(j, k);
		if (head == k)
			continue;
		add_cell(head, &head->series->key);
		add_cell(head, &k->series->key);
		add_part(head, k);
	}
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].nr_parts)
			qsort(a->item[i].part, a->item[i].nr_parts,
			      sizeof(*a->item[i].part), by_size);
	}
}

void alert__group_attributed(struct alert_judging *j)
{
	unjudge_built_otherwise(j);
	for (size_t i = 0; i < j->a->nr; i++) {
		if (is_open(j, &j->a->item[i]))
			cover_one(j, &j->a->item[i]);
	}
	list_parts(j);
}

bool alert__was_equal(struct alert_judging *j, const struct history_series *s,
		      int64_t first, struct history_point *before)
{
	static const char whole[] = ATTRIBUTED_PATH "instructions_over_baseline";
	const struct alerts *a = j->a;

	if (!attributed__is_function(s->key.metric) ||
	    !attributed__is_judged(s->key.metric) ||
	    difference__of(s->key.metric) != OVER_BASELINE)
		return false;
	for (size_t i = 0; i < a->nr_all; i++) {
		if (same_cell(&a->all[i].key, &s->key) &&
		    !strcmp(a->all[i].key.metric, whole) && a->all[i].last_added)
			return history__newest_before(j->h, a->all[i].id, first,
						      before);
	}
	return false;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What measures, and what is measured, from one run to the next of a rig and base:
 * where it is another one, that is an event. Nothing of it is stored but what each
 * run was measured with, so that a run that is withdrawn takes its events with it.
 * See history.h.
 */
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

enum { NR_WHATS = 5 };

static const char *const what[NR_WHATS] = {
	"instrument", "program", "compiler", "kernel", "source",
};

/* What a run of a rig and base was measured with; several where it had several. */
struct state {
	char *run, *rig, *base;
	int64_t added, started;
	struct strlist of[NR_WHATS];
};

static void state__free(struct state *s)
{
	free(s->run);
	free(s->rig);
	free(s->base);
	for (size_t i = 0; i < NR_WHATS; i++)
		strlist__free(&s->of[i]);
	*s = (struct state) { 0 };
}

struct list {
	struct history_event *event;
	size_t nr;
};

static bool same(const struct strlist *a, const struct strlist *b)
{
	bool is = a->nr == b->nr;

	for (size_t i = 0; i < a->nr && is; i++)
		is = !strcmp(a->item[i], b->item[i]);
	return is;
}

static void compare(struct list *l, const struct state *a,
		    const struct state *b)
{
	bool kernel = false;

	for (size_t i = 0; i < NR_WHATS; i++) {
		if (!a->of[i].nr || same(&a->of[i], &b->of[i]))
			continue;
		/* another kernel is another source */
		if (!strcmp(what[i], "kernel"))
			kernel = true;
		else if (!strcmp(what[i], "source") && kernel)
			continue;
		l->event = xrealloc(l->event, (l->nr + 1) * sizeof(*l->event));
		l->event[l->nr++] = (struct history_event) {
			.run = xstrdup(b->run), .added = b->added,
			.started = history__time_text(b->started),
			.rig = xstrdup(b->rig), .base = xstrdup(b->base),
			.what = what[i],
			.before = strlist__join(&a->of[i], ", "),
			.after = strlist__join(&b->of[i], ", "),
		};
	}
}

static void take(struct state *s, sqlite3_stmt *row)
{
	for (size_t i = 0; i < NR_WHATS; i++) {
		char *text = history__text(row, 5 + i);

		if (*text && !strlist__has(&s->of[i], text))
			strlist__add(&s->of[i], text);
		free(text);
	}
}

static bool same_place(const struct state *a, const struct state *b)
{
	return a->run && b->run && !strcmp(a->rig, b->rig) &&
	       !strcmp(a->base, b->base);
}

/* What a run of an older Faultline does not say is taken to be as before. */
static void take_over(struct state *now, struct state *before)
{
	for (size_t i = 0; i < NR_WHATS; i++) {
		if (now->of[i].nr)
			continue;
		for (size_t k = 0; k < before->of[i].nr; k++)
			strlist__add(&now->of[i], before->of[i].item[k]);
	}
}

/* A run of a rig and base is whole: compare it with the one before. */
static void finish(struct list *l, struct state *before, struct state *now)
{
	for (size_t i = 0; i < NR_WHATS; i++)
		strlist__sort(&now->of[i]);
	if (same_place(before, now)) {
		take_over(now, before);
		compare(l, before, now);
	}
	state__free(before);
	*before = *now;
	*now = (struct state) { 0 };
}

/* Rows come by rig, base and run. */
static void read_states(struct list *l, struct history *h, sqlite3_stmt *row)
{
	struct state before = { 0 }, now = { 0 };

	while (history__row(h, row)) {
		struct state next = {
			.added = sqlite3_column_int64(row, 0),
			.run = history__text(row, 1),
			.started = sqlite3_column_int64(row, 2),
			.rig = history__text(row, 3),
			.base = history__text(row, 4),
		};

		if (same_place(&now, &next) && now.added == next.added) {
			state__free(&next);
		} else {
			finish(l, &before, &now);
			now = next;
		}
		take(&now, row);
	}
	finish(l, &before, &now);
	state__free(&before);
}

static int by_adding(const void *a, const void *b)
{
	const struct history_event *x = a, *y = b;
	int order = (x->added > y->added) - (x->added < y->added);

	order = order ?: strcmp(x->rig, y->rig);
	order = order ?: strcmp(x->base, y->base);
	return order ?: strcmp(x->what, y->what);
}

struct history_event *history__events(struct history *h, size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT r.id, r.name, r.started, m.rig, m.base, u.instrument,"
		" u.program, u.compiler, m.release, m.source_sha256"
		" FROM measured m JOIN run r ON r.id = m.run"
		" LEFT JOIN setup u ON u.id = m.setup"
		" WHERE m.run NOT IN (SELECT run FROM withdrawn)"
		" ORDER BY m.rig, m.base, r.id, u.instrument, u.program,"
		" u.compiler, m.release, m.source_sha256");
	struct list l = { 0 };

	read_states(&l, h, s);
	sqlite3_finalize(s);
	if (l.nr)
		qsort(l.event, l.nr, sizeof(*l.event), by_adding);
	*nr = h->err.code ? 0 : l.nr;
	if (!h->err.code)
		return l.event;
	history__events_free(l.event, l.nr);
	return NULL;
}

void history__events_free(struct history_event *e, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(e[i].run);
		free(e[i].started);
		free(e[i].rig);
		free(e[i].base);
		free(e[i].before);
		free(e[i].after);
	}
	free(e);
}

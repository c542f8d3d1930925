// SPDX-License-Identifier: GPL-2.0
/*
 * When a run may come into the history, and what is said of one later: points go
 * by the order of adding, so a run from a clock that is wrong, or an old one that
 * is added late, would be the newest of its series. Those are refused, or added
 * and withdrawn at once; what came in nevertheless can be withdrawn. See history.h.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history_priv.h"

int64_t history__now(void)
{
	const char *said = getenv("FAULTLINE_NOW");
	int64_t t;

	return said && *said && !history__time(said, &t) ? t : time(NULL);
}

const char *history__refusal(const struct history *h)
{
	return h->refusal ?: "";
}

static void refuse(struct history *h, char *text)
{
	free(h->refusal);
	h->refusal = text;
}

/* "3 days", allocated, the caller frees it. */
static char *span_text(int64_t s)
{
	return s < 2 * 86400 ? xasprintf("%lld hours", (long long)s / 3600) :
			       xasprintf("%lld days", (long long)s / 86400);
}

static bool is_from_the_future(struct history *h, int64_t started)
{
	int64_t now = history__now();
	char *when, *clock, *span;

	if (started <= now + HISTORY_SLACK_S)
		return false;
	when = history__time_text(started);
	clock = history__time_text(now);
	span = span_text(started - now);
	refuse(h, xasprintf("it says that it started at %s, %s after this machine's clock, %s: one of the two clocks is wrong",
			    when, span, clock));
	free(span);
	free(clock);
	free(when);
	return true;
}

/* Is the newest run of that place from long after it? */
static bool is_before_newest(struct history *h, sqlite3_stmt *s,
			     int64_t started, const struct history_key *k)
{
	bool is;

	history__bind(h, s, "ttti", k->rig, k->machine, k->base,
		      started + HISTORY_SLACK_S);
	is = history__row(h, s);
	if (is) {
		int64_t newest = sqlite3_column_int64(s, 1);
		char *when = history__time_text(started);
		char *other = history__time_text(newest);
		char *span = span_text(newest - started);

		refuse(h, xasprintf("it says that it started at %s, %s before %s of %s, which is in the history for rig %s and base %s: it is an old run, or a clock was wrong; where that was the other run's, withdraw that one",
				    when, span, sqlite3_column_text(s, 0), other,
				    k->rig, k->base));
		free(span);
		free(other);
		free(when);
	}
	sqlite3_reset(s);
	return is;
}

static bool same_place(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base);
}

bool history__in_order(struct history *h, int64_t started,
		       const struct history_new *p, size_t nr)
{
	sqlite3_stmt *s;
	bool late = false;

	if (is_from_the_future(h, started))
		return false;
	s = history__prepare(h,
		"SELECT r.name, r.started FROM measured m"
		" CROSS JOIN run r ON r.id = m.run"
		" WHERE m.rig = ?1 AND m.machine = ?2 AND m.base = ?3"
		" AND r.started > ?4"
		" AND m.run NOT IN (SELECT run FROM withdrawn)"
		" ORDER BY r.started DESC LIMIT 1");
	for (size_t i = 0; i < nr && !late; i++) {
		if (!i || !same_place(&p[i].key, &p[i - 1].key))
			late = is_before_newest(h, s, started, &p[i].key);
	}
	sqlite3_finalize(s);
	return !late && !h->err.code;
}

/* The run of this id or path, and whether it is withdrawn. 0: there is none. */
static int64_t find_run(struct history *h, const char *name, bool *out)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT id, id IN (SELECT run FROM withdrawn) FROM run"
		" WHERE name = ?1 OR path = ?1"
		" ORDER BY name = ?1 DESC, id DESC LIMIT 1");
	int64_t id = 0;

	history__bind(h, s, "t", name);
	if (history__row(h, s)) {
		id = sqlite3_column_int64(s, 0);
		*out = sqlite3_column_int(s, 1);
	}
	sqlite3_finalize(s);
	return id;
}

void history__say_withdrawn(struct history *h, int64_t run,
			    const struct history_withdrawal *w, int64_t at)
{
	sqlite3_stmt *s = history__prepare(h,
		"INSERT INTO withdrawal (run, out, at, who, why)"
		" VALUES (?, ?, ?, ?, ?)");

	history__bind(h, s, "iiitt", run, (int64_t)w->out, at, w->who, w->why);
	history__row(h, s);
	sqlite3_finalize(s);
}

int history__withdraw(struct history *h, const struct history_withdrawal *w)
{
	int64_t run;
	bool out = false;

	history__exec(h, "BEGIN IMMEDIATE");
	run = find_run(h, w->run, &out);
	if (!run || out == w->out) {
		history__exec(h, "ROLLBACK");
		return run && !h->err.code ? 1 : -1;
	}
	history__say_withdrawn(h, run, w, history__now());
	history__exec(h, "COMMIT");
	return h->err.code ? -1 : 0;
}

void history__withdraw_future(struct history *h)
{
	const struct history_withdrawal w = {
		.who = "faultline", .out = true,
		.why = "it started after this history was brought up to schema 4, so its clock was wrong",
	};
	sqlite3_stmt *s = history__prepare(h,
		"SELECT id FROM run WHERE started > ?");
	int64_t now = history__now();

	history__bind(h, s, "i", now + HISTORY_SLACK_S);
	while (history__row(h, s))
		history__say_withdrawn(h, sqlite3_column_int64(s, 0), &w, now);
	sqlite3_finalize(s);
}

struct history_withdrawal *history__withdrawals(struct history *h, size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT r.name, r.started, w.at, w.who, w.why, w.out"
		" FROM withdrawal w JOIN run r ON r.id = w.run ORDER BY w.id");
	struct history_withdrawal *list = NULL;
	size_t n = 0;

	while (history__row(h, s)) {
		list = xrealloc(list, (n + 1) * sizeof(*list));
		list[n++] = (struct history_withdrawal) {
			.run = history__text(s, 0),
			.started = history__time_text(sqlite3_column_int64(s, 1)),
			.when = history__time_text(sqlite3_column_int64(s, 2)),
			.who = history__text(s, 3), .why = history__text(s, 4),
			.out = sqlite3_column_int(s, 5),
		};
	}
	sqlite3_finalize(s);
	*nr = h->err.code ? 0 : n;
	if (!h->err.code)
		return list;
	history__withdrawals_free(list, n);
	return NULL;
}

void history__withdrawals_free(struct history_withdrawal *w, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(w[i].run);
		free(w[i].started);
		free(w[i].when);
		free(w[i].who);
		free(w[i].why);
	}
	free(w);
}

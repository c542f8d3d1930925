// SPDX-License-Identifier: GPL-2.0
/*
 * What comes out of the history: series, points, jumps of the clock, accepted
 * values; see history.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

#define BATCH	1024	/* points in memory at a time, of a walk */

/* What take_point() takes; its texts are in other tables, see history__known(). */
#define POINT_WITH(more)							\
	"SELECT run, code, value, spread, boots, exact, reference, setup,"	\
	" samples" more " FROM point p"
#define POINT	POINT_WITH("")
#define NR_COLUMNS	9	/* of POINT */

/* The end of a series, its id being ?1. */
#define END(order)								\
	" FROM point p WHERE p.series = ?1 AND" COUNTS			\
	" ORDER BY p.run " order " LIMIT 1"

char *history__text(sqlite3_stmt *s, int column)
{
	return xstrdup((const char *)sqlite3_column_text(s, column) ?: "");
}

static bool matches(const struct selection *match, const struct history_key *k)
{
	const struct selected is = history__selected(k);

	return !match || selection__has(match, &is);
}

static void free_key(struct history_series *s)
{
	free((char *)s->key.rig);
	free((char *)s->key.machine);
	free((char *)s->key.base);
	free((char *)s->key.variant);
	free((char *)s->key.profile);
	free((char *)s->key.workload);
	free((char *)s->key.metric);
	free((char *)s->unit);
}

/* Its oldest and newest point. */
static void take_ends(struct history *h, sqlite3_stmt *ends,
		      sqlite3_stmt *newest, struct history_series *s)
{
	s->value = NAN;
	history__bind(h, ends, "i", s->id);
	if (history__row(h, ends)) {
		s->first_added = sqlite3_column_int64(ends, 0);
		s->last_added = sqlite3_column_int64(ends, 1);
	}
	sqlite3_reset(ends);
	history__bind(h, newest, "iii", s->id, s->first_added, s->last_added);
	if (history__row(h, newest)) {
		s->first = history__time_text(sqlite3_column_int64(newest, 0));
		s->last = history__time_text(sqlite3_column_int64(newest, 1));
		s->value = sqlite3_column_double(newest, 2);
	} else {
		s->first = xstrdup("");
		s->last = xstrdup("");
	}
	sqlite3_reset(newest);
}

struct history_series *history__series(struct history *h,
				       const struct selection *match,
				       size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT id, rig, machine, base, variant, profile, workload,"
		" metric, unit FROM series ORDER BY rig, machine, base,"
		" variant, profile, workload, metric");
	sqlite3_stmt *ends = history__prepare(h,
		"SELECT (SELECT run" END("ASC") "), (SELECT run"
		END("DESC") ")");
	sqlite3_stmt *newest = history__prepare(h,
		"SELECT f.started, l.started, p.value FROM point p"
		" CROSS JOIN run f CROSS JOIN run l ON l.id = p.run"
		" WHERE p.series = ? AND f.id = ? AND p.run = ?");
	struct history_series *list = NULL;
	size_t n = 0, room = 0;

	while (history__row(h, s)) {
		struct history_series one = {
			.id = sqlite3_column_int64(s, 0),
			.key = { history__text(s, 1), history__text(s, 2), history__text(s, 3),
				 history__text(s, 4), history__text(s, 5), history__text(s, 6),
				 history__text(s, 7) },
			.unit = history__text(s, 8),
		};

		if (!matches(match, &one.key)) {
			free_key(&one);
			continue;
		}
		if (n == room) {
			room = room ? 2 * room : 64;
			list = xrealloc(list, room * sizeof(*list));
		}
		list[n++] = one;
	}
	for (size_t i = 0; i < n; i++)
		take_ends(h, ends, newest, &list[i]);
	sqlite3_finalize(newest);
	sqlite3_finalize(ends);
	sqlite3_finalize(s);
	*nr = h->err.code ? 0 : n;
	if (!h->err.code)
		return list;
	history__series_free(list, n);
	return NULL;
}

void history__count(struct history *h, struct history_series *s, size_t nr)
{
	sqlite3_stmt *count = history__prepare(h,
		"SELECT count(*) FROM point p WHERE series = ? AND" COUNTS);

	for (size_t i = 0; i < nr; i++) {
		history__bind(h, count, "i", s[i].id);
		if (history__row(h, count))
			s[i].points = sqlite3_column_int64(count, 0);
	}
	sqlite3_finalize(count);
}

void history__series_free(struct history_series *s, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free_key(&s[i]);
		free(s[i].first);
		free(s[i].last);
	}
	free(s);
}

static struct history_point take_point(struct history *h, sqlite3_stmt *s)
{
	const int64_t run = sqlite3_column_int64(s, 0);
	const char *const *of = history__known(h, KNOWN_RUN, run)->text;
	const char *const *code = history__known(h, KNOWN_CODE,
						 sqlite3_column_int64(s, 1))->text;

	return (struct history_point) {
		.run = of[KNOWN_NAME], .started = of[KNOWN_STARTED],
		.revision = of[KNOWN_REVISION], .path = of[KNOWN_PATH],
		.added = run,
		.handler_sha256 = code[KNOWN_HANDLER],
		.release = code[KNOWN_RELEASE],
		.source_sha256 = code[KNOWN_SOURCE],
		.value = sqlite3_column_double(s, 2),
		.spread = sqlite3_column_type(s, 3) == SQLITE_NULL ? NAN :
			  sqlite3_column_double(s, 3),
		.boots = sqlite3_column_int64(s, 4),
		.exact = sqlite3_column_int(s, 5),
		.reference = sqlite3_column_double(s, 6),
		.setup = sqlite3_column_type(s, 7) == SQLITE_NULL ? NULL :
			 &history__known(h, KNOWN_SETUP,
					 sqlite3_column_int64(s, 7))->setup,
		.samples = sqlite3_column_int64(s, 8),
	};
}

struct history_point *history__points(struct history *h, int64_t series,
				      size_t most, size_t *nr)
{
	sqlite3_stmt *s = history__prepare(h, POINT
		" WHERE p.series = ? AND" COUNTS
		" ORDER BY p.run DESC LIMIT ?");
	struct history_point *list = NULL;
	size_t n = 0, room = 0;

	history__bind(h, s, "ii", series, most ? (int64_t)most : (int64_t)-1);
	while (history__row(h, s)) {
		if (n == room) {
			room = room ? 2 * room : 512;
			list = xrealloc(list, room * sizeof(*list));
		}
		list[n++] = take_point(h, s);
	}
	sqlite3_finalize(s);
	for (size_t i = 0; i < n / 2; i++) {
		struct history_point t = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = t;
	}
	*nr = h->err.code ? 0 : n;
	if (!h->err.code)
		return list;
	free(list);
	return NULL;
}

/* The one point that a bound statement finds. */
static bool take_one(struct history *h, sqlite3_stmt *s,
		     struct history_point *p)
{
	bool is = history__row(h, s);

	if (is)
		*p = take_point(h, s);
	sqlite3_finalize(s);
	return is && !h->err.code;
}

bool history__oldest(struct history *h, int64_t series,
		     struct history_point *p)
{
	sqlite3_stmt *s = history__prepare(h, POINT
		" WHERE p.series = ? AND" COUNTS " ORDER BY p.run LIMIT 1");

	history__bind(h, s, "i", series);
	return take_one(h, s, p);
}

bool history__newest_before(struct history *h, int64_t series,
			    int64_t added, struct history_point *p)
{
	sqlite3_stmt *s = history__prepare(h, POINT
		" WHERE p.series = ? AND p.run < ? AND" COUNTS
		" ORDER BY p.run DESC LIMIT 1");

	history__bind(h, s, "ii", series, added);
	return take_one(h, s, p);
}

size_t history__nights_after(struct history *h, const char *rig, int64_t added)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT count(DISTINCT r.started / 86400) FROM measured m"
		" CROSS JOIN run r ON r.id = m.run WHERE m.rig = ?2 AND m.run > ?1"
		" AND m.run NOT IN (SELECT run FROM withdrawn)");
	size_t nights = 0;

	history__bind(h, s, "it", added, rig);
	if (history__row(h, s))
		nights = sqlite3_column_int64(s, 0);
	sqlite3_finalize(s);
	return nights;
}

char *history__samples(struct history *h, int64_t id)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT bins FROM samples WHERE id = ?");
	char *bins = NULL;

	history__bind(h, s, "i", id);
	if (history__row(h, s))
		bins = history__text(s, 0);
	sqlite3_finalize(s);
	return bins;
}

/* The run before the newest n points of a series; of all, where there are fewer. */
static int64_t place_before(struct history *h, int64_t series, size_t n)
{
	int64_t at = INT64_MIN;
	sqlite3_stmt *s;

	if (!n)
		return at;
	s = history__prepare(h,
		"SELECT run FROM point WHERE series = ?"
		" ORDER BY run DESC LIMIT 1 OFFSET ?");
	history__bind(h, s, "ii", series, (int64_t)n - 1);
	if (history__row(h, s))
		at = sqlite3_column_int64(s, 0) - 1;
	sqlite3_finalize(s);
	return at;
}

/* The points of the next runs, which *run moves to. The lock ends with it. */
static size_t take_batch(struct history *h, sqlite3_stmt *s, int64_t series,
			 int64_t *run, struct history_point *p)
{
	size_t n = 0;

	history__bind(h, s, "ii", series, *run);
	while (n < BATCH && history__row(h, s)) {
		p[n] = take_point(h, s);
		p[n].withdrawn = sqlite3_column_int(s, NR_COLUMNS);
		*run = p[n++].added;
	}
	sqlite3_reset(s);
	return h->err.code ? 0 : n;
}

int history__walk(struct history *h, const struct selection *match,
		  size_t newest,
		  int (*fn)(const struct history_series *s,
			    const struct history_point *p, void *arg),
		  void *arg)
{
	struct history_point *p = xcalloc(BATCH, sizeof(*p));
	sqlite3_stmt *s = history__prepare(h, POINT_WITH(
		", p.run IN (SELECT run FROM withdrawn)")
		" WHERE p.series = ? AND p.run > ? ORDER BY p.run");
	size_t nr, n;
	struct history_series *list = history__series(h, match, &nr);
	int r = 0;

	for (size_t i = 0; i < nr && !r; i++) {
		int64_t at = place_before(h, list[i].id, newest);

		do {
			n = take_batch(h, s, list[i].id, &at, p);
			for (size_t k = 0; k < n && !r; k++)
				r = fn(&list[i], &p[k], arg);
		} while (n && !r);
	}
	history__series_free(list, nr);
	sqlite3_finalize(s);
	free(p);
	return h->err.code ? -1 : r;
}

/* In how many series is a late run, and which other was there before it? */
static void count_jump(struct history *h, sqlite3_stmt *s, int64_t run,
		       int64_t started, struct history_jump *j)
{
	history__bind(h, s, "ii", started, run);
	while (history__row(h, s)) {
		if (!j->series++) {
			j->before = history__text(s, 0);
			j->before_started =
				history__time_text(sqlite3_column_int64(s, 1));
		}
	}
	sqlite3_reset(s);
}

/*
 * Runs that start before one that was added earlier are few, and found among
 * the runs; only for those their series are looked at.
 */
struct history_jump *history__jumps(struct history *h, size_t *nr)
{
	sqlite3_stmt *late = history__prepare(h,
		"SELECT id, started, name FROM (SELECT id, started, name,"
		" max(started) OVER (ORDER BY id ROWS BETWEEN"
		" UNBOUNDED PRECEDING AND 1 PRECEDING) AS latest FROM run)"
		" WHERE started < latest ORDER BY id");
	sqlite3_stmt *same = history__prepare(h,
		"SELECT r.name, r.started FROM (SELECT"
		" (SELECT o.id FROM run o CROSS JOIN point p ON p.series = s.id"
		"  AND p.run = o.id WHERE o.id < ?2 AND o.started > ?1"
		"  ORDER BY o.id DESC LIMIT 1) AS before"
		" FROM series s WHERE EXISTS (SELECT 1 FROM point"
		" WHERE series = s.id AND run = ?2))"
		" CROSS JOIN run r ON r.id = before");
	struct history_jump *list = NULL;
	size_t n = 0;

	while (history__row(h, late)) {
		int64_t started = sqlite3_column_int64(late, 1);
		struct history_jump j = { 0 };

		count_jump(h, same, sqlite3_column_int64(late, 0), started, &j);
		if (!j.series)
			continue;
		j.run = history__text(late, 2);
		j.started = history__time_text(started);
		list = xrealloc(list, (n + 1) * sizeof(*list));
		list[n++] = j;
	}
	sqlite3_finalize(same);
	sqlite3_finalize(late);
	*nr = h->err.code ? 0 : n;
	if (!h->err.code)
		return list;
	history__jumps_free(list, n);
	return NULL;
}

void history__jumps_free(struct history_jump *j, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		free(j[i].run);
		free(j[i].started);
		free(j[i].before);
		free(j[i].before_started);
	}
	free(j);
}

/* Those that hold, of series ?1; run: after which one. */
#define ACCEPTED(run)								\
	"SELECT value, at, who, why, revision, " run " FROM accepted"	\
	" WHERE series = ?1 AND coalesce(run, 0) NOT IN"		\
	" (SELECT run FROM withdrawn) ORDER BY id"

static struct history_accepted take_accepted(sqlite3_stmt *s)
{
	return (struct history_accepted) {
		.value = sqlite3_column_double(s, 0),
		.when = history__time_text(sqlite3_column_int64(s, 1)),
		.who = history__text(s, 2), .why = history__text(s, 3),
		.commit = history__text(s, 4),
		.after = sqlite3_column_int64(s, 5),
	};
}

bool history__accepted(struct history *h, int64_t series,
		       struct history_accepted *a)
{
	sqlite3_stmt *s = history__prepare(h, ACCEPTED("run") " DESC LIMIT 1");
	bool is;

	*a = (struct history_accepted) { .value = NAN };
	history__bind(h, s, "i", series);
	is = history__row(h, s);
	if (is)
		*a = take_accepted(s);
	sqlite3_finalize(s);
	return is;
}

struct history_accepted *history__all_accepted(struct history *h,
					       int64_t series, size_t *nr)
{
	/* schema 3 did not keep it */
	sqlite3_stmt *s = history__prepare(h, ACCEPTED(
		"coalesce(run, (SELECT max(id) FROM run WHERE started <= at))"));
	struct history_accepted *list = NULL;
	size_t n = 0;

	history__bind(h, s, "i", series);
	while (history__row(h, s)) {
		list = xrealloc(list, (n + 1) * sizeof(*list));
		list[n++] = take_accepted(s);
	}
	sqlite3_finalize(s);
	*nr = n;
	return list;
}

void history__accepted_free(struct history_accepted *a)
{
	free((char *)a->when);
	free((char *)a->who);
	free((char *)a->why);
	free((char *)a->commit);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What comes into the history: runs with their points, accepted values; see
 * history.h. There is nothing that takes anything out.
 */
#include <math.h>
#include <string.h>

#include "history_priv.h"

/* Parameter 7 without the variant's patches: a run is of one source a base. */
#define SOURCE_ALONE	"substr(?7, 1, instr(?7 || '" HISTORY_PATCHES "', '" HISTORY_PATCHES "') - 1)"

/* Statements of one run being added. */
struct adding {
	struct history *h;
	sqlite3_stmt *find_series, *new_series, *find_code, *new_code, *point,
		*find_setup, *new_setup, *find_samples, *new_samples,
		*find_measured, *new_measured;
	int64_t run, started;
};

static void begin(struct adding *a)
{
	struct history *h = a->h;

	a->find_series = history__prepare(h,
		"SELECT id, unit FROM series WHERE rig = ? AND machine = ?"
		" AND base = ? AND variant = ? AND profile = ?"
		" AND workload = ? AND metric = ?");
	a->new_series = history__prepare(h,
		"INSERT INTO series (rig, machine, base, variant, profile,"
		" workload, metric, unit) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
	a->find_code = history__prepare(h,
		"SELECT id FROM code WHERE handler_sha256 = ?"
		" AND release = ? AND source_sha256 = ?");
	a->new_code = history__prepare(h,
		"INSERT INTO code (handler_sha256, release, source_sha256)"
		" VALUES (?, ?, ?)");
	a->point = history__prepare(h,
		"INSERT INTO point (series, run, code, value, spread,"
		" boots, exact, reference, setup, samples)"
		" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))");
	a->find_samples = history__prepare(h,
		"SELECT id FROM samples WHERE bins = ?");
	a->new_samples = history__prepare(h,
		"INSERT INTO samples (bins) VALUES (?)");
	a->find_setup = history__prepare(h,
		"SELECT id FROM setup WHERE instrument = ?"
		" AND program = ? AND compiler = ?");
	a->new_setup = history__prepare(h,
		"INSERT INTO setup (instrument, program, compiler)"
		" VALUES (?, ?, ?)");
	a->find_measured = history__prepare(h,
		"SELECT 1 FROM measured WHERE rig = ? AND machine = ?"
		" AND base = ? AND run = ? AND setup = ? AND release = ?"
		" AND source_sha256 = " SOURCE_ALONE);
	a->new_measured = history__prepare(h,
		"INSERT INTO measured (rig, machine, base, run, setup, release,"
		" source_sha256) VALUES (?, ?, ?, ?, ?, ?, " SOURCE_ALONE ")");
}

static void end(struct adding *a)
{
	sqlite3_finalize(a->find_series);
	sqlite3_finalize(a->new_series);
	sqlite3_finalize(a->find_code);
	sqlite3_finalize(a->new_code);
	sqlite3_finalize(a->point);
	sqlite3_finalize(a->find_samples);
	sqlite3_finalize(a->new_samples);
	sqlite3_finalize(a->find_setup);
	sqlite3_finalize(a->new_setup);
	sqlite3_finalize(a->find_measured);
	sqlite3_finalize(a->new_measured);
}

/* Run an INSERT; the row's id. */
static int64_t insert(struct history *h, sqlite3_stmt *s)
{
	history__row(h, s);
	sqlite3_reset(s);
	return sqlite3_last_insert_rowid(h->db);
}

static int64_t series_of(struct adding *a, const struct history_new *p)
{
	const struct history_key *k = &p->key;
	int64_t id;

	history__bind(a->h, a->find_series, "ttttttt", k->rig, k->machine,
		      k->base, k->variant, k->profile, k->workload, k->metric);
	if (!history__row(a->h, a->find_series)) {
		sqlite3_reset(a->find_series);
		history__bind(a->h, a->new_series, "tttttttt", k->rig,
			      k->machine, k->base, k->variant, k->profile,
			      k->workload, k->metric, p->unit);
		return insert(a->h, a->new_series);
	}
	id = sqlite3_column_int64(a->find_series, 0);
	if (strcmp((const char *)sqlite3_column_text(a->find_series, 1),
		   p->unit))
		history__fail_with(a->h, EXIT_INTERNAL, "%s: %s is in %s there, the run has %s",
				   a->h->path, k->metric,
				   sqlite3_column_text(a->find_series, 1),
				   p->unit);
	sqlite3_reset(a->find_series);
	return id;
}

static int64_t code_of(struct adding *a, const struct history_point *p)
{
	int64_t id;

	history__bind(a->h, a->find_code, "ttt", p->handler_sha256, p->release,
		      p->source_sha256);
	if (!history__row(a->h, a->find_code)) {
		sqlite3_reset(a->find_code);
		history__bind(a->h, a->new_code, "ttt", p->handler_sha256,
			      p->release, p->source_sha256);
		return insert(a->h, a->new_code);
	}
	id = sqlite3_column_int64(a->find_code, 0);
	sqlite3_reset(a->find_code);
	return id;
}

static int64_t setup_of(struct adding *a, const struct history_point *p)
{
	static const struct history_setup unknown = { "", "", "" };
	const struct history_setup *u = p->setup ?: &unknown;
	int64_t id;

	history__bind(a->h, a->find_setup, "ttt", u->instrument, u->program,
		      u->compiler);
	if (!history__row(a->h, a->find_setup)) {
		sqlite3_reset(a->find_setup);
		history__bind(a->h, a->new_setup, "ttt", u->instrument,
			      u->program, u->compiler);
		return insert(a->h, a->new_setup);
	}
	id = sqlite3_column_int64(a->find_setup, 0);
	sqlite3_reset(a->find_setup);
	return id;
}

/* 0 where they are not known. */
static int64_t samples_of(struct adding *a, const char *bins)
{
	int64_t id;

	if (!bins)
		return 0;
	history__bind(a->h, a->find_samples, "t", bins);
	if (!history__row(a->h, a->find_samples)) {
		sqlite3_reset(a->find_samples);
		history__bind(a->h, a->new_samples, "t", bins);
		return insert(a->h, a->new_samples);
	}
	id = sqlite3_column_int64(a->find_samples, 0);
	sqlite3_reset(a->find_samples);
	return id;
}

static void bind_measured(struct adding *a, sqlite3_stmt *s,
			  const struct history_new *p, int64_t setup)
{
	history__bind(a->h, s, "tttiitt", p->key.rig, p->key.machine,
		      p->key.base, a->run, setup, p->point.release,
		      p->point.source_sha256);
}

/* What the run was measured with, once: events come of it. */
static void add_measured(struct adding *a, const struct history_new *p,
			 int64_t setup)
{
	bool there;

	bind_measured(a, a->find_measured, p, setup);
	there = history__row(a->h, a->find_measured);
	sqlite3_reset(a->find_measured);
	if (there)
		return;
	bind_measured(a, a->new_measured, p, setup);
	insert(a->h, a->new_measured);
}

static void add_point(struct adding *a, const struct history_new *p)
{
	const struct history_point *v = &p->point;
	const int64_t setup = setup_of(a, v);

	history__bind(a->h, a->point, "iiiddiidii", series_of(a, p), a->run,
		      code_of(a, v), v->value,
		      v->exact ? NAN : v->spread, (int64_t)v->boots,
		      (int64_t)v->exact, v->reference ? v->reference : NAN,
		      setup, samples_of(a, p->samples));
	insert(a->h, a->point);
	add_measured(a, p, setup);
}

/* Is a run of this id there, and with these records? */
static enum history_added look_for(struct history *h,
				   const struct history_run *r)
{
	sqlite3_stmt *s = history__prepare(h,
		"SELECT records_sha256 FROM run WHERE name = ?");
	enum history_added is = HISTORY_ADDED;

	history__bind(h, s, "t", r->id);
	if (history__row(h, s))
		is = strcmp((const char *)sqlite3_column_text(s, 0),
			    r->records_sha256) ? HISTORY_OTHER : HISTORY_THERE;
	sqlite3_finalize(s);
	return is;
}

static void add_run(struct adding *a, const struct history_run *r)
{
	sqlite3_stmt *s = history__prepare(a->h,
		"INSERT INTO run (name, started, path, revision,"
		" records_sha256) VALUES (?, ?, ?, ?, ?)");

	history__bind(a->h, s, "tittt", r->id, a->started, r->path, r->revision,
		      r->records_sha256);
	a->run = insert(a->h, s);
	sqlite3_finalize(s);
}

static void set_apart(struct adding *a, const struct history_run *r)
{
	const struct history_withdrawal w = {
		.who = (char *)r->apart_who, .why = (char *)r->apart_why,
		.out = true,
	};

	if (r->apart_who)
		history__say_withdrawn(a->h, a->run, &w, history__now());
}

enum history_added history__add(struct history *h, const struct history_run *r,
				const struct history_new *p, size_t nr)
{
	struct adding a = { .h = h };
	enum history_added is;

	if (history__time(r->started, &a.started)) {
		history__fail_with(h, EXIT_BAD_RECORD, "%s: run.json does not say when it started, as 2026-11-22T20:12:10Z does",
				   r->path);
		return HISTORY_FAILED;
	}
	history__exec(h, "BEGIN IMMEDIATE");
	is = look_for(h, r);
	if (is == HISTORY_ADDED && !r->apart_who &&
	    !history__in_order(h, a.started, p, nr))
		is = HISTORY_REFUSED;
	if (is != HISTORY_ADDED) {
		history__exec(h, "ROLLBACK");
		return h->err.code ? HISTORY_FAILED : is;
	}
	add_run(&a, r);
	begin(&a);
	for (size_t i = 0; i < nr; i++)
		add_point(&a, &p[i]);
	end(&a);
	set_apart(&a, r);
	history__exec(h, "COMMIT");
	return h->err.code ? HISTORY_FAILED : HISTORY_ADDED;
}

int history__accept(struct history *h, int64_t series,
		     const struct history_accepted *a)
{
	sqlite3_stmt *s;
	int64_t at;

	if (history__time(a->when, &at))
		return history__fail_with(h, EXIT_INTERNAL, "'%s' is no time",
					  a->when);
	s = history__prepare(h,
		"INSERT INTO accepted (series, value, at, who, why, revision,"
		" run) VALUES (?1, ?2, ?3, ?4, ?5, ?6, (SELECT max(run) FROM"
		" point p WHERE series = ?1 AND" COUNTS "))");
	history__bind(h, s, "idittt", series, a->value, at, a->who, a->why,
		      a->commit);
	insert(h, s);
	sqlite3_finalize(s);
	return h->err.code ? -1 : 0;
}

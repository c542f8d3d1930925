// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the history, as steps from one schema to the next. A step that
 * was ever released is never changed: a new one follows it, and
 * HISTORY_SCHEMA counts them.
 *
 * Points lie in the order of their primary key, series by series and in time,
 * so that a series is read, and its newest points are found, without another
 * index. `started` is the run's, again, for that order; `run` counts up as runs
 * are added, which keeps that order as well.
 */
#include <stdlib.h>

#include "history_priv.h"

#define REFUSE	" BEGIN SELECT RAISE(ABORT, 'the history is append-only'); END;"

/* REPLACE would delete without asking a trigger, so it is refused by itself. */
#define ONLY_APPEND(table, same)						\
	"CREATE TRIGGER " table "_no_update BEFORE UPDATE ON " table REFUSE	\
	"CREATE TRIGGER " table "_no_delete BEFORE DELETE ON " table REFUSE	\
	"CREATE TRIGGER " table "_no_replace BEFORE INSERT ON " table		\
	" WHEN EXISTS (SELECT 1 FROM " table " WHERE " same ")" REFUSE

#define FINITE	" REAL NOT NULL CHECK (abs(value) <= 1.7976931348623157e308)"

const char *const history_steps[HISTORY_SCHEMA] = {
	/* 1: runs and their points */
	"CREATE TABLE series ("
	"  id INTEGER PRIMARY KEY,"
	"  rig TEXT NOT NULL, machine TEXT NOT NULL, base TEXT NOT NULL,"
	"  variant TEXT NOT NULL, profile TEXT NOT NULL,"
	"  workload TEXT NOT NULL, metric TEXT NOT NULL, unit TEXT NOT NULL,"
	"  UNIQUE (rig, machine, base, variant, profile, workload, metric)"
	") STRICT;"
	"CREATE TABLE run ("
	"  id INTEGER PRIMARY KEY,"
	"  name TEXT NOT NULL UNIQUE, started INTEGER NOT NULL,"
	"  path TEXT NOT NULL, revision TEXT NOT NULL,"
	"  records_sha256 TEXT NOT NULL"
	") STRICT;"
	"CREATE TABLE code ("
	"  id INTEGER PRIMARY KEY,"
	"  handler_sha256 TEXT NOT NULL, release TEXT NOT NULL,"
	"  source_sha256 TEXT NOT NULL,"
	"  UNIQUE (handler_sha256, release, source_sha256)"
	") STRICT;"
	"CREATE TABLE point ("
	"  series INTEGER NOT NULL REFERENCES series,"
	"  started INTEGER NOT NULL,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  code INTEGER NOT NULL REFERENCES code,"
	"  value" FINITE ","
	"  spread REAL CHECK (spread >= 0),"
	"  boots INTEGER NOT NULL CHECK (boots > 0),"
	"  exact INTEGER NOT NULL CHECK (exact IN (0, 1)),"
	"  CHECK (NOT exact OR spread IS NULL),"
	"  PRIMARY KEY (series, started, run)"
	") STRICT, WITHOUT ROWID;"
	ONLY_APPEND("series", "id = NEW.id OR (rig = NEW.rig AND"
		    " machine = NEW.machine AND base = NEW.base AND"
		    " variant = NEW.variant AND profile = NEW.profile AND"
		    " workload = NEW.workload AND metric = NEW.metric)")
	ONLY_APPEND("run", "id = NEW.id OR name = NEW.name")
	ONLY_APPEND("code", "id = NEW.id OR"
		    " (handler_sha256 = NEW.handler_sha256 AND"
		    " release = NEW.release AND"
		    " source_sha256 = NEW.source_sha256)")
	ONLY_APPEND("point", "series = NEW.series AND started = NEW.started"
		    " AND run = NEW.run"),

	/* 2: what alert was told to accept */
	"CREATE TABLE accepted ("
	"  id INTEGER PRIMARY KEY,"
	"  series INTEGER NOT NULL REFERENCES series,"
	"  value" FINITE ","
	"  at INTEGER NOT NULL,"
	"  who TEXT NOT NULL, why TEXT NOT NULL, revision TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX accepted_by_series ON accepted (series, id);"
	ONLY_APPEND("accepted", "id = NEW.id"),

	/* 3: what measured and built a point, its samples, what a difference is of */
	"CREATE TABLE setup ("
	"  id INTEGER PRIMARY KEY,"
	"  instrument TEXT NOT NULL, program TEXT NOT NULL,"
	"  compiler TEXT NOT NULL,"
	"  UNIQUE (instrument, program, compiler)"
	") STRICT;"
	ONLY_APPEND("setup", "id = NEW.id OR (instrument = NEW.instrument AND"
		    " program = NEW.program AND compiler = NEW.compiler)")
	"ALTER TABLE point ADD COLUMN reference REAL"
	" CHECK (abs(reference) <= 1.7976931348623157e308);"
	"ALTER TABLE point ADD COLUMN setup INTEGER REFERENCES setup;"
	"CREATE TABLE samples (id INTEGER PRIMARY KEY, bins TEXT NOT NULL UNIQUE) STRICT;"
	ONLY_APPEND("samples", "id = NEW.id OR bins = NEW.bins")
	"ALTER TABLE point ADD COLUMN samples INTEGER REFERENCES samples;",
};

static int schema_of(struct history *h)
{
	sqlite3_stmt *s = history__prepare(h, "PRAGMA user_version");
	int v = history__row(h, s) ? sqlite3_column_int(s, 0) : 0;

	sqlite3_finalize(s);
	return v;
}

void history__migrate(struct history *h, int to)
{
	int from;
	char *sql;

	history__exec(h, "BEGIN IMMEDIATE");
	from = schema_of(h);
	for (int i = from; i < to; i++)
		history__exec(h, history_steps[i]);
	if (from < to) {
		sql = xasprintf("PRAGMA user_version = %d;"
				"PRAGMA application_id = %d", to, HISTORY_APP_ID);
		history__exec(h, sql);
		free(sql);
	}
	history__exec(h, "COMMIT");
}

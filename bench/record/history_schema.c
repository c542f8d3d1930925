// SPDX-License-Identifier: GPL-2.0
/*
 * The tables of the history, as steps from one schema to the next. A step that
 * was ever released is never changed: a new one follows it, and
 * HISTORY_SCHEMA counts them.
 *
 * Points lie in the order of their primary key, series by series and as they were
 * added, so that a series is read, and its newest points are found, without
 * another index: `run` counts up as runs are added. A run's `started` is what its
 * machine's clock said, and orders nothing.
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

	/* 4: points in the order of adding; what is withdrawn; what measured a run */
	"ALTER TABLE point RENAME TO point_by_time;"
	"CREATE TABLE point ("
	"  series INTEGER NOT NULL REFERENCES series,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  code INTEGER NOT NULL REFERENCES code,"
	"  value" FINITE ","
	"  spread REAL CHECK (spread >= 0),"
	"  boots INTEGER NOT NULL CHECK (boots > 0),"
	"  exact INTEGER NOT NULL CHECK (exact IN (0, 1)),"
	"  reference REAL CHECK (abs(reference) <= 1.7976931348623157e308),"
	"  setup INTEGER REFERENCES setup,"
	"  samples INTEGER REFERENCES samples,"
	"  CHECK (NOT exact OR spread IS NULL),"
	"  PRIMARY KEY (series, run)"
	") STRICT, WITHOUT ROWID;"
	"INSERT INTO point SELECT series, run, code, value, spread, boots,"
	" exact, reference, setup, samples FROM point_by_time"
	" ORDER BY series, run;"
	"DROP TABLE point_by_time;"
	ONLY_APPEND("point", "series = NEW.series AND run = NEW.run")
	"ALTER TABLE accepted ADD COLUMN run INTEGER REFERENCES run;"
	"CREATE TABLE withdrawal ("
	"  id INTEGER PRIMARY KEY,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  out INTEGER NOT NULL CHECK (out IN (0, 1)),"
	"  at INTEGER NOT NULL,"
	"  who TEXT NOT NULL, why TEXT NOT NULL"
	") STRICT;"
	ONLY_APPEND("withdrawal", "id = NEW.id")
	"CREATE VIEW withdrawn AS SELECT run FROM withdrawal w WHERE out"
	" AND id = (SELECT max(id) FROM withdrawal WHERE run = w.run);"
	"CREATE TABLE measured ("
	"  id INTEGER PRIMARY KEY,"
	"  run INTEGER NOT NULL REFERENCES run,"
	"  rig TEXT NOT NULL, machine TEXT NOT NULL, base TEXT NOT NULL,"
	"  setup INTEGER REFERENCES setup,"
	"  release TEXT NOT NULL, source_sha256 TEXT NOT NULL"
	") STRICT;"
	"CREATE INDEX measured_by_place ON measured (rig, machine, base, run);"
	ONLY_APPEND("measured", "id = NEW.id")
	"INSERT INTO measured (run, rig, machine, base, setup, release,"
	" source_sha256) SELECT DISTINCT p.run, s.rig, s.machine, s.base,"
	" p.setup, c.release, c.source_sha256 FROM point p"
	" JOIN series s ON s.id = p.series JOIN code c ON c.id = p.code"
	" ORDER BY 1, 2, 3, 4, 5, 6, 7;",

	/* 5: the pages have checksums; history_seal.c, history_bring_up.c */
	"",
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
	if (from && from < 4 && to >= 4)
		history__withdraw_future(h);
	if (from < to) {
		sql = xasprintf("PRAGMA user_version = %d;"
				"PRAGMA application_id = %d", to, HISTORY_APP_ID);
		history__exec(h, sql);
		free(sql);
	}
	history__exec(h, "COMMIT");
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The history's file: open, bring up, check; see history.h.
 *
 * It keeps SQLite's rollback journal, no write-ahead log: it is written once a
 * night, for a moment, and readers hold no lock while they print, so there is
 * nothing for a log to let through. In return it is one file that can be
 * copied, read on a read-only or network file system, and that a log's second
 * and third file cannot be torn from. synchronous = EXTRA also syncs the folder
 * when the journal goes, so that a run that was said to be added stays added
 * when the power fails.
 */
#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "history_priv.h"

double history_wait_s = 10;

char *history__default_path(void)
{
	const char *env = getenv("FAULTLINE_HISTORY");

	return env && *env ? xstrdup(env) : path_in_results("history.db");
}

static int64_t number(struct history *h, const char *sql)
{
	sqlite3_stmt *s = history__prepare(h, sql);
	int64_t v = history__row(h, s) ? sqlite3_column_int64(s, 0) : 0;

	sqlite3_finalize(s);
	return v;
}

/* Is the file ours, and of a schema that we know? Bring it up where we may. */
static int identify(struct history *h, enum history_mode mode)
{
	int64_t schema = number(h, "PRAGMA user_version");
	int64_t app = number(h, "PRAGMA application_id");
	bool empty = !schema && !app &&
		     !number(h, "SELECT count(*) FROM sqlite_schema");

	if (h->err.code)
		return -1;
	if (empty && mode == HISTORY_READ)
		return history__fail_with(h, EXIT_NO_DATA, "%s is empty; begin a history: faultline history add RUN",
					  h->path);
	if (!empty && app != HISTORY_APP_ID)
		return history__fail_with(h, EXIT_HISTORY, "%s is a database of another program (application_id %lld, not %d); name another --db",
					  h->path, (long long)app, HISTORY_APP_ID);
	if (schema > HISTORY_SCHEMA || schema < 0)
		return history__fail_with(h, EXIT_HISTORY, "%s has schema %lld, this program knows up to %d; a newer Faultline wrote it: use that one, or name another --db",
					  h->path, (long long)schema, HISTORY_SCHEMA);
	if (schema >= HISTORY_SEALED && !history__is_sealed(h->db))
		return history__fail_with(h, EXIT_HISTORY, "%s is damaged: it says schema %lld, and has no checksums; set it aside (mv %s %s.damaged) and add the runs again: faultline history add results/*/",
					  h->path, (long long)schema, h->path, h->path);
	if (schema == HISTORY_SCHEMA)
		return 0;
	if (mode == HISTORY_READ)
		return history__fail_with(h, EXIT_HISTORY, "%s has schema %lld, this program reads %d; 'faultline history add' brings it up",
					  h->path, (long long)schema, HISTORY_SCHEMA);
	if (empty)
		history__migrate(h, HISTORY_SCHEMA);
	else
		history__bring_up(h);
	return h->err.code ? -1 : 0;
}

static int make_folder(const char *path, struct err *err)
{
	char *copy = xstrdup(path), *dir = dirname(copy);
	int r = path_make(dir);

	if (r)
		err__set(err, EXIT_STORAGE, "cannot make %s for the history: %s; name another --db",
			 dir, strerror(-r));
	free(copy);
	return r ? -1 : 0;
}

int history__open_file(struct history *h, int flags)
{
	/* one thread has it, and a lock for each column of millions of rows is time */
	int r = sqlite3_open_v2(h->path, &h->db, flags | SQLITE_OPEN_NOMUTEX,
				history__sealed());

	if (r)
		return r;
	sqlite3_busy_timeout(h->db, 1000 * history_wait_s);
	sqlite3_db_config(h->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(h->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	if (!(flags & SQLITE_OPEN_CREATE))
		return SQLITE_OK;
	history__reserve_seal(h->db);
	return sqlite3_exec(h->db, "PRAGMA synchronous = EXTRA;"
				   "PRAGMA foreign_keys = ON", NULL, NULL, NULL);
}

/* What is set for a file that SQLite has opened. */
static int set_up(struct history *h, const char *path, enum history_mode mode)
{
	if (mode == HISTORY_READ) {
		history__exec(h, "PRAGMA query_only = ON");
		return identify(h, mode);
	}
	/* a limit on file sizes is an error like a full disk */
	signal(SIGXFSZ, SIG_IGN);
	if (sqlite3_db_readonly(h->db, "main"))
		return history__fail_with(h, EXIT_STORAGE, "%s may not be written; make it writable, or name another --db",
					  path);
	return identify(h, mode);
}

/*
 * A reader opens to write as well, where it may: what a writer that was killed
 * left has to be rolled back before anything can be read.
 */
struct history *history__open(const char *path, enum history_mode mode,
			      struct err *err)
{
	int flags = SQLITE_OPEN_READWRITE |
		    (mode == HISTORY_WRITE ? SQLITE_OPEN_CREATE : 0);
	struct history *h;

	if (mode == HISTORY_READ && !path_exists(path)) {
		err__set(err, EXIT_NO_DATA, "there is no history %s; begin one: faultline history add RUN",
			 path);
		return NULL;
	}
	if (mode == HISTORY_WRITE && make_folder(path, err))
		return NULL;
	h = xcalloc(1, sizeof(*h));
	/* ":memory:" and "" are names like any other here */
	h->path = xasprintf("%s%s", *path == '/' ? "" : "./", path);
	if (history__open_file(h, flags))
		history__fail(h, "cannot open the history");
	else
		set_up(h, path, mode);
	if (!h->err.code)
		return h;
	*err = h->err;
	history__close(h);
	return NULL;
}

void history__close(struct history *h)
{
	history__forget(h);
	free(h->refusal);
	sqlite3_close(h->db);
	free(h->path);
	free(h);
}

/* The first text that SQL gives which is not "ok", allocated, or NULL. */
static char *complaint(struct history *h, const char *sql)
{
	sqlite3_stmt *s = NULL;
	char *text = NULL;
	int r;

	if (h->err.code)
		return NULL;
	r = sqlite3_prepare_v2(h->db, sql, -1, &s, NULL);
	if (!r)
		r = sqlite3_step(s);
	if (r == SQLITE_ROW &&
	    strcmp((const char *)sqlite3_column_text(s, 0) ?: "", "ok"))
		text = xstrdup((const char *)sqlite3_column_text(s, 0) ?: "");
	else if (r == SQLITE_CORRUPT || r == SQLITE_NOTADB)
		text = xstrdup(sqlite3_errmsg(h->db));
	else if (r != SQLITE_ROW && r != SQLITE_DONE)
		history__fail(h, "cannot check the history");
	sqlite3_finalize(s);
	return text;
}

char *history__check(struct history *h, bool quick)
{
	static const char *const all[] = {
		"PRAGMA integrity_check(1)",
		"SELECT 'a row of ' || \"table\" || ' is of no ' || parent"
		" FROM pragma_foreign_key_check LIMIT 1",
		"SELECT 'run ' || name || ' has no points' FROM run WHERE id NOT IN"
		" (SELECT run FROM measured) LIMIT 1",
	};
	char *text = NULL;

	if (quick)
		return complaint(h, "PRAGMA quick_check(1)");
	for (size_t i = 0; i < ARRAY_SIZE(all) && !text; i++)
		text = complaint(h, all[i]);
	return text;
}

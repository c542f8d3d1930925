/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the history share: its file, its schema, and SQL that ends
 * the program where it fails.
 */
#ifndef FAULTLINE_HISTORY_PRIV_H
#define FAULTLINE_HISTORY_PRIV_H

#include <sqlite3.h>

#include "history.h"

#define HISTORY_APP_ID	0x464c494e	/* "FLIN", application_id of the file */

struct history {
	sqlite3 *db;
	char *path;
};

/* SQL that brings schema n to n + 1; the first makes a new file. */
extern const char *const history_steps[HISTORY_SCHEMA];

/*
 * Run steps up to schema `to`, all or none of them. Another process may have
 * done it meanwhile.
 */
void history__migrate(struct history *h, int to);

/*
 * Say what SQLite said of the file, roll back and die with the exit code that
 * fits; doing: "cannot add a run", say.
 */
_Noreturn void history__fail(struct history *h, const char *doing);

sqlite3_stmt *history__prepare(struct history *h, const char *sql);
/*
 * Bind parameters 1, 2, ... by kind: 't' text, 'i' int64_t, 'd' double, of
 * which NAN is NULL. The texts must outlive the step.
 */
void history__bind(struct history *h, sqlite3_stmt *s, const char *kinds, ...);
/* One step: is there a row? */
bool history__row(struct history *h, sqlite3_stmt *s);
void history__exec(struct history *h, const char *sql);

/* "2026-11-22T20:12:10Z": seconds since 1970, 0 or -1; and back, in new memory. */
int history__time(const char *text, int64_t *t);
char *history__time_text(int64_t t);

#endif

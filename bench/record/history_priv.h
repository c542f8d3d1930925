/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the history share: its file, its schema, and SQL whose
 * errors stick: after one, each of these functions does nothing.
 */
#ifndef FAULTLINE_HISTORY_PRIV_H
#define FAULTLINE_HISTORY_PRIV_H

#include <sqlite3.h>

#include "history.h"

#define HISTORY_APP_ID	0x464c494e	/* "FLIN", application_id of the file */
#define HISTORY_SEALED	5		/* from this schema on its pages have checksums */

/* What points name by a number: history_known.c. */
enum known_is { KNOWN_RUN, KNOWN_CODE, KNOWN_SETUP, NR_KNOWN };

/* Texts of a run, and of code. */
enum { KNOWN_NAME, KNOWN_STARTED, KNOWN_REVISION, KNOWN_PATH, KNOWN_TEXTS };
enum { KNOWN_HANDLER, KNOWN_RELEASE, KNOWN_SOURCE };

struct known_row {
	int64_t id;
	const char *text[KNOWN_TEXTS];
	struct history_setup setup;	/* of a setup: its texts */
};

struct known {
	struct known_row **row;		/* by id */
	size_t nr, room;
};

struct history {
	sqlite3 *db;
	char *path;
	struct err err;			/* the first error; EXIT_OK: none */
	char *refusal;			/* see history__refusal(), or NULL */
	struct known known[NR_KNOWN];	/* those that were read so far */
};

/* Of a point p that counts. */
#define COUNTS	" p.run NOT IN (SELECT run FROM withdrawn)"

/* SQL that brings schema n to n + 1; the first makes a new file. */
extern const char *const history_steps[HISTORY_SCHEMA];

/*
 * Run steps up to schema `to`, all or none of them. Another process may have
 * done it meanwhile.
 */
void history__migrate(struct history *h, int to);
/*
 * Put a copy of the file in its place that is of this program's schema, and open
 * that: its pages are written anew, with checksums. Until the copy is whole the
 * file is as it was.
 */
void history__bring_up(struct history *h);
/* Open h->path as h->db. Return: SQLite's code. */
int history__open_file(struct history *h, int flags);

/*
 * Keep what SQLite said of the file with the exit code that fits, and roll
 * back; doing: "cannot add a run", say.
 */
void history__fail(struct history *h, const char *doing);
/* The same where it is not SQLite that found it. Return: -1. */
int history__fail_with(struct history *h, enum faultline_exit code,
		       const char *fmt, ...) PRINTF(3, 4);

/*
 * May a run that started then be added, as far as time goes, with these points?
 * Where not, h->refusal says why. False where it failed as well.
 */
bool history__in_order(struct history *h, int64_t started,
		       const struct history_new *p, size_t nr);
/* Keep for good that a run is withdrawn, or is not. */
void history__say_withdrawn(struct history *h, int64_t run,
			    const struct history_withdrawal *w, int64_t at);
/* Withdraw what an older schema took in from the future. */
void history__withdraw_future(struct history *h);

/*
 * What has that number, as long as the history is open. Where there is no such, the
 * history is damaged, and the texts are "".
 */
const struct known_row *history__known(struct history *h, enum known_is is,
				       int64_t id);
void history__forget(struct history *h);

/* A column's text, "" for NULL; allocated, the caller frees it. */
char *history__text(sqlite3_stmt *s, int column);

/*
 * Checksums of pages: history_seal.c. The name of the VFS that writes and checks
 * them; have it reserve the room for them in a file that is new, or is copied with
 * VACUUM INTO; is there room in the file, as its first page says?
 */
const char *history__sealed(void);
void history__reserve_seal(sqlite3 *db);
bool history__is_sealed(sqlite3 *db);

/* NULL where it failed. */
sqlite3_stmt *history__prepare(struct history *h, const char *sql);
/*
 * Bind parameters 1, 2, ... by kind: 't' text, 'i' int64_t, 'd' double, of
 * which NAN is NULL. The texts must outlive the step.
 */
void history__bind(struct history *h, sqlite3_stmt *s, const char *kinds, ...);
/* One step: is there a row? Not where it failed. */
bool history__row(struct history *h, sqlite3_stmt *s);
void history__exec(struct history *h, const char *sql);

/* "2026-11-22T20:12:10Z": seconds since 1970, 0 or -1; and back, allocated. */
int history__time(const char *text, int64_t *t);
char *history__time_text(int64_t t);

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * SQL on the history's file, and what is said when it fails: what SQLite found,
 * who has the file, what to do with it. See history_priv.h.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "history_priv.h"

#define AGAIN	"set it aside (mv %s %s.damaged) and add the runs again: faultline history add results/*/; what still reads: sqlite3 %s.damaged .recover"

/* "process 123 (faultline history add ...)", allocated. */
static char *name_of(int pid)
{
	char *path = xasprintf("/proc/%d/cmdline", pid), *text;
	size_t n = 0;

	text = path_read(path, &n);
	free(path);
	if (!text || !n) {
		free(text);
		return xasprintf("process %d", pid);
	}
	for (size_t i = 0; i + 1 < n; i++) {
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = ' ';
	}
	path = xasprintf("process %d (%.60s)", pid, text);
	free(text);
	return path;
}

/* Who has a lock on the file, as far as the kernel tells. Allocated. */
static char *locker_of(const char *path)
{
	FILE *f = fopen("/proc/locks", "r");
	unsigned long inode;
	char line[256];
	struct stat st;
	int pid, who = 0;

	while (f && !stat(path, &st) && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*d: POSIX %*s %*s %d %*x:%*x:%lu", &pid,
			   &inode) == 2 && inode == st.st_ino && pid != getpid())
			who = pid;
	}
	if (f)
		fclose(f);
	return who > 0 ? name_of(who) : xstrdup("another process");
}

static void set_locked(struct history *h, const char *doing)
{
	char *who = locker_of(h->path);

	err__set(&h->err, EXIT_BUSY, "%s: %s has %s, still after %g s; wait for it, or for longer with --wait",
		 doing, who, h->path, history_wait_s);
	free(who);
}

static void set_error(struct history *h, const char *doing, const char *what,
		      int code, int os)
{
	switch (code) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		set_locked(h, doing);
		break;
	case SQLITE_NOTADB:
		err__set(&h->err, EXIT_HISTORY, "%s: %s is no history: %s; name another --db, or "
			 AGAIN, doing, h->path, what, h->path, h->path, h->path);
		break;
	case SQLITE_CORRUPT:
		err__set(&h->err, EXIT_HISTORY, "%s: %s is damaged: %s; " AGAIN,
			 doing, h->path, what, h->path, h->path, h->path);
		break;
	case SQLITE_FULL:
	case SQLITE_IOERR:
	case SQLITE_READONLY:
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
		err__set(&h->err, EXIT_STORAGE, "%s: %s: %s%s%s; free some room, make file and folder writable, or name another --db",
			 doing, h->path, what, os ? ": " : "",
			 os ? strerror(os) : "");
		break;
	default:
		err__set(&h->err, EXIT_INTERNAL, "%s: %s: %s", doing, h->path,
			 what);
	}
}

static void roll_back(struct history *h)
{
	if (!sqlite3_get_autocommit(h->db))
		sqlite3_exec(h->db, "ROLLBACK", NULL, NULL, NULL);
}

const struct err *history__error(const struct history *h)
{
	return h->err.code ? &h->err : NULL;
}

void history__fail(struct history *h, const char *doing)
{
	int code = sqlite3_errcode(h->db) & 0xff;
	int os = sqlite3_system_errno(h->db);
	char *what = xstrdup(sqlite3_errmsg(h->db));

	roll_back(h);
	if (!h->err.code)
		set_error(h, doing, what, code, os);
	free(what);
}

int history__fail_with(struct history *h, enum faultline_exit code,
		       const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	roll_back(h);
	if (!h->err.code)
		err__set(&h->err, code, "%s", text);
	free(text);
	return -1;
}

sqlite3_stmt *history__prepare(struct history *h, const char *sql)
{
	sqlite3_stmt *s = NULL;

	if (!h->err.code && sqlite3_prepare_v2(h->db, sql, -1, &s, NULL))
		history__fail(h, "cannot read the history");
	return s;
}

void history__bind(struct history *h, sqlite3_stmt *s, const char *kinds, ...)
{
	va_list ap;
	int r = SQLITE_OK;

	if (h->err.code)
		return;
	sqlite3_reset(s);
	va_start(ap, kinds);
	for (int i = 1; kinds[i - 1] && !r; i++) {
		switch (kinds[i - 1]) {
		case 't':
			r = sqlite3_bind_text(s, i, va_arg(ap, const char *),
					      -1, SQLITE_STATIC);
			break;
		case 'i':
			r = sqlite3_bind_int64(s, i, va_arg(ap, int64_t));
			break;
		default:
			r = sqlite3_bind_double(s, i, va_arg(ap, double));
		}
	}
	va_end(ap);
	if (r)
		history__fail(h, "cannot bind a parameter");
}

bool history__row(struct history *h, sqlite3_stmt *s)
{
	if (h->err.code)
		return false;
	switch (sqlite3_step(s)) {
	case SQLITE_ROW:
		return true;
	case SQLITE_DONE:
		return false;
	default:
		history__fail(h, sqlite3_stmt_readonly(s) ?
			      "cannot read the history" :
			      "cannot write the history");
		return false;
	}
}

void history__exec(struct history *h, const char *sql)
{
	if (!h->err.code && sqlite3_exec(h->db, sql, NULL, NULL, NULL))
		history__fail(h, "cannot write the history");
}

int history__time(const char *text, int64_t *t)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);

	if (!end || *end)
		return -1;
	*t = timegm(&tm);
	return 0;
}

char *history__time_text(int64_t t)
{
	time_t clock = t;
	char text[40];
	struct tm tm;

	if (!gmtime_r(&clock, &tm) ||
	    !strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &tm))
		return xasprintf("@%lld", (long long)t);
	return xstrdup(text);
}

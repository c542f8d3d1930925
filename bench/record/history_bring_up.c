// SPDX-License-Identifier: GPL-2.0
/*
 * A history of an older schema becomes one of this: a copy is made next to it,
 * brought up, and takes its name when it is whole; see history_priv.h. A page with
 * a checksum holds less than one without, so no page can stay where it is.
 *
 * While that goes on nobody else writes: this process has the file's write lock,
 * and SQLite refuses to write to a file that has lost its name meanwhile. The
 * transaction that holds the lock writes nothing, so that no journal is there that
 * could be taken for the new file's.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history_priv.h"

static void remove_copy(const char *path)
{
	char *journal = xasprintf("%s-journal", path);

	unlink(path);
	unlink(journal);
	free(journal);
}

/* Did another process put a copy in its place while this one waited? */
static bool has_moved(struct history *h)
{
	int is = 0;

	sqlite3_file_control(h->db, "main", SQLITE_FCNTL_HAS_MOVED, &is);
	return is;
}

/* All of it into a new file, through a connection of its own: h's has a lock. */
static int copy_to(struct history *h, const char *path)
{
	struct history from = { .path = h->path };
	char *sql;

	if (history__open_file(&from, SQLITE_OPEN_READWRITE)) {
		history__fail(&from, "cannot open the history");
	} else {
		history__reserve_seal(from.db);
		sql = sqlite3_mprintf("VACUUM INTO %Q", path);
		history__exec(&from, sql);
		sqlite3_free(sql);
	}
	sqlite3_close(from.db);
	if (!from.err.code)
		return 0;
	return history__fail_with(h, from.err.code, "%s", from.err.text);
}

/* Its pages and its name on the disk, with the owner and mode of the old one. */
static int settle(struct history *h, const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	bool bad = fd < 0 || stat(h->path, &st) ||
		   fchmod(fd, st.st_mode & 07777) ||
		   (fchown(fd, st.st_uid, st.st_gid) && errno != EPERM) ||
		   fsync(fd);
	int e = errno;

	if (fd >= 0)
		close(fd);
	if (!bad)
		return 0;
	return history__fail_with(h, EXIT_STORAGE, "cannot write %s, the copy of the history: %s; free some room",
				  path, strerror(e));
}

static int bring_up_copy(struct history *h, const char *path)
{
	struct history copy = { .path = (char *)path };

	if (copy_to(h, path))
		return -1;
	if (history__open_file(&copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE))
		history__fail(&copy, "cannot open the copy of the history");
	history__migrate(&copy, HISTORY_SCHEMA);
	sqlite3_close(copy.db);
	if (copy.err.code == EXIT_INTERNAL)
		return history__fail_with(h, EXIT_HISTORY, "%s is damaged: its tables are not those of the schema that it says; set it aside (mv %s %s.damaged) and add the runs again: faultline history add results/*/",
					  h->path, h->path, h->path);
	if (copy.err.code)
		return history__fail_with(h, copy.err.code, "%s", copy.err.text);
	return settle(h, path);
}

static void sync_folder(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

static void replace(struct history *h, const char *path)
{
	char *copy = xasprintf("%s.new", path);

	remove_copy(copy);
	if (!bring_up_copy(h, copy) && rename(copy, path))
		history__fail_with(h, EXIT_STORAGE, "cannot rename %s to %s: %s; make the folder writable",
				   copy, path, strerror(errno));
	if (h->err.code)
		remove_copy(copy);
	else
		sync_folder(path);
	free(copy);
}

void history__bring_up(struct history *h)
{
	char *path = realpath(h->path, NULL);
	bool moved;

	history__exec(h, "BEGIN IMMEDIATE");
	moved = has_moved(h);
	if (!h->err.code && !moved && path)
		replace(h, path);
	free(path);
	if (h->err.code)
		return;
	history__exec(h, "ROLLBACK");
	sqlite3_close(h->db);
	h->db = NULL;
	if (history__open_file(h, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE))
		history__fail(h, "cannot open the history");
}

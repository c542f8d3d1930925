// SPDX-License-Identifier: GPL-2.0
/*
 * The cache on disk: how much room a folder takes, and how it is removed. Blocks
 * are counted, so a sparse file counts what it has, and a file of several names
 * counts where it is met first.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cache.h"

/* Inodes of several names, by an open table. */
struct seen_files {
	size_t room, nr;
	struct {
		dev_t dev;
		ino_t ino;
	} *file;
};

static void grow(struct seen_files *s);

static bool is_new(struct seen_files *s, const struct stat *st)
{
	size_t i;

	if (2 * s->nr >= s->room)
		grow(s);
	for (i = st->st_ino % s->room; s->file[i].ino; i = (i + 1) % s->room) {
		if (s->file[i].ino == st->st_ino && s->file[i].dev == st->st_dev)
			return false;
	}
	s->file[i].ino = st->st_ino;
	s->file[i].dev = st->st_dev;
	s->nr++;
	return true;
}

static void grow(struct seen_files *s)
{
	struct seen_files old = *s;

	s->room = old.room ? 2 * old.room : 1024;
	s->nr = 0;
	s->file = xcalloc(s->room, sizeof(*s->file));
	for (size_t i = 0; i < old.room; i++) {
		const struct stat st = { .st_dev = old.file[i].dev,
					 .st_ino = old.file[i].ino };

		if (old.file[i].ino)
			is_new(s, &st);
	}
	free(old.file);
}

static uint64_t bytes_at(int at, const char *name, struct seen_files *seen)
{
	uint64_t bytes;
	struct dirent *e;
	struct stat st;
	DIR *d;
	int fd;

	if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) ||
	    (!S_ISDIR(st.st_mode) && st.st_nlink > 1 && !is_new(seen, &st)))
		return 0;
	bytes = 512ULL * st.st_blocks;
	fd = S_ISDIR(st.st_mode) ?
	     openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
	d = fd < 0 ? NULL : fdopendir(fd);
	while (d && (e = readdir(d))) {
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			bytes += bytes_at(fd, e->d_name, seen);
	}
	if (d)
		closedir(d);
	return bytes;
}

uint64_t cache__bytes(const char *path, struct seen_files **seen)
{
	if (!*seen)
		*seen = xcalloc(1, sizeof(**seen));
	return bytes_at(AT_FDCWD, path, *seen);
}

void cache__forget_seen(struct seen_files *seen)
{
	if (seen)
		free(seen->file);
	free(seen);
}

int cache__delete(const char *path)
{
	char *const paths[] = { (char *)path, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *e;
	int r = fts ? 0 : -errno;

	while (fts && (e = fts_read(fts))) {
		/* A folder that may not be written to still goes. */
		if (e->fts_info == FTS_D)
			chmod(e->fts_accpath, 0700);
		else if ((e->fts_info == FTS_DP ? rmdir(e->fts_accpath) :
						  unlink(e->fts_accpath)) &&
			 errno != ENOENT && !r)
			r = -errno;
	}
	if (fts)
		fts_close(fts);
	return r;
}

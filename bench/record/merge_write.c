// SPDX-License-Identifier: GPL-2.0
/*
 * The folder of a merged run: made under another name, which it changes for its
 * own when all is in it; see merge.h.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "merge.h"

static int remove_one(const char *path, const struct stat *st, int type,
		      struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* Say what failed, leave nothing of it behind. */
static _Noreturn void give_up(const struct run *out, const char *path, int error)
{
	nftw(out->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	die(EXIT_STORAGE, "%s: %s; free some room or name another --out", path,
	    strerror(error));
}

static void write_records(const struct run *out)
{
	char *path = run__path(out, "records.jsonl");
	FILE *f = fopen(path, "w");

	for (size_t i = 0; f && i < out->nr; i++) {
		char *line = record__line(out->record[i]);

		fputs(line, f);
		free(line);
	}
	if (!f || ferror(f) || fflush(f) || fsync(fileno(f)) || fclose(f))
		give_up(out, path, errno);
	free(path);
}

static int copy_file(const char *from, const char *to)
{
	size_t size = 0;
	char *text = path_read(from, &size);
	FILE *f;
	int r = 0;

	if (!text)
		return -errno;
	f = fopen(to, "wx");
	if (!f || fwrite(text, 1, size, f) != size || fflush(f))
		r = -errno;
	if (f && fclose(f) && !r)
		r = -errno;
	free(text);
	return r;
}

/* The files of one folder of a part; what an earlier part had stays. */
static void copy_folder(const struct run *out, const struct run *part,
			const char *folder)
{
	char *from = run__path(part, "%s", folder);
	char *to = run__path(out, "%s", folder);
	DIR *d = opendir(from);
	struct dirent *e;
	int made = d ? path_make(to) : 0;

	if (made)
		give_up(out, to, -made);
	while (d && (e = readdir(d))) {
		char *a = xasprintf("%s/%s", from, e->d_name);
		char *b = xasprintf("%s/%s", to, e->d_name);
		int r = e->d_name[0] == '.' ? 0 : copy_file(a, b);

		if (r && r != -EEXIST)
			give_up(out, b, -r);
		free(a);
		free(b);
	}
	if (d)
		closedir(d);
	free(from);
	free(to);
}

bool run__write_merged(struct run *out, const char *parent,
		       const struct run *part, size_t nr)
{
	const char *id = json_string_value(json_object_get(out->meta, "id"));
	char *final = xasprintf("%s/%s", parent, id);
	bool there = path_exists(final);
	int r;

	out->dir = xasprintf("%s/.merge.%d", parent, (int)getpid());
	if (!there) {
		r = path_make(out->dir);
		if (r)
			give_up(out, out->dir, -r);
		for (size_t i = 0; i < nr; i++) {
			copy_folder(out, &part[i], "boots");
			copy_folder(out, &part[i], "attribution");
		}
		write_records(out);
		r = run__save_meta(out);
		if (r)
			give_up(out, out->dir, -r);
		if (rename(out->dir, final))
			give_up(out, final, errno);
	}
	free(out->dir);
	out->dir = final;
	run__point_latest(parent, id);
	return !there;
}

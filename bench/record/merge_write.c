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

/* Say what failed, remove what is left of it. */
static int give_up(const struct run *out, const char *path, int error,
		   struct err *err)
{
	nftw(out->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	return err__set(err, EXIT_STORAGE, "%s: %s; free some room or name another --out",
			path, strerror(error));
}

static int write_records(const struct run *out, struct err *err)
{
	char *path = run__path(out, "records.jsonl");
	FILE *f = fopen(path, "w");
	int r = 0;

	for (size_t i = 0; f && i < out->nr; i++) {
		char *line = record__line(out->record[i]);

		fputs(line, f);
		free(line);
	}
	if (!f || ferror(f) || fflush(f) || fsync(fileno(f)))
		r = give_up(out, path, errno, err);
	if (f && fclose(f) && !r)
		r = give_up(out, path, errno, err);
	free(path);
	return r;
}

/* @mode as of fopen(). Return: 0, or -errno. */
static int copy_file(const char *from, const char *to, const char *mode)
{
	size_t size = 0;
	char *text = path_read(from, &size);
	FILE *f;
	int r = 0;

	if (!text)
		return -errno;
	f = fopen(to, mode);
	if (!f || fwrite(text, 1, size, f) != size || fflush(f))
		r = -errno;
	if (f && fclose(f) && !r)
		r = -errno;
	free(text);
	return r;
}

/* The files of one folder of a part; what an earlier part had stays. */
static int copy_folder(const struct run *out, const struct run *part,
		       const char *folder, struct err *err)
{
	char *from = run__path(part, "%s", folder);
	char *to = run__path(out, "%s", folder);
	DIR *d = opendir(from);
	struct dirent *e;
	int made = d ? path_make(to) : 0, ret = 0;

	if (made)
		ret = give_up(out, to, -made, err);
	while (d && !ret && (e = readdir(d))) {
		char *a = xasprintf("%s/%s", from, e->d_name);
		char *b = xasprintf("%s/%s", to, e->d_name);
		int r = e->d_name[0] == '.' ? 0 : copy_file(a, b, "wx");

		if (r && r != -EEXIST)
			ret = give_up(out, b, -r, err);
		free(a);
		free(b);
	}
	if (d)
		closedir(d);
	free(from);
	free(to);
	return ret;
}

/*
 * The packed attributions of a part, after those of the parts before it: one xz
 * file after the other is an xz file, in which the first of a name counts.
 */
static int add_attributions(const struct run *out, const struct run *part,
			    struct err *err)
{
	char *from = run__attributions(part), *to = run__attributions(out);
	int r = path_exists(from) ? copy_file(from, to, "a") : 0;

	if (r)
		r = give_up(out, to, -r, err);
	free(from);
	free(to);
	return r;
}

/* All of out->dir, then the name that it is to have. */
static int write_all(struct run *out, const char *final,
		     const struct run *part, size_t nr, struct err *err)
{
	int r = path_make(out->dir);

	if (r)
		return give_up(out, out->dir, -r, err);
	for (size_t i = 0; i < nr; i++) {
		if (copy_folder(out, &part[i], "boots", err) ||
		    copy_folder(out, &part[i], "attribution", err) ||
		    add_attributions(out, &part[i], err))
			return -1;
	}
	if (write_records(out, err))
		return -1;
	r = run__save_meta(out);
	if (r)
		return give_up(out, out->dir, -r, err);
	if (rename(out->dir, final))
		return give_up(out, final, errno, err);
	return 0;
}

int run__write_merged(struct run *out, const char *parent,
		      const struct run *part, size_t nr, bool *is_new,
		      struct err *err)
{
	const char *id = json_string_value(json_object_get(out->meta, "id"));
	char *final = xasprintf("%s/%s", parent, id);
	int r = 0;

	out->dir = xasprintf("%s/.merge.%d", parent, (int)getpid());
	*is_new = !path_exists(final);
	if (*is_new)
		r = write_all(out, final, part, nr, err);
	free(out->dir);
	out->dir = final;
	if (!r)
		run__point_latest(parent, id);
	return r;
}

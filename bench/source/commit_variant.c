// SPDX-License-Identifier: GPL-2.0
/*
 * See commit_variant.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commit_variant.h"

/* A file as a whole or not at all; one that says so already is left alone. */
static int write_file(const char *path, const char *text)
{
	char *had = path_read(path, NULL), *new;
	bool same = had && !strcmp(had, text);
	FILE *f;
	int e;

	free(had);
	if (same)
		return 0;
	new = xasprintf("%s.new.%d", path, (int)getpid());
	f = fopen(new, "w");
	e = f && fputs(text, f) >= 0 ? 0 : -errno;
	if (f && fclose(f) && !e)
		e = -errno;
	if (!e && rename(new, path))
		e = -errno;
	if (e)
		unlink(new);
	free(new);
	return e;
}

int commit_variant__make(const struct repository *r, const char *base,
			 const struct commit *c, struct err *err)
{
	char *cache = path_cache();
	char *dir = xasprintf("%s/commits/%s/%s", cache, base, c->name);
	char *conf = xasprintf("%s/variant.conf", dir);
	char *series = xasprintf("%s/series", dir);
	char *text = xasprintf("title = %s\nwhy = \nshape = \ncommit = %s\ntree = %s\nrepository = %s\n",
			       c->subject, c->id, c->tree, r->common);
	int e = path_make(dir);

	e = e ?: write_file(series, "") ?: write_file(conf, text);
	if (e)
		err__set(err, EXIT_STORAGE, "%s: %s; free some room, or set FAULTLINE_CACHE to a folder that can be written",
			 dir, strerror(-e));
	free(text);
	free(series);
	free(conf);
	free(dir);
	free(cache);
	return e ? -1 : 0;
}

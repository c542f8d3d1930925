// SPDX-License-Identifier: GPL-2.0
/*
 * Bases and variants, read from their folders; see catalog.h. Profiles and
 * workloads are in rows.c.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"

void catalog__need(const char *kind, const char *name,
		   const struct strlist *known)
{
	char *list;

	if (strlist__has(known, name))
		return;
	list = strlist__join(known, ", ");
	die(EXIT_UNKNOWN_NAME, "no %s '%s'; there are: %s", kind, name,
	    known->nr ? list : "none");
}

struct conf catalog__read_conf(const char *path)
{
	struct conf c;
	char err[512];

	if (conf__read(&c, path, err, sizeof(err)))
		die(EXIT_MISSING, "%s", err);
	return c;
}

/* Folders below dir in which file exists, sorted. */
static void folders_with(const char *dir, const char *file,
			 struct strlist *names)
{
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		char *path = xasprintf("%s/%s/%s", dir, e->d_name, file);

		if (e->d_name[0] != '.' && path_exists(path) &&
		    !strlist__has(names, e->d_name))
			strlist__add(names, e->d_name);
		free(path);
	}
	if (d)
		closedir(d);
	strlist__sort(names);
}

/* Older bases first: v5.10 before v6.1 before v6.12. */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

void catalog__bases(struct strlist *names)
{
	char *dir = path_in_root("variants");

	folders_with(dir, "base.conf", names);
	if (names->nr)
		qsort(names->item, names->nr, sizeof(*names->item), by_version);
	free(dir);
}

static void need_base(const char *base)
{
	struct strlist bases = { 0 };

	catalog__bases(&bases);
	catalog__need("base", base, &bases);
	strlist__free(&bases);
}

struct conf catalog__base_conf(const char *base)
{
	struct conf c = { 0 };
	char *path;

	if (!strcmp(base, BASE_RUNNING)) {
		c.path = xstrdup("");
		return c;
	}
	need_base(base);
	path = path_in_root("variants/%s/base.conf", base);
	c = catalog__read_conf(path);
	free(path);
	return c;
}

char *catalog__base_value(const char *base, const char *key)
{
	struct conf c = catalog__base_conf(base);
	char *value = xstrdup(conf__get(&c, "", key) ?: "");

	conf__free(&c);
	return value;
}

char *catalog__base_title(const char *base)
{
	return catalog__base_value(base, "title");
}

/* Folders that may hold a base's variants, the checkout's own first. */
static void variant_tops(struct strlist *tops)
{
	char *own = path_in_root("variants");

	strlist__add(tops, own);
	free(own);
	strlist__split(tops, getenv("FAULTLINE_VARIANTS") ?: "", ':');
}

/* Names of the folders that hold file in BASE[/BELOW] of every top. */
static void names_below(const char *base, const char *below, const char *file,
			struct strlist *names)
{
	struct strlist tops = { 0 };

	need_base(base);
	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr; i++) {
		char *dir = xasprintf("%s/%s%s", tops.item[i], base, below);

		folders_with(dir, file, names);
		free(dir);
	}
	strlist__free(&tops);
}

/* The first top's folder of that name; it is there. */
static char *folder_below(const char *base, const char *below,
			  const char *file, const char *name)
{
	struct strlist tops = { 0 };
	char *found = NULL;

	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr && !found; i++) {
		char *path = xasprintf("%s/%s%s/%s/%s", tops.item[i], base,
				       below, name, file);

		if (path_exists(path))
			found = xasprintf("%s/%s%s/%s", tops.item[i], base,
					  below, name);
		free(path);
	}
	strlist__free(&tops);
	return found;
}

/* The reference first, then by name, the last first. */
void catalog__variants(const char *base, struct strlist *names)
{
	struct strlist found = { 0 };

	names_below(base, "", "variant.conf", &found);
	if (strlist__has(&found, REFERENCE))
		strlist__add(names, REFERENCE);
	for (size_t i = found.nr; i-- > 0;) {
		if (strcmp(found.item[i], REFERENCE))
			strlist__add(names, found.item[i]);
	}
	strlist__free(&found);
}

void catalog__overlays(const char *base, struct strlist *names)
{
	names_below(base, "/overlays", "overlay.conf", names);
}

char *catalog__overlay_title(const char *base, const char *overlay)
{
	char *dir = folder_below(base, "/overlays", "overlay.conf", overlay);
	char *path = xasprintf("%s/overlay.conf", dir);
	struct conf c = catalog__read_conf(path);
	char *title = xstrdup(conf__get(&c, "", "title") ?: "");

	conf__free(&c);
	free(path);
	free(dir);
	return title;
}

/* Paths of the patches that dir/series lists; '#' begins a comment. */
static void read_series(const char *dir, struct strlist *patches)
{
	char *path = xasprintf("%s/series", dir), *save, *line;
	char *text = path_read(path, NULL);

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		char *patch;

		line += strspn(line, " \t");
		line[strcspn(line, "# \t\r")] = '\0';
		if (!*line)
			continue;
		patch = xasprintf("%s/%s", dir, line);
		strlist__add(patches, patch);
		free(patch);
	}
	free(text);
	free(path);
}

char *variant_plain_name(const char *name)
{
	return xasprintf("%.*s", (int)strcspn(name, "@+"), name);
}

int variant_step(const char *name)
{
	const char *at = strchr(name, '@');

	return at ? atoi(at + 1) : -1;
}

bool variant_has_overlay(const char *name, const char *overlay)
{
	struct strlist parts = { 0 };
	bool has;

	strlist__split(&parts, name + strcspn(name, "+"), '+');
	has = strlist__has(&parts, overlay);
	strlist__free(&parts);
	return has;
}

/* Keep the first `step` patches; dies when there are not as many. */
static void cut_series(struct variant *v, const char *step)
{
	char *end;
	unsigned long n = strtoul(step, &end, 10);

	if (end == step || (*end && *end != '+'))
		die(EXIT_UNKNOWN_NAME, "variant '%s': '%.*s' is not a step; write %s@N, N from 0 to %zu, or %s@%s",
		    v->name, (int)strcspn(step, "+"), step, v->plain,
		    v->patches.nr, v->plain, ALL);
	if (n > v->patches.nr)
		die(EXIT_UNKNOWN_NAME, "variant '%s': step %lu is past the series; %s has %zu patch%s",
		    v->name, n, v->plain, v->patches.nr,
		    v->patches.nr == 1 ? "" : "es");
	v->step = n;
	while (v->patches.nr > n)
		free(v->patches.item[--v->patches.nr]);
}

static void add_overlays(struct variant *v, const char *base, const char *list)
{
	struct strlist known = { 0 }, wanted = { 0 };

	catalog__overlays(base, &known);
	strlist__split(&wanted, list, '+');
	for (size_t i = 0; i < wanted.nr; i++) {
		char *dir;

		catalog__need("overlay", wanted.item[i], &known);
		dir = folder_below(base, "/overlays", "overlay.conf",
				   wanted.item[i]);
		strlist__add(&v->overlays, dir);
		free(dir);
	}
	strlist__free(&wanted);
	strlist__free(&known);
}

struct variant *catalog__variant(const char *base, const char *name)
{
	struct variant *v = xcalloc(1, sizeof(*v));
	struct strlist names = { 0 };
	char *dir, *path;
	struct conf c;

	v->name = xstrdup(name);
	v->plain = variant_plain_name(name);
	v->step = -1;
	catalog__variants(base, &names);
	catalog__need("variant", v->plain, &names);
	strlist__free(&names);

	dir = folder_below(base, "", "variant.conf", v->plain);
	path = xasprintf("%s/variant.conf", dir);
	c = catalog__read_conf(path);
	v->title = xstrdup(conf__get(&c, "", "title") ?: "");
	v->why = xstrdup(conf__get(&c, "", "why") ?: "");
	v->shape = xstrdup(conf__get(&c, "", "shape") ?: "");
	conf__free(&c);
	read_series(dir, &v->patches);
	if (name[strlen(v->plain)] == '@')
		cut_series(v, name + strlen(v->plain) + 1);
	add_overlays(v, base, name + strcspn(name, "+"));
	v->stock = !v->patches.nr && !v->overlays.nr;
	free(path);
	free(dir);
	return v;
}

/* "NAME@all+x": NAME@0+x, NAME@1+x, ... */
static void add_steps(const char *base, const char *name, struct strlist *to)
{
	char *plain = variant_plain_name(name);
	struct variant *v = catalog__variant(base, plain);

	for (size_t n = 0; n <= v->patches.nr; n++) {
		char *step = xasprintf("%s@%zu%s", plain, n,
				       name + strcspn(name, "+"));

		if (!strlist__has(to, step))
			strlist__add(to, step);
		free(step);
	}
	variant__free(v);
	free(plain);
}

void catalog__expand_variants(const char *base, struct strlist *names)
{
	struct strlist out = { 0 };

	for (size_t i = 0; i < names->nr; i++) {
		const char *at = strchr(names->item[i], '@');

		if (!strcmp(names->item[i], ALL))
			catalog__variants(base, &out);
		else if (at && !strncmp(at + 1, ALL, strlen(ALL)) &&
			 strcspn(at + 1, "+") == strlen(ALL))
			add_steps(base, names->item[i], &out);
		else if (!strlist__has(&out, names->item[i]))
			strlist__add(&out, names->item[i]);
	}
	strlist__free(names);
	*names = out;
}

void variant__free(struct variant *v)
{
	free(v->name);
	free(v->plain);
	free(v->title);
	free(v->why);
	free(v->shape);
	strlist__free(&v->patches);
	strlist__free(&v->overlays);
	free(v);
}

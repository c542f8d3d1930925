// SPDX-License-Identifier: GPL-2.0
/*
 * Bases and variants, read from their folders; see catalog.h. Profiles and
 * workloads are in rows.c.
 */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "catalog.h"

int catalog__check_name(const char *kind, const char *name,
			const struct strlist *known, struct err *err)
{
	char *list;

	if (strlist__has(known, name))
		return 0;
	list = strlist__join(known, ", ");
	err__set(err, EXIT_UNKNOWN_NAME, "no %s '%s'; there are: %s", kind,
		 name, known->nr ? list : "none");
	free(list);
	return -1;
}

int catalog__read_conf(struct conf *c, const char *path, struct err *err)
{
	char why[512];

	if (!conf__read(c, path, why, sizeof(why)))
		return 0;
	conf__free(c);
	return err__set(err, EXIT_MISSING, "%s", why);
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

/* Folders that may hold a base: the checkout's, those named, those made in the cache. */
static void base_tops(struct strlist *tops)
{
	char *own = path_in_root("variants"), *cache = path_cache();
	char *made = xasprintf("%s/bases", cache);

	strlist__add(tops, own);
	strlist__split(tops, getenv("FAULTLINE_BASES") ?: "", ':');
	strlist__add(tops, made);
	free(made);
	free(cache);
	free(own);
}

void catalog__bases(struct strlist *names)
{
	struct strlist tops = { 0 };

	base_tops(&tops);
	for (size_t i = 0; i + 1 < tops.nr; i++)	/* but for the last: made ones */
		folders_with(tops.item[i], "base.conf", names);
	if (names->nr)
		qsort(names->item, names->nr, sizeof(*names->item), by_version);
	strlist__free(&tops);
}

char *catalog__base_folder(const char *base)
{
	struct strlist tops = { 0 };
	char *dir = NULL;

	base_tops(&tops);
	for (size_t i = 0; i < tops.nr && !dir; i++) {
		char *conf = xasprintf("%s/%s/base.conf", tops.item[i], base);

		if (!strchr(base, '/') && path_exists(conf))
			dir = xasprintf("%s/%s", tops.item[i], base);
		free(conf);
	}
	strlist__free(&tops);
	return dir;
}

static int check_base(const char *base, struct err *err)
{
	struct strlist bases = { 0 };
	char *dir = catalog__base_folder(base);
	int r;

	free(dir);
	if (dir)
		return 0;
	catalog__bases(&bases);
	r = catalog__check_name("base", base, &bases, err);
	strlist__free(&bases);
	return r;
}

int catalog__base_conf(struct conf *c, const char *base, struct err *err)
{
	char *dir, *path;
	int r;

	*c = (struct conf) { 0 };
	if (!strcmp(base, BASE_RUNNING)) {
		c->path = xstrdup("");
		return 0;
	}
	if (check_base(base, err))
		return -1;
	dir = catalog__base_folder(base);
	path = xasprintf("%s/base.conf", dir);
	r = catalog__read_conf(c, path, err);
	free(path);
	free(dir);
	return r;
}

char *catalog__base_value(const char *base, const char *key, struct err *err)
{
	struct conf c;
	char *value;

	if (catalog__base_conf(&c, base, err))
		return NULL;
	value = xstrdup(conf__get(&c, "", key) ?: "");
	conf__free(&c);
	return value;
}

char *catalog__base_title(const char *base, struct err *err)
{
	return catalog__base_value(base, "title", err);
}

/*
 * Folders that may hold a base's variants, the checkout's own first. A base from
 * elsewhere has its own there.
 */
static void variant_tops(struct strlist *tops)
{
	base_tops(tops);
	strlist__split(tops, getenv("FAULTLINE_VARIANTS") ?: "", ':');
}

/* Where commits of somebody's tree are, which no list of variants shows. */
static char *commits_top(void)
{
	char *cache = path_cache(), *top = xasprintf("%s/commits", cache);

	free(cache);
	return top;
}

/* Names of the folders that hold file in BASE[/BELOW] of every top. */
static int names_below(const char *base, const char *below, const char *file,
		       struct strlist *names, struct err *err)
{
	struct strlist tops = { 0 };

	if (check_base(base, err))
		return -1;
	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr; i++) {
		char *dir = xasprintf("%s/%s%s", tops.item[i], base, below);

		folders_with(dir, file, names);
		free(dir);
	}
	strlist__free(&tops);
	return 0;
}

static bool is_made(const char *top)
{
	char *cache = path_cache(), *made = xasprintf("%s/bases", cache);
	bool is = !strcmp(top, made);

	free(made);
	free(cache);
	return is;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev &&
	       x.st_ino == y.st_ino;
}

/*
 * The folder of that name, allocated; it is there. Two that people made are an
 * error: whichever were taken, somebody would read figures of the other one.
 */
static char *folder_below(const char *base, const char *below, const char *kind,
			  const char *name, struct err *err)
{
	struct strlist tops = { 0 };
	char *found = NULL;

	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr; i++) {
		char *dir = xasprintf("%s/%s%s/%s", tops.item[i], base, below, name);
		char *conf = xasprintf("%s/%s.conf", dir, kind);
		bool there = path_exists(conf);

		free(conf);
		if (there && !found) {
			found = dir;
			continue;
		}
		if (there && !is_made(tops.item[i]) && !is_same_file(dir, found)) {
			err__set(err, EXIT_UNKNOWN_NAME, "two folders are %s '%s' of base %s: %s and %s; rename one, or take its folder out of FAULTLINE_VARIANTS",
				 kind, name, base, found, dir);
			free(found);
			found = NULL;
			free(dir);
			break;
		}
		free(dir);
	}
	strlist__free(&tops);
	return found;
}

/* The reference first, then by name, the last first. */
int catalog__variants(const char *base, struct strlist *names, struct err *err)
{
	struct strlist found = { 0 };

	if (names_below(base, "", "variant.conf", &found, err))
		return -1;
	if (strlist__has(&found, REFERENCE))
		strlist__add(names, REFERENCE);
	for (size_t i = found.nr; i-- > 0;) {
		if (strcmp(found.item[i], REFERENCE))
			strlist__add(names, found.item[i]);
	}
	strlist__free(&found);
	return 0;
}

int catalog__variants_in(const char *base, const char *group,
			 struct strlist *names, struct err *err)
{
	struct strlist every = { 0 };
	int r = catalog__variants(base, &every, err);

	for (size_t i = 0; i < every.nr && !r; i++) {
		struct variant *v = catalog__variant(base, every.item[i], err);

		r = v ? 0 : -1;
		if (v && !strcmp(v->group, group))
			strlist__add(names, v->name);
		variant__free(v);
	}
	strlist__free(&every);
	return r;
}

int catalog__overlays(const char *base, struct strlist *names, struct err *err)
{
	return names_below(base, "/overlays", "overlay.conf", names, err);
}

char *catalog__overlay_title(const char *base, const char *overlay,
			     struct err *err)
{
	char *dir = folder_below(base, "/overlays", "overlay", overlay, err);
	char *path = xasprintf("%s/overlay.conf", dir ?: ""), *title = NULL;
	struct conf c;

	if (dir && !catalog__read_conf(&c, path, err)) {
		title = xstrdup(conf__get(&c, "", "title") ?: "");
		conf__free(&c);
	}
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

/* Keep the first `step` patches; -1 when there are not as many. */
static int cut_series(struct variant *v, const char *step, struct err *err)
{
	char *end;
	unsigned long n = strtoul(step, &end, 10);

	if (end == step || (*end && *end != '+'))
		return err__set(err, EXIT_UNKNOWN_NAME, "variant '%s': '%.*s' is not a step; write %s@N, N from 0 to %zu, or %s@%s",
				v->name, (int)strcspn(step, "+"), step,
				v->plain, v->patches.nr, v->plain, ALL);
	if (n > v->patches.nr)
		return err__set(err, EXIT_UNKNOWN_NAME, "variant '%s': step %lu is past the series; %s has %zu patch%s",
				v->name, n, v->plain, v->patches.nr,
				v->patches.nr == 1 ? "" : "es");
	v->step = n;
	while (v->patches.nr > n)
		free(v->patches.item[--v->patches.nr]);
	return 0;
}

static int add_overlays(struct variant *v, const char *base, const char *list,
			struct err *err)
{
	struct strlist known = { 0 }, wanted = { 0 };
	int r = catalog__overlays(base, &known, err);

	strlist__split(&wanted, list, '+');
	for (size_t i = 0; i < wanted.nr && !r; i++) {
		char *dir;

		r = catalog__check_name("overlay", wanted.item[i], &known, err);
		if (r)
			break;
		dir = folder_below(base, "/overlays", "overlay", wanted.item[i],
				   err);
		r = dir ? 0 : -1;
		if (dir)
			strlist__add(&v->overlays, dir);
		free(dir);
	}
	strlist__free(&wanted);
	strlist__free(&known);
	return r;
}

/* The same of a commit, allocated; or NULL. */
static char *commit_folder(const char *base, const char *plain)
{
	char *top = commits_top(), *dir = xasprintf("%s/%s/%s", top, base, plain);
	char *conf = xasprintf("%s/variant.conf", dir);

	if (!*plain || *plain == '.' || strchr(plain, '/') || !path_exists(conf)) {
		free(dir);
		dir = NULL;
	}
	free(conf);
	free(top);
	return dir;
}

/* The folder of a variant, allocated; NULL where the base has no such one. */
static char *variant_folder(const char *base, const char *plain,
			    struct err *err)
{
	struct strlist names = { 0 };
	char *dir = NULL;

	if (catalog__variants(base, &names, err)) {
		strlist__free(&names);
		return NULL;
	}
	if (!strlist__has(&names, plain))
		dir = commit_folder(base, plain);
	if (!dir && !catalog__check_name("variant", plain, &names, err))
		dir = folder_below(base, "", "variant", plain, err);
	strlist__free(&names);
	return dir;
}

/* What dir/variant.conf says. */
static int read_variant(struct variant *v, const char *dir, struct err *err)
{
	char *path = xasprintf("%s/variant.conf", dir);
	struct conf c;
	int r = catalog__read_conf(&c, path, err);

	free(path);
	if (r)
		return r;
	v->title = xstrdup(conf__get(&c, "", "title") ?: "");
	v->why = xstrdup(conf__get(&c, "", "why") ?: "");
	v->shape = xstrdup(conf__get(&c, "", "shape") ?: "");
	v->group = xstrdup(conf__get(&c, "", "group") ?: "");
	v->commit = xstrdup(conf__get(&c, "", "commit") ?: "");
	v->tree = xstrdup(conf__get(&c, "", "tree") ?: "");
	v->repository = xstrdup(conf__get(&c, "", "repository") ?: "");
	conf__free(&c);
	return 0;
}

struct variant *catalog__variant(const char *base, const char *name,
				 struct err *err)
{
	struct variant *v = xcalloc(1, sizeof(*v));
	char *dir;

	v->name = xstrdup(name);
	v->plain = variant_plain_name(name);
	v->step = -1;
	dir = variant_folder(base, v->plain, err);
	if (!dir || read_variant(v, dir, err))
		goto fail;
	read_series(dir, &v->patches);
	if (*v->tree && name[strlen(v->plain)] == '@') {
		err__set(err, EXIT_UNKNOWN_NAME, "variant '%s': a commit has no steps; name each commit, as faultline diff does",
			 name);
		goto fail;
	}
	if (name[strlen(v->plain)] == '@' &&
	    cut_series(v, name + strlen(v->plain) + 1, err))
		goto fail;
	if (add_overlays(v, base, name + strcspn(name, "+"), err))
		goto fail;
	v->stock = !v->patches.nr && !v->overlays.nr && !*v->tree;
	free(dir);
	return v;
fail:
	free(dir);
	variant__free(v);
	return NULL;
}

/* "NAME@all+x": NAME@0+x, NAME@1+x, ... */
static int add_steps(const char *base, const char *name, struct strlist *to,
		     struct err *err)
{
	char *plain = variant_plain_name(name);
	struct variant *v = catalog__variant(base, plain, err);

	for (size_t n = 0; v && n <= v->patches.nr; n++) {
		char *step = xasprintf("%s@%zu%s", plain, n,
				       name + strcspn(name, "+"));

		if (!strlist__has(to, step))
			strlist__add(to, step);
		free(step);
	}
	free(plain);
	if (!v)
		return -1;
	variant__free(v);
	return 0;
}

/* Of names in the catalog, or "NAME@all+x", or a group's name, or ALL. */
static int expand_variant(const char *base, const char *name,
			  const struct strlist *known, struct strlist *to,
			  struct err *err)
{
	const char *at = strchr(name, '@');
	struct strlist group = { 0 };
	int r = 0;

	if (at && !strncmp(at + 1, ALL, strlen(ALL)) &&
	    strcspn(at + 1, "+") == strlen(ALL))
		return add_steps(base, name, to, err);
	if (!strpbrk(name, "@+") && !strlist__has(known, name))
		r = catalog__variants_in(base, strcmp(name, ALL) ? name : "",
					 &group, err);
	if (!group.nr)
		strlist__add(&group, name);
	for (size_t i = 0; i < group.nr && !r; i++) {
		if (!strlist__has(to, group.item[i]))
			strlist__add(to, group.item[i]);
	}
	strlist__free(&group);
	return r;
}

int catalog__expand_variants(const char *base, struct strlist *names,
			     struct err *err)
{
	struct strlist out = { 0 }, known = { 0 };
	int r = catalog__variants(base, &known, err);

	for (size_t i = 0; i < names->nr && !r; i++)
		r = expand_variant(base, names->item[i], &known, &out, err);
	strlist__free(&known);
	strlist__free(names);
	*names = out;
	return r;
}

void variant__free(struct variant *v)
{
	if (!v)
		return;
	free(v->name);
	free(v->plain);
	free(v->title);
	free(v->why);
	free(v->shape);
	free(v->group);
	free(v->commit);
	free(v->tree);
	free(v->repository);
	strlist__free(&v->patches);
	strlist__free(&v->overlays);
	free(v);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Bases, variants, profiles and workloads, read from their folders and rows.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"

void catalog__need(const char *kind, const char *name,
		   const struct strlist *known)
{
	if (strlist__has(known, name))
		return;
	die(EXIT_UNKNOWN_NAME, "no %s '%s'; there are: %s", kind, name,
	    known->nr ? strlist__join(known, ", ") : "none");
}

static struct conf read_or_die(const char *path)
{
	struct conf c;
	char err[512];

	if (conf__read(&c, path, err, sizeof(err)))
		die(EXIT_MISSING, "%s", err);
	return c;
}

static char *value_or(const struct conf *c, const char *stanza,
		      const char *key, const char *otherwise)
{
	const char *v = conf__get(c, stanza, key);

	return xstrdup(v ? v : otherwise);
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

void catalog__bases(struct strlist *names)
{
	char *dir = path_in_root("variants");

	folders_with(dir, "base.conf", names);
	free(dir);
}

static void need_base(const char *base)
{
	struct strlist bases = { 0 };

	catalog__bases(&bases);
	catalog__need("base", base, &bases);
	strlist__free(&bases);
}

/* Folders that may hold a base's variants, the checkout's own first. */
static void variant_tops(struct strlist *tops)
{
	char *own = path_in_root("variants");

	strlist__add(tops, own);
	free(own);
	strlist__split(tops, getenv("FAULTLINE_VARIANTS") ?: "", ':');
}

/* The reference first, then by name. */
void catalog__variants(const char *base, struct strlist *names)
{
	struct strlist tops = { 0 }, found = { 0 };

	need_base(base);
	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr; i++) {
		char *dir = xasprintf("%s/%s", tops.item[i], base);

		folders_with(dir, "variant.conf", &found);
		free(dir);
	}
	if (strlist__has(&found, REFERENCE))
		strlist__add(names, REFERENCE);
	for (size_t i = found.nr; i-- > 0;) {
		if (strcmp(found.item[i], REFERENCE))
			strlist__add(names, found.item[i]);
	}
	strlist__free(&found);
	strlist__free(&tops);
}

char *catalog__base_title(const char *base)
{
	char *path = path_in_root("variants/%s/base.conf", base);
	struct conf c = read_or_die(path);
	char *title = value_or(&c, "", "title", "");

	conf__free(&c);
	free(path);
	return title;
}

static bool series_is_empty(const char *path)
{
	char *text = path_read(path, NULL), *save, *line;
	bool empty = true;

	for (line = text ? strtok_r(text, "\n", &save) : NULL; line;
	     line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		if (*line && *line != '#')
			empty = false;
	}
	free(text);
	return empty;
}

struct variant *catalog__variant(const char *base, const char *name)
{
	struct strlist names = { 0 }, tops = { 0 };
	struct variant *v = xcalloc(1, sizeof(*v));

	catalog__variants(base, &names);
	catalog__need("variant", name, &names);
	variant_tops(&tops);
	for (size_t i = 0; i < tops.nr && !v->name; i++) {
		char *dir = xasprintf("%s/%s/%s", tops.item[i], base, name);
		char *path = xasprintf("%s/variant.conf", dir);
		char *series = xasprintf("%s/series", dir);

		if (path_exists(path)) {
			struct conf c = read_or_die(path);

			v->name = xstrdup(name);
			v->title = value_or(&c, "", "title", "");
			v->why = value_or(&c, "", "why", "");
			v->shape = value_or(&c, "", "shape", "");
			v->stock = series_is_empty(series);
			conf__free(&c);
		}
		free(series);
		free(path);
		free(dir);
	}
	strlist__free(&names);
	strlist__free(&tops);
	return v;
}

void catalog__profiles(struct strlist *names)
{
	char *path = path_in_root("variants/profiles.conf");
	struct conf c = read_or_die(path);

	conf__stanzas(&c, names);
	conf__free(&c);
	free(path);
}

struct profile *catalog__profile(const char *name)
{
	char *path = path_in_root("variants/profiles.conf");
	struct conf c = read_or_die(path);
	struct profile *p = xcalloc(1, sizeof(*p));
	struct strlist names = { 0 };

	conf__stanzas(&c, &names);
	catalog__need("profile", name, &names);
	p->name = xstrdup(name);
	p->title = value_or(&c, name, "title", "");
	p->cmdline = value_or(&c, name, "cmdline", "");
	p->verify = value_or(&c, name, "verify", "");
	strlist__free(&names);
	conf__free(&c);
	free(path);
	return p;
}

static void workload_files(struct strlist *files)
{
	char *own = path_in_root("guests/workloads.conf");

	strlist__add(files, own);
	free(own);
	strlist__split(files, getenv("FAULTLINE_WORKLOADS") ?: "", ':');
}

void catalog__workloads(struct strlist *names)
{
	struct strlist files = { 0 };

	workload_files(&files);
	for (size_t i = 0; i < files.nr; i++) {
		struct conf c = read_or_die(files.item[i]);

		conf__stanzas(&c, names);
		conf__free(&c);
	}
	strlist__free(&files);
}

/* "pf_taken=N io_exits=1" */
static void read_expect(struct workload *w, const char *text, const char *path)
{
	struct strlist parts = { 0 };

	strlist__split(&parts, text, ' ');
	for (size_t i = 0; i < parts.nr; i++) {
		char *eq = strchr(parts.item[i], '='), *end;
		uint64_t n;

		if (!eq)
			die(EXIT_USAGE, "%s: [%s] expect: '%s' is not stat=number",
			    path, w->name, parts.item[i]);
		*eq++ = '\0';
		n = !strcmp(eq, "N") ? w->cell.events : strtoull(eq, &end, 0);
		if (strcmp(eq, "N") && (*end || !*eq))
			die(EXIT_USAGE, "%s: [%s] expect %s: '%s' is neither N nor a number",
			    path, w->name, parts.item[i], eq);
		w->expect = xrealloc(w->expect,
				     (w->nr_expect + 1) * sizeof(*w->expect));
		w->expect[w->nr_expect++] = (struct expect) {
			.stat = xstrdup(parts.item[i]), .value = n,
		};
	}
	strlist__free(&parts);
}

static struct workload *read_workload(const struct conf *c, const char *name)
{
	struct workload *w = xcalloc(1, sizeof(*w));
	const char *expect = conf__get(c, name, "expect");

	w->name = xstrdup(name);
	w->class = value_or(c, name, "class", "");
	w->cmdline = value_or(c, name, "cmdline", "");
	plan__init(&w->cell);
	for (size_t i = 0; i < c->nr; i++) {
		const struct conf_entry *e = &c->entry[i];
		int r;

		if (strcmp(e->stanza, name) || !*e->key ||
		    !strcmp(e->key, "class") || !strcmp(e->key, "cmdline") ||
		    !strcmp(e->key, "expect"))
			continue;
		r = plan__set(&w->cell, e->key, e->value);
		if (r)
			die(EXIT_USAGE, "%s:%u: [%s] %s = %s: %s", c->path,
			    e->line, name, e->key, e->value, r == -ENOENT ?
			    "no such key" : "not a value it can have");
	}
	if (plan__set(&w->cell, "cell", name))
		die(EXIT_USAGE, "%s: '%s' is no name for a workload: letters, digits, '-', '_', '.', at most 63",
		    c->path, name);
	if (!w->cell.guest[0] || !expect)
		die(EXIT_USAGE, "%s: [%s] needs guest and expect", c->path,
		    name);
	read_expect(w, expect, c->path);
	return w;
}

struct workload *catalog__workload(const char *name)
{
	struct strlist files = { 0 }, names = { 0 };
	struct workload *w = NULL;

	catalog__workloads(&names);
	catalog__need("workload", name, &names);
	workload_files(&files);
	for (size_t i = 0; i < files.nr && !w; i++) {
		struct conf c = read_or_die(files.item[i]);

		if (conf__get(&c, name, ""))
			w = read_workload(&c, name);
		conf__free(&c);
	}
	strlist__free(&files);
	strlist__free(&names);
	return w;
}

void variant__free(struct variant *v)
{
	free(v->name);
	free(v->title);
	free(v->why);
	free(v->shape);
	free(v);
}

void profile__free(struct profile *p)
{
	free(p->name);
	free(p->title);
	free(p->cmdline);
	free(p->verify);
	free(p);
}

void workload__free(struct workload *w)
{
	for (size_t i = 0; i < w->nr_expect; i++)
		free(w->expect[i].stat);
	free(w->expect);
	free(w->name);
	free(w->class);
	free(w->cmdline);
	free(w);
}

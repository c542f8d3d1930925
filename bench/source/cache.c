// SPDX-License-Identifier: GPL-2.0
/*
 * What the cache holds; see cache.h. A kind is a row: which folder, what of it is
 * one item, and how it comes back.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cache.h"
#include "catalog.h"

static const struct {
	const char *name, *folder, *back;
	int depth;			/* of an item below folder; 0: all of it is one */
} kinds[NR_CACHE_KINDS] = {
	[CACHE_LEFT]	= { "half done", NULL, "it is of no use", 0 },
	[CACHE_OBJECTS]	= { "objects", NULL, "the next build of that configuration compiles all, in minutes", 0 },
	[CACHE_KERNEL]	= { "kernel", "kernels", "built again when it is measured: seconds where objects are left", 2 },
	[CACHE_COMMIT]	= { "commit", "commits", "named again by the next `faultline diff` of it", 2 },
	[CACHE_GUEST]	= { "guest", "guests", "scripts/build-guest BASE", 1 },
	[CACHE_SELFTESTS] = { "selftests", "selftests", "scripts/build-selftests BASE", 1 },
	[CACHE_PERF]	= { "perf", "perf", "scripts/build-perf", 1 },
	[CACHE_QEMU]	= { "qemu", "qemu", "scripts/other-qemu", 1 },
	[CACHE_METAL]	= { "metal", "metal", "scripts/build-metal", 1 },
	[CACHE_BASE]	= { "base", "bases", "made again of its template by the next `faultline diff`", 1 },
	[CACHE_SOURCE]	= { "source", "trees", "unpacked, or read from the repository, by the next build", 1 },
	[CACHE_OLD_SOURCE] = { "old source", "src", "kept by an earlier release; nothing reads it", 1 },
	[CACHE_PACKAGE]	= { "package", "packages", "downloaded by the next build", 1 },
	[CACHE_BOOTS]	= { "boots", "boots", "booted again by the next `faultline diff`", 0 },
	[CACHE_CCACHE]	= { "ccache", "ccache", "fills itself; it has a limit of its own, 2 GB", 0 },
	[CACHE_LOGS]	= { "logs", "logs", "the next build writes its own", 0 },
	[CACHE_OTHER]	= { "other", NULL, "not of Faultline, and left alone", 0 },
};

const char *cache__kind_name(enum cache_kind kind)
{
	return kinds[kind].name;
}

const char *cache__back(enum cache_kind kind)
{
	return kinds[kind].back;
}

const char *cache__size_text(uint64_t bytes, char buf[32])
{
	if (bytes < 1000000)
		snprintf(buf, 32, "%llu kB", (unsigned long long)(bytes + 999) / 1000);
	else if (bytes < 999500000)
		snprintf(buf, 32, "%llu MB", (unsigned long long)(bytes + 500000) / 1000000);
	else
		snprintf(buf, 32, "%.1f GB", bytes / 1e9);
	return buf;
}

bool cache__parse_size(const char *text, uint64_t *bytes)
{
	static const char units[] = "kMGT";
	const char *unit;
	char *end;
	double n = strtod(text, &end);

	if (end == text || !isdigit((unsigned char)*text) || n < 0 || n > 1e9)
		return false;
	end += *end == ' ';
	unit = *end ? strchr(units, *end == 'K' ? 'k' : *end) : NULL;
	if (unit) {
		for (const char *u = units; u <= unit; u++)
			n *= 1000;
		end++;
	}
	if (*end == 'B')
		end++;
	*bytes = n;
	return !*end;
}

static time_t time_of(const char *top, const char *path, const char *file)
{
	char *name = xasprintf("%s/%s%s%s", top, path, *file ? "/" : "", file);
	struct stat st;
	/* A package has the time of its making; when it came is another one. */
	time_t t = stat(name, &st) ? 0 : strncmp(path, "packages/", 9) ?
		   st.st_mtime : st.st_ctime;

	free(name);
	return t;
}

static time_t later(time_t a, time_t b)
{
	return a > b ? a : b;
}

/* "NAME.new.PID" and its like, "tmp.PID": the PID, or 0. */
static pid_t made_by(const char *name)
{
	static const char *const marks[] = { ".new.", ".gone.", ".work." };
	const char *dot = strrchr(name, '.');

	if (!dot || !dot[1] || dot[1 + strspn(dot + 1, "0123456789")])
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		if (strstr(name, marks[i]))
			return atoi(dot + 1);
	}
	if (!strncmp(name, "tmp.", 4))
		return atoi(dot + 1);
	return 0;
}

static bool is_gone(pid_t pid)
{
	return kill(pid, 0) && errno == ESRCH;
}

static struct cache_item *add(struct cache *c, enum cache_kind kind,
			      const char *path)
{
	struct cache_item *i;

	c->item = xrealloc(c->item, (c->nr + 1) * sizeof(*c->item));
	i = &c->item[c->nr++];
	*i = (struct cache_item) {
		.kind = kind, .path = xstrdup(path), .what = xstrdup(path),
		.base = xstrdup(""), .variant = xstrdup(""),
		.profile = xstrdup(""), .source = xstrdup(""),
		.origin = xstrdup(""),
		.made = time_of(c->top, path, ""),
	};
	i->used = i->made;
	return i;
}

static void set(char **to, char *text)
{
	free(*to);
	*to = text;
}

static char *value(const struct conf *conf, const char *key)
{
	return xstrdup(conf__get(conf, "", key) ?: "");
}

/* Is a line of Kconfig, "CONFIG_X=y" or "CONFIG_X=n", true of this .config? */
static bool holds(const char *config, const char *line)
{
	const size_t n = strlen(line);
	const bool no = n > 2 && !strcmp(line + n - 2, "=n");
	char *want = no ? xasprintf("\n%.*s=", (int)n - 2, line) :
			  xasprintf("\n%s\n", line);
	bool is = !strstr(config, want) == no;

	free(want);
	return is;
}

static bool is_built_for(const char *base, const char *profile, const char *config)
{
	struct strlist lines = { 0 };
	struct err e;
	struct profile *p = catalog__profile(base, profile, &e);
	bool is;

	if (!p)
		return false;
	strlist__split(&lines, p->config, ' ');
	is = lines.nr;
	for (size_t i = 0; i < lines.nr && is; i++)
		is = holds(config, lines.item[i]);
	strlist__free(&lines);
	profile__free(p);
	return is;
}

/*
 * The profile that has a kernel of its own and whose lines are in this one's
 * .config, allocated; "" of the kernel that all others share.
 */
static char *profile_of(const struct cache *c, const struct cache_item *i)
{
	char *path = xasprintf("%s/%s/config", c->top, i->path);
	char *config = path_read(path, NULL), *found = NULL;
	struct strlist names = { 0 };
	struct err e;

	if (config && !catalog__profiles(&names, &e)) {
		for (size_t k = 0; k < names.nr && !found; k++) {
			if (is_built_for(i->base, names.item[k], config))
				found = xstrdup(names.item[k]);
		}
	}
	strlist__free(&names);
	free(config);
	free(path);
	return found ?: xstrdup("");
}

static void describe_kernel(const struct cache *c, struct cache_item *i)
{
	char *path = xasprintf("%s/%s/info", c->top, i->path), err[256];
	const char *same;
	struct conf conf;

	if (conf__read(&conf, path, err, sizeof(err))) {
		i->dangling = xstrdup("it has no info, so nothing finds it");
	} else {
		set(&i->base, value(&conf, "base"));
		set(&i->variant, value(&conf, "variant"));
		set(&i->profile, profile_of(c, i));
		set(&i->what, xasprintf("%s/%s%s%s", i->base, i->variant,
					*i->profile ? ", " : "", i->profile));
		same = conf__get(&conf, "", "same_code_as");
		if (same && !path_exists(same))
			i->dangling = xasprintf("same code as %s, which is gone", same);
	}
	conf__free(&conf);
	i->made = time_of(c->top, i->path, "info") ?: i->made;
	i->used = later(i->made, time_of(c->top, i->path, "used"));
	free(path);
}

static void describe_commit(const struct cache *c, struct cache_item *i)
{
	char *path = xasprintf("%s/%s/variant.conf", c->top, i->path), err[256];
	const char *repository;
	struct conf conf;

	if (!conf__read(&conf, path, err, sizeof(err))) {
		repository = conf__get(&conf, "", "repository");
		if (repository && *repository && !path_exists(repository))
			i->dangling = xasprintf("%s is gone", repository);
		set(&i->source, xstrdup(repository ?: ""));
		set(&i->what, xasprintf("%s  %.40s", i->path + strlen("commits/"),
					conf__get(&conf, "", "title") ?: ""));
	}
	conf__free(&conf);
	free(path);
}

/* The line of trees/ID/origin: a package, or a repository's git directory. */
static char *origin_of(const struct cache *c, const char *path)
{
	char *file = xasprintf("%s/%s/origin", c->top, path);
	char *text = path_read(file, NULL);

	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(file);
	return text;
}

/* For people: the package's name, the repository's top folder; allocated. */
static char *short_origin(const char *origin)
{
	const char *slash = strrchr(origin, '/');

	if (slash && !strcmp(slash, "/.git"))
		return xasprintf("%.*s", (int)(slash - origin), origin);
	if (slash && strstr(slash, ".tar."))
		return xstrdup(slash + 1);
	return xstrdup(origin);
}

static void add_objects(struct cache *c, const char *path, const char *origin)
{
	char *dir = xasprintf("%s/%s", c->top, path);
	struct dirent *e;
	/* What a link leads to is not the cache's. */
	DIR *d = path_is_link(dir) ? NULL : opendir(dir);

	while (d && (e = readdir(d))) {
		static const char *const marks[] = { ".config", "built-tree", ".building" };
		struct cache_item *i;
		char *below;

		if (strncmp(e->d_name, "obj-", 4))
			continue;
		below = xasprintf("%s/%s", path, e->d_name);
		i = add(c, CACHE_OBJECTS, below);
		for (size_t k = 0; k < ARRAY_SIZE(marks); k++)
			i->used = later(i->used, time_of(c->top, below, marks[k]));
		set(&i->source, xstrdup(path));
		set(&i->what, xasprintf("%s %s", e->d_name, origin ?: path));
		free(below);
	}
	if (d)
		closedir(d);
	free(dir);
}

static void describe_source(struct cache *c, size_t at)
{
	char *path = xstrdup(c->item[at].path), *origin = origin_of(c, path);
	char *said = short_origin(origin ?: path);
	struct cache_item *i = &c->item[at];
	time_t used = later(i->used, time_of(c->top, path, "lock"));

	set(&i->what, xstrdup(said));
	set(&i->origin, xstrdup(origin ?: ""));
	set(&i->source, xstrdup(path));
	if (origin && !path_exists(origin))
		i->dangling = xasprintf("%s is gone", origin);
	add_objects(c, path, said);
	for (size_t k = at + 1; k < c->nr; k++) {
		used = later(used, c->item[k].used);
		if (c->item[at].dangling && !c->item[k].dangling)
			c->item[k].dangling = xstrdup(c->item[at].dangling);
	}
	c->item[at].used = used;
	free(said);
	free(origin);
	free(path);
}

static void describe(struct cache *c, size_t at)
{
	struct cache_item *i = &c->item[at];

	switch (i->kind) {
	case CACHE_KERNEL:
		describe_kernel(c, i);
		break;
	case CACHE_COMMIT:
		describe_commit(c, i);
		break;
	case CACHE_SOURCE:
		describe_source(c, at);
		break;
	case CACHE_OLD_SOURCE:
		i->used = later(i->used, time_of(c->top, i->path, "touched"));
		/* fallthrough */
	default:
		set(&i->what, xstrdup(strchr(i->path, '/') ? strchr(i->path, '/') + 1 : i->path));
		break;
	}
}

/* What is below a folder, depth levels down, as items of a kind. */
static void add_below(struct cache *c, enum cache_kind kind, const char *path,
		      int depth)
{
	char *dir = xasprintf("%s/%s", c->top, path);
	struct strlist names = { 0 };
	struct dirent *e;
	DIR *d = opendir(dir);

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.')
			strlist__add(&names, e->d_name);
	}
	if (d)
		closedir(d);
	strlist__sort(&names);
	for (size_t i = 0; i < names.nr; i++) {
		char *below = xasprintf("%s/%s", path, names.item[i]);
		pid_t pid = made_by(names.item[i]);

		if (pid) {
			struct cache_item *left = add(c, CACHE_LEFT, below);

			left->dangling = is_gone(pid) ?
				xasprintf("left by process %d, which is gone", (int)pid) : NULL;
		} else if (depth > 1) {
			add_below(c, kind, below, depth - 1);
		} else if (strcmp(names.item[i], "lock")) {
			add(c, kind, below);
			describe(c, c->nr - 1);
		}
		free(below);
	}
	strlist__free(&names);
	free(dir);
}

static bool is_known(const char *name)
{
	static const char *const files[] = { "trees.known" };
	size_t n = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		if (!strcmp(name, files[i]))
			return true;
	}
	for (size_t k = 0; k < NR_CACHE_KINDS; k++) {
		if (kinds[k].folder && !strcmp(name, kinds[k].folder))
			return true;
	}
	return n > 5 && !strcmp(name + n - 5, ".lock");
}

static void add_others(struct cache *c)
{
	struct dirent *e;
	DIR *d = opendir(c->top);

	while (d && (e = readdir(d))) {
		if (e->d_name[0] != '.' && !is_known(e->d_name))
			add(c, CACHE_OTHER, e->d_name);
	}
	if (d)
		closedir(d);
}

/*
 * A kernel that has the code of another one is used where it is: so is the other.
 * And the kernels of a commit count to its repository.
 */
static void relate_kernel(struct cache *c, struct cache_item *i)
{
	char *path = xasprintf("%s/%s/info", c->top, i->path), err[256];
	struct conf conf;
	const char *same = NULL;

	if (!conf__read(&conf, path, err, sizeof(err)))
		same = conf__get(&conf, "", "same_code_as");
	for (size_t k = 0; k < c->nr; k++) {
		struct cache_item *o = &c->item[k];

		if (o->kind == CACHE_KERNEL && same) {
			const size_t n = strlen(same), m = strlen(o->path);

			if (n > m && !strcmp(same + n - m, o->path))
				o->used = later(o->used, i->used);
		}
		if (o->kind == CACHE_COMMIT && *o->source && *i->variant) {
			const char *name = strrchr(o->path, '/');
			const size_t n = strcspn(i->variant, "+@");

			if (name && strlen(name + 1) == n &&
			    !strncmp(name + 1, i->variant, n))
				set(&i->source, xstrdup(o->source));
		}
	}
	conf__free(&conf);
	free(path);
}

/* Of a commit, and its kernels: the folder of trees/ that is of its repository. */
static void name_sources(struct cache *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct cache_item *k = &c->item[i];

		for (size_t s = 0; s < c->nr && *k->source == '/'; s++) {
			if (c->item[s].kind == CACHE_SOURCE &&
			    !strcmp(c->item[s].origin, k->source))
				set(&k->source, xstrdup(c->item[s].path));
		}
	}
}

/* Of a source what is not an item of its own. */
static uint64_t bytes_of(const struct cache *c, const struct cache_item *i,
			 struct seen_files **seen)
{
	char *dir = xasprintf("%s/%s", c->top, i->path);
	DIR *d = i->kind == CACHE_SOURCE ? opendir(dir) : NULL;
	uint64_t bytes = d ? 0 : cache__bytes(dir, seen);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *below = xasprintf("%s/%s", dir, e->d_name);

		if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") &&
		    strncmp(e->d_name, "obj-", 4))
			bytes += cache__bytes(below, seen);
		free(below);
	}
	if (d)
		closedir(d);
	free(dir);
	return bytes;
}

static void measure(struct cache *c)
{
	struct seen_files *seen = NULL;

	for (size_t i = 0; i < c->nr; i++) {
		c->item[i].bytes = bytes_of(c, &c->item[i], &seen);
		c->bytes += c->item[i].bytes;
	}
	cache__forget_seen(seen);
}

int cache__read(struct cache *c, struct err *err)
{
	*c = (struct cache) { .top = path_cache() };
	if (!path_exists(c->top)) {
		err__set(err, EXIT_NO_DATA, "there is no cache yet: %s; the first run makes it",
			 c->top);
		return -1;
	}
	for (int k = 0; k < NR_CACHE_KINDS; k++) {
		char *dir = kinds[k].folder ? xasprintf("%s/%s", c->top, kinds[k].folder) : NULL;

		if (dir && path_exists(dir) && !kinds[k].depth) {
			add(c, k, kinds[k].folder);
			describe(c, c->nr - 1);
		} else if (dir && path_exists(dir)) {
			add_below(c, k, kinds[k].folder, kinds[k].depth);
		}
		free(dir);
	}
	add_others(c);
	for (size_t i = 0; i < c->nr; i++) {
		if (c->item[i].kind == CACHE_KERNEL)
			relate_kernel(c, &c->item[i]);
	}
	name_sources(c);
	measure(c);
	return 0;
}

void cache__free(struct cache *c)
{
	for (size_t i = 0; i < c->nr; i++) {
		struct cache_item *k = &c->item[i];

		free(k->path);
		free(k->what);
		free(k->base);
		free(k->variant);
		free(k->profile);
		free(k->source);
		free(k->origin);
		free(k->dangling);
	}
	free(c->item);
	free(c->top);
}

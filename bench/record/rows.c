// SPDX-License-Identifier: GPL-2.0
/*
 * Profiles and workloads, read from their rows; what a base says otherwise
 * counts. See catalog.h.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "rigs.h"

/* A row of a file, and what the base puts over it; base may lack both. */
struct row {
	const struct conf *common, *base;
	const char *name;
	char *stanza;		/* in base: "profile NAME", "workload NAME" */
};

static const char *row_get(const struct row *r, const char *key)
{
	return conf__get(r->base, r->stanza, key) ?:
	       conf__get(r->common, r->name, key);
}

static char *row_value(const struct row *r, const char *key)
{
	return xstrdup(row_get(r, key) ?: "");
}

static char *row_skip(const struct row *r)
{
	const char *skip = row_get(r, "skip");

	return skip ? xstrdup(skip) : NULL;
}

void catalog__profiles(struct strlist *names)
{
	char *path = path_in_root("variants/profiles.conf");
	struct conf c = catalog__read_conf(path);

	conf__stanzas(&c, names);
	conf__free(&c);
	free(path);
}

static struct profile *as_booted(void)
{
	struct profile *p = xcalloc(1, sizeof(*p));

	p->name = xstrdup(PROFILE_AS_BOOTED);
	p->title = xstrdup("what the machine was booted with");
	p->cmdline = xstrdup("");
	p->verify = xstrdup("");
	p->config = xstrdup("");
	p->vitro = xstrdup("");
	return p;
}

static struct profile *read_profile(const char *base, const char *name)
{
	char *path = path_in_root("variants/profiles.conf");
	struct conf c = catalog__read_conf(path);
	struct conf b = catalog__base_conf(base);
	struct row row = { &c, &b, name, xasprintf("profile %s", name) };
	struct profile *p = xcalloc(1, sizeof(*p));
	struct strlist names = { 0 };

	conf__stanzas(&c, &names);
	catalog__need("profile", name, &names);
	p->name = xstrdup(name);
	p->title = row_value(&row, "title");
	p->cmdline = row_value(&row, "cmdline");
	p->verify = row_value(&row, "verify");
	p->config = row_value(&row, "config");
	p->vitro = row_value(&row, RIG_VITRO);
	p->skip = row_skip(&row);
	strlist__free(&names);
	free(row.stanza);
	conf__free(&b);
	conf__free(&c);
	free(path);
	return p;
}

struct profile *catalog__profile(const char *base, const char *name)
{
	return strcmp(name, PROFILE_AS_BOOTED) ? read_profile(base, name) :
						 as_booted();
}

static void workload_files(struct strlist *files)
{
	char *own = path_in_root("guests/workloads.conf");

	strlist__add(files, own);
	free(own);
	strlist__split(files, getenv("FAULTLINE_WORKLOADS") ?: "", ':');
}

/* A stanza's workload, or one for each number of threads. */
static void add_workloads(const struct conf *c, const char *stanza,
			  struct strlist *names)
{
	const char *threads = conf__get(c, stanza, "threads");
	struct strlist n = { 0 };

	if (!threads) {
		strlist__add(names, stanza);
		return;
	}
	strlist__split(&n, threads, ' ');
	for (size_t i = 0; i < n.nr; i++) {
		char *name = xasprintf("%s-%s", stanza, n.item[i]);

		strlist__add(names, name);
		free(name);
	}
	strlist__free(&n);
}

/* The stanza of a workload's name, which is known, in new memory, or NULL. */
static char *stanza_of(const struct conf *c, const char *name,
		       unsigned int *threads)
{
	const char *dash = strrchr(name, '-');
	char *family;

	*threads = 0;
	if (conf__get(c, name, "") && !conf__get(c, name, "threads"))
		return xstrdup(name);
	if (!dash)
		return NULL;
	family = xasprintf("%.*s", (int)(dash - name), name);
	if (conf__get(c, family, "threads")) {
		*threads = strtoul(dash + 1, NULL, 10);
		return family;
	}
	free(family);
	return NULL;
}

void catalog__workloads(struct strlist *names)
{
	struct strlist files = { 0 };

	workload_files(&files);
	for (size_t i = 0; i < files.nr; i++) {
		struct conf c = catalog__read_conf(files.item[i]);
		struct strlist stanzas = { 0 };

		conf__stanzas(&c, &stanzas);
		for (size_t k = 0; k < stanzas.nr; k++)
			add_workloads(&c, stanzas.item[k], names);
		strlist__free(&stanzas);
		conf__free(&c);
	}
	strlist__free(&files);
}

/* What N is: of several threads together, each page once. */
static uint64_t faults_of(const struct workload *w)
{
	return w->cell.events * (w->threads && !w->overlap ? w->threads : 1);
}

/* A counter that the base lacks: as it is, or with the "<" or ">" of a bound. */
static bool is_lacking(const struct strlist *lacks, const char *stat)
{
	char *name = xasprintf("%.*s", (int)strcspn(stat, "<>"), stat);
	bool is = strlist__has(lacks, name);

	free(name);
	return is;
}

/*
 * "pf_taken=N io_exits=1 pf_spurious>=2 pf_fast<=3", the last two a least and a
 * most, which stays in its name; counters that the base lacks are left out.
 */
static void read_expect(struct workload *w, const char *text, const char *path,
			const struct strlist *lacks)
{
	struct strlist parts = { 0 };

	strlist__split(&parts, text, ' ');
	for (size_t i = 0; i < parts.nr; i++) {
		char *eq = strchr(parts.item[i], '='), *end;
		bool bound;
		uint64_t n;

		if (!eq)
			die(EXIT_USAGE, "%s: [%s] expect: '%s' is not stat=number",
			    path, w->name, parts.item[i]);
		bound = eq > parts.item[i] && (eq[-1] == '>' || eq[-1] == '<');
		*eq++ = '\0';
		n = !strcmp(eq, "N") ? faults_of(w) : strtoull(eq, &end, 0);
		if (strcmp(eq, "N") && (*end || !*eq))
			die(EXIT_USAGE, "%s: [%s] expect %s: '%s' is neither N nor a number",
			    path, w->name, parts.item[i], eq);
		if (is_lacking(lacks, parts.item[i]))
			continue;
		w->expect = xrealloc(w->expect,
				     (w->nr_expect + 1) * sizeof(*w->expect));
		w->expect[w->nr_expect++] = (struct expect) {
			.stat = xasprintf("%s%s", parts.item[i],
					  bound ? "=" : ""), .value = n,
		};
	}
	strlist__free(&parts);
}

static bool is_plan_key(const char *key)
{
	static const char *const others[] = {
		"class", "cmdline", "expect", "tdp_mmu", "skip", "rig", "tables",
		"threads", "share",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!strcmp(key, others[i]))
			return false;
	}
	return *key;
}

/* Hand every key of a stanza that is the plan's to the plan. */
static void read_plan(struct workload *w, const struct conf *c,
		      const char *stanza)
{
	for (size_t i = 0; i < c->nr; i++) {
		const struct conf_entry *e = &c->entry[i];
		int r;

		if (strcmp(e->stanza, stanza) || !is_plan_key(e->key))
			continue;
		r = plan__set(&w->cell, e->key, e->value);
		if (r)
			die(EXIT_USAGE, "%s:%u: [%s] %s = %s: %s", c->path,
			    e->line, stanza, e->key, e->value, r == -ENOENT ?
			    "no such key" : "not a value it can have");
	}
}

static void read_threads(struct workload *w, const struct row *row,
			 unsigned int threads)
{
	const char *share = row_get(row, "share");
	const char *list = row_get(row, "threads");
	struct strlist all = { 0 };

	w->threads = threads;
	w->overlap = share && !strcmp(share, "all");
	if (share && !w->overlap)
		die(EXIT_USAGE, "%s: [%s] share = %s: all, or leave it out",
		    row->common->path, row->name, share);
	strlist__split(&all, list ?: "", ' ');
	if (threads > THREADS_MOST || (list && (!threads || !strlist__has(&all, "1"))))
		die(EXIT_USAGE, "%s: [%s] threads = %s: numbers from 1 to %u, 1 among them",
		    row->common->path, row->name, list, THREADS_MOST);
	strlist__free(&all);
}

static struct workload *read_workload(const struct row *row, const char *name,
				      unsigned int threads)
{
	struct workload *w = xcalloc(1, sizeof(*w));
	const char *path = row->common->path;
	const char *expect = row_get(row, "expect");
	struct strlist lacks = { 0 };

	w->name = xstrdup(name);
	w->class = row_value(row, "class");
	w->cmdline = row_value(row, "cmdline");
	w->tdp_mmu = row_value(row, "tdp_mmu");
	w->rig = row_value(row, "rig");
	w->tables = row_value(row, "tables");
	w->skip = row_skip(row);
	if (*w->tables && strcmp(w->tables, "npt") && strcmp(w->tables, "ept"))
		die(EXIT_USAGE, "%s: [%s] tables = %s: npt or ept", path,
		    w->name, w->tables);
	if (*w->tdp_mmu && strcmp(w->tdp_mmu, "on") && strcmp(w->tdp_mmu, "off"))
		die(EXIT_USAGE, "%s: [%s] tdp_mmu = %s: on or off", path,
		    w->name, w->tdp_mmu);
	read_threads(w, row, threads);
	plan__init(&w->cell);
	read_plan(w, row->common, row->name);
	read_plan(w, row->base, row->stanza);
	if (plan__set(&w->cell, "cell", name))
		die(EXIT_USAGE, "%s: '%s' is no name for a workload: letters, digits, '-', '_', '.', at most 63",
		    path, name);
	if (!w->cell.guest[0] || !expect)
		die(EXIT_USAGE, "%s: [%s] needs guest and expect", path,
		    row->name);
	strlist__split(&lacks, conf__get(row->base, "", "lacks") ?: "", ' ');
	read_expect(w, expect, path, &lacks);
	strlist__free(&lacks);
	return w;
}

static const struct {
	const char *suffix, *perf, *class;
} with_perf[] = {
	{ WITH_PERF, PERF_DEFAULT, "perf stat in the host" },
	{ WITH_EXITS, PERF_EXITS, "perf kvm stat in the host" },
	{ WITH_PROFILE, PERF_PROFILE, "perf record in the host" },
};

/* Which of them it is, or -1; *plain is the length of what is before it. */
static int perf_of(const char *name, size_t *plain)
{
	for (size_t i = 0; i < ARRAY_SIZE(with_perf); i++) {
		size_t n = strlen(name), k = strlen(with_perf[i].suffix);

		*plain = n - k;
		if (n > k && !strcmp(name + n - k, with_perf[i].suffix))
			return i;
	}
	*plain = strlen(name);
	return -1;
}

char *workload_plain_name(const char *name)
{
	size_t plain;

	perf_of(name, &plain);
	return xasprintf("%.*s", (int)plain, name);
}

bool workload_has_perf(const char *name)
{
	size_t plain;

	return perf_of(name, &plain) >= 0;
}

static struct workload *plain_workload(const char *base, const char *name)
{
	struct strlist files = { 0 }, names = { 0 };
	struct conf b = catalog__base_conf(base);
	struct workload *w = NULL;

	catalog__workloads(&names);
	catalog__need("workload", name, &names);
	workload_files(&files);
	for (size_t i = 0; i < files.nr && !w; i++) {
		struct conf c = catalog__read_conf(files.item[i]);
		unsigned int threads;
		char *stanza = stanza_of(&c, name, &threads);

		if (stanza) {
			struct row row = { &c, &b, stanza,
					   xasprintf("workload %s", stanza) };

			w = read_workload(&row, name, threads);
			free(row.stanza);
			free(stanza);
		}
		conf__free(&c);
	}
	conf__free(&b);
	strlist__free(&files);
	strlist__free(&names);
	return w;
}

struct workload *catalog__workload(const char *base, const char *name)
{
	char *plain = workload_plain_name(name), *class;
	struct workload *w = plain_workload(base, plain);
	size_t n;
	int i = perf_of(name, &n);

	free(plain);
	if (i < 0)
		return w;
	if (plan__set(&w->cell, "cell", name))
		die(EXIT_UNKNOWN_NAME, "workload %s: the name is too long", name);
	plan__set(&w->cell, "perf", with_perf[i].perf);
	free(w->name);
	w->name = xstrdup(name);
	class = xasprintf("%s, %s", w->class, with_perf[i].class);
	free(w->class);
	w->class = class;
	return w;
}

void profile__free(struct profile *p)
{
	free(p->name);
	free(p->title);
	free(p->cmdline);
	free(p->verify);
	free(p->config);
	free(p->vitro);
	free(p->skip);
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
	free(w->tdp_mmu);
	free(w->rig);
	free(w->tables);
	free(w->skip);
	free(w);
}

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

static int read_profiles(struct conf *c, struct err *err)
{
	char *path = path_in_root("variants/profiles.conf");
	int r = catalog__read_conf(c, path, err);

	free(path);
	return r;
}

int catalog__profiles(struct strlist *names, struct err *err)
{
	struct conf c;

	if (read_profiles(&c, err))
		return -1;
	conf__stanzas(&c, names);
	conf__free(&c);
	return 0;
}

int catalog__profiles_in(const char *group, struct strlist *names,
			 struct err *err)
{
	struct strlist every = { 0 };
	struct conf c;

	if (read_profiles(&c, err))
		return -1;
	conf__stanzas(&c, &every);
	for (size_t i = 0; i < every.nr; i++) {
		const char *in = conf__get(&c, every.item[i], "group");

		if (!strcmp(in ?: "", group))
			strlist__add(names, every.item[i]);
	}
	strlist__free(&every);
	conf__free(&c);
	return 0;
}

static struct profile *as_booted(void)
{
	struct profile *p = xcalloc(1, sizeof(*p));

	p->name = xstrdup(PROFILE_AS_BOOTED);
	p->title = xstrdup("what the machine was booted with");
	p->cmdline = xstrdup("");
	p->verify = xstrdup("");
	p->cannot = xstrdup("");
	p->models = xstrdup("");
	p->config = xstrdup("");
	p->vitro = xstrdup("");
	p->vitro_cannot = xstrdup("");
	return p;
}

/* With `alone`, the words that switch every other mitigation off come first. */
static char *profile_cmdline(const struct row *row)
{
	const char *cmdline = row_get(row, "cmdline") ?: "";
	const char *others = conf__get(row->common, "", "others-off");

	if (!others || !row_get(row, "alone"))
		return xstrdup(cmdline);
	return xasprintf("%s %s", others, cmdline);
}

/*
 * Why it is not available: the base says so, or another compiler is needed than CC,
 * which scripts/build-kernel compiles with.
 */
static char *profile_skip(const struct row *row)
{
	const char *needs = row_get(row, "compiler"), *cc = getenv("CC") ?: "gcc";
	char *skip = row_skip(row);

	if (skip || !needs || strstr(cc, needs))
		return skip;
	return xasprintf("kernels are compiled by %s here, and it needs %s (CC)",
			 cc, needs);
}

static struct profile *profile_of(const struct row *row)
{
	struct profile *p = xcalloc(1, sizeof(*p));

	p->name = xstrdup(row->name);
	p->title = row_value(row, "title");
	p->cmdline = profile_cmdline(row);
	p->verify = row_value(row, "verify");
	p->cannot = row_value(row, "cannot");
	p->models = row_value(row, "models");
	p->config = row_value(row, "config");
	p->vitro = row_value(row, RIG_VITRO);
	p->vitro_cannot = row_value(row, "vitro-cannot");
	p->skip = profile_skip(row);
	return p;
}

static struct profile *read_profile(const char *base, const char *name,
				    struct err *err)
{
	struct conf c, b;
	struct row row = { &c, &b, name, NULL };
	struct strlist names = { 0 };
	struct profile *p = NULL;

	if (read_profiles(&c, err))
		return NULL;
	if (catalog__base_conf(&b, base, err))
		goto out;
	conf__stanzas(&c, &names);
	row.stanza = xasprintf("profile %s", name);
	if (!catalog__check_name("profile", name, &names, err))
		p = profile_of(&row);
	strlist__free(&names);
	free(row.stanza);
	conf__free(&b);
out:
	conf__free(&c);
	return p;
}

struct profile *catalog__profile(const char *base, const char *name,
				 struct err *err)
{
	return strcmp(name, PROFILE_AS_BOOTED) ? read_profile(base, name, err) :
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

/* The stanza of a workload's name, allocated, or NULL; the name is known. */
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

int catalog__workloads(struct strlist *names, struct err *err)
{
	struct strlist files = { 0 };
	int r = 0;

	workload_files(&files);
	for (size_t i = 0; i < files.nr && !r; i++) {
		struct strlist stanzas = { 0 };
		struct conf c;

		r = catalog__read_conf(&c, files.item[i], err);
		if (r)
			break;
		conf__stanzas(&c, &stanzas);
		for (size_t k = 0; k < stanzas.nr; k++)
			add_workloads(&c, stanzas.item[k], names);
		strlist__free(&stanzas);
		conf__free(&c);
	}
	strlist__free(&files);
	return r;
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

/* One word of it, which is cut at its "=". */
static int add_expect(struct workload *w, char *part, const char *path,
		      const struct strlist *lacks, struct err *err)
{
	char *eq = strchr(part, '='), *end;
	bool bound;
	uint64_t n;

	if (!eq)
		return err__set(err, EXIT_USAGE, "%s: [%s] expect: '%s' is not stat=number",
				path, w->name, part);
	bound = eq > part && (eq[-1] == '>' || eq[-1] == '<');
	*eq++ = '\0';
	n = !strcmp(eq, "N") ? faults_of(w) : strtoull(eq, &end, 0);
	if (strcmp(eq, "N") && (*end || !*eq))
		return err__set(err, EXIT_USAGE, "%s: [%s] expect %s: '%s' is neither N nor a number",
				path, w->name, part, eq);
	if (is_lacking(lacks, part))
		return 0;
	w->expect = xrealloc(w->expect,
			     (w->nr_expect + 1) * sizeof(*w->expect));
	w->expect[w->nr_expect++] = (struct expect) {
		.stat = xasprintf("%s%s", part, bound ? "=" : ""), .value = n,
	};
	return 0;
}

/*
 * "pf_taken=N io_exits=1 pf_spurious>=2 pf_fast<=3", the last two a least and a
 * most, which stays in its name; counters that the base lacks are left out.
 */
static int read_expect(struct workload *w, const char *text, const char *path,
		       const struct strlist *lacks, struct err *err)
{
	struct strlist parts = { 0 };
	int r = 0;

	strlist__split(&parts, text, ' ');
	for (size_t i = 0; i < parts.nr && !r; i++)
		r = add_expect(w, parts.item[i], path, lacks, err);
	strlist__free(&parts);
	return r;
}

/* Does its row say itself what it expects of a counter? */
static bool has_expect(const struct workload *w, const char *stat)
{
	for (size_t i = 0; i < w->nr_expect; i++) {
		if (strcspn(w->expect[i].stat, "<>") == strlen(stat) &&
		    !strncmp(w->expect[i].stat, stat, strlen(stat)))
			return true;
	}
	return false;
}

/*
 * Each event of a flat guest leaves it once, on every base: a fault that was taken
 * twice shows there though the base may have no counter of it. Where all vCPUs
 * touch all pages, who comes late faults as well. A Linux guest has exits of its
 * own, and vitro has none.
 */
static void expect_exits(struct workload *w)
{
	const struct plan_cell *c = &w->cell;
	const bool several = c->vcpus > 1 && c->overlap;

	if (w->threads || !strcmp(w->rig, RIG_VITRO) ||
	    !strncmp(c->guest, PLAN_LINUX, strlen(PLAN_LINUX)) ||
	    has_expect(w, EVENT_EXITS))
		return;
	w->expect = xrealloc(w->expect, (w->nr_expect + 1) * sizeof(*w->expect));
	w->expect[w->nr_expect++] = (struct expect) {
		.stat = xasprintf("%s%s", EVENT_EXITS, several ? ">=" : ""),
		.value = c->start == START_NOTHING ? c->events : 0,
	};
}

static bool is_plan_key(const char *key)
{
	static const char *const others[] = {
		"class", "cmdline", "expect", "tdp_mmu", "skip", "rig", "tables",
		"threads", "share", "group", "host", "host_memory",
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		if (!strcmp(key, others[i]))
			return false;
	}
	return *key;
}

/* Hand every key of a stanza that is the plan's to the plan. */
static int read_plan(struct workload *w, const struct conf *c,
		     const char *stanza, struct err *err)
{
	for (size_t i = 0; i < c->nr; i++) {
		const struct conf_entry *e = &c->entry[i];
		int r;

		if (strcmp(e->stanza, stanza) || !is_plan_key(e->key))
			continue;
		r = plan__set(&w->cell, e->key, e->value);
		if (r)
			return err__set(err, EXIT_USAGE, "%s:%u: [%s] %s = %s: %s",
					c->path, e->line, stanza, e->key,
					e->value, r == -ENOENT ? "no such key" :
					"not a value it can have");
	}
	return 0;
}

static int read_threads(struct workload *w, const struct row *row,
			unsigned int threads, struct err *err)
{
	const char *share = row_get(row, "share");
	const char *list = row_get(row, "threads");
	struct strlist all = { 0 };
	int r = 0;

	w->threads = threads;
	w->overlap = share && !strcmp(share, "all");
	if (share && !w->overlap)
		return err__set(err, EXIT_USAGE, "%s: [%s] share = %s: all, or leave it out",
				row->common->path, row->name, share);
	strlist__split(&all, list ?: "", ' ');
	if (threads > THREADS_MOST || (list && (!threads || !strlist__has(&all, "1"))))
		r = err__set(err, EXIT_USAGE, "%s: [%s] threads = %s: numbers from 1 to %u, 1 among them",
			     row->common->path, row->name, list, THREADS_MOST);
	strlist__free(&all);
	return r;
}

/* "kvm.x=Y": what has no dot or no pattern would be true of every host. */
static int check_host(const struct workload *w, const char *path,
		      struct err *err)
{
	struct strlist rules = { 0 };
	int r = 0;

	strlist__split(&rules, w->host, ' ');
	for (size_t i = 0; i < rules.nr && !r; i++) {
		const char *dot = strchr(rules.item[i], '.');

		if (!dot || !strchr(dot, '='))
			r = err__set(err, EXIT_USAGE, "%s: [%s] host: '%s' is not MODULE.PARAMETER=PATTERN",
				     path, w->name, rules.item[i]);
	}
	strlist__free(&rules);
	return r;
}

#define HOST_MEMORY_MOST	16384	/* MiB */

static int read_host_memory(struct workload *w, const struct row *row,
			    struct err *err)
{
	const char *text = row_get(row, "host_memory") ?: "0";
	char *end;

	w->host_memory = strtoul(text, &end, 10);
	if (*end || *text < '0' || *text > '9' || w->host_memory > HOST_MEMORY_MOST)
		return err__set(err, EXIT_USAGE, "%s: [%s] host_memory = %s: MiB, at most %d",
				row->common->path, row->name, text, HOST_MEMORY_MOST);
	return 0;
}

static int check_words(const struct workload *w, const char *path,
		       struct err *err)
{
	if (*w->tables && strcmp(w->tables, "npt") && strcmp(w->tables, "ept"))
		return err__set(err, EXIT_USAGE, "%s: [%s] tables = %s: npt or ept",
				path, w->name, w->tables);
	if (*w->tdp_mmu && strcmp(w->tdp_mmu, "on") && strcmp(w->tdp_mmu, "off"))
		return err__set(err, EXIT_USAGE, "%s: [%s] tdp_mmu = %s: on or off",
				path, w->name, w->tdp_mmu);
	return check_host(w, path, err);
}

/* The host's plan of it, and what KVM's counters must say then. */
static int read_cell(struct workload *w, const struct row *row,
		     struct err *err)
{
	const char *path = row->common->path;
	const char *expect = row_get(row, "expect");
	struct strlist lacks = { 0 };
	int r;

	plan__init(&w->cell);
	if (read_plan(w, row->common, row->name, err) ||
	    read_plan(w, row->base, row->stanza, err))
		return -1;
	if (plan__set(&w->cell, "cell", w->name))
		return err__set(err, EXIT_USAGE, "%s: '%s' is no name for a workload: letters, digits, '-', '_', '.', at most 63",
				path, w->name);
	if (!w->cell.guest[0] || !expect)
		return err__set(err, EXIT_USAGE, "%s: [%s] needs guest and expect",
				path, row->name);
	strlist__split(&lacks, conf__get(row->base, "", "lacks") ?: "", ' ');
	r = read_expect(w, expect, path, &lacks, err);
	if (!r)
		expect_exits(w);
	strlist__free(&lacks);
	return r;
}

static struct workload *read_workload(const struct row *row, const char *name,
				      unsigned int threads, struct err *err)
{
	struct workload *w = xcalloc(1, sizeof(*w));

	w->name = xstrdup(name);
	w->class = row_value(row, "class");
	w->cmdline = row_value(row, "cmdline");
	w->tdp_mmu = row_value(row, "tdp_mmu");
	w->rig = row_value(row, "rig");
	w->tables = row_value(row, "tables");
	w->group = row_value(row, "group");
	w->host = row_value(row, "host");
	w->skip = row_skip(row);
	if (check_words(w, row->common->path, err) ||
	    read_threads(w, row, threads, err) || read_host_memory(w, row, err) ||
	    read_cell(w, row, err)) {
		workload__free(w);
		return NULL;
	}
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

static int check_workload(const char *name, struct err *err)
{
	struct strlist names = { 0 };
	int r = catalog__workloads(&names, err) ?:
		catalog__check_name("workload", name, &names, err);

	strlist__free(&names);
	return r;
}

/* The workload where file has it; 0 with *w NULL: it does not. */
static int find_workload(struct workload **w, const char *file,
			 const struct conf *base, const char *name,
			 struct err *err)
{
	unsigned int threads;
	char *stanza;
	struct conf c;

	*w = NULL;
	if (catalog__read_conf(&c, file, err))
		return -1;
	stanza = stanza_of(&c, name, &threads);
	if (stanza) {
		struct row row = { &c, base, stanza,
				   xasprintf("workload %s", stanza) };

		*w = read_workload(&row, name, threads, err);
		free(row.stanza);
	}
	conf__free(&c);
	free(stanza);
	return stanza && !*w ? -1 : 0;
}

static struct workload *plain_workload(const char *base, const char *name,
				       struct err *err)
{
	struct strlist files = { 0 };
	struct workload *w = NULL;
	struct conf b;
	int r;

	if (catalog__base_conf(&b, base, err))
		return NULL;
	r = check_workload(name, err);
	workload_files(&files);
	for (size_t i = 0; i < files.nr && !w && !r; i++)
		r = find_workload(&w, files.item[i], &b, name, err);
	conf__free(&b);
	strlist__free(&files);
	return w;
}

struct workload *catalog__workload(const char *base, const char *name,
				   struct err *err)
{
	char *plain = workload_plain_name(name), *class;
	struct workload *w = plain_workload(base, plain, err);
	size_t n;
	int i = perf_of(name, &n);

	free(plain);
	if (!w || i < 0)
		return w;
	if (plan__set(&w->cell, "cell", name)) {
		err__set(err, EXIT_UNKNOWN_NAME, "workload %s: the name is too long",
			 name);
		workload__free(w);
		return NULL;
	}
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
	free(p->cannot);
	free(p->models);
	free(p->config);
	free(p->vitro);
	free(p->vitro_cannot);
	free(p->skip);
	free(p);
}

void workload__expect(const struct workload *w, const char *rig,
		      struct numbers *to)
{
	for (size_t i = 0; i < w->nr_expect; i++) {
		const struct expect *e = &w->expect[i];

		/* On hardware other exits come in as well: NMIs, the host's own. */
		if (!rigs__noisy(rig) ||
		    strncmp(e->stat, EVENT_EXITS, strlen(EVENT_EXITS)))
			numbers__add(to, e->stat, e->value);
	}
}

static bool names_rig(const struct workload *w, const char *rig, bool first)
{
	struct strlist rigs = { 0 };
	bool has;

	strlist__split(&rigs, w->rig, ' ');
	has = !rigs.nr || (first ? !strcmp(rigs.item[0], rig) : strlist__has(&rigs, rig));
	strlist__free(&rigs);
	return has;
}

const char *workload__group(const struct workload *w)
{
	if (!*w->group && !strncmp(w->name, PLAN_LINUX, strlen(PLAN_LINUX)))
		return LINUX_GROUP;
	return w->group;
}

bool workload__fits(const struct workload *w, const char *rig)
{
	return names_rig(w, rig, false);
}

bool workload__is_among_all(const struct workload *w, const char *rig)
{
	return names_rig(w, rig, true);
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
	free(w->group);
	free(w->host);
	free(w->skip);
	free(w);
}

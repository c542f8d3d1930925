// SPDX-License-Identifier: GPL-2.0
/*
 * The estimate of how long kernels will take; see build_times.h. The first of a
 * source and configuration compiles everything, a further one what differs. Of
 * what was built here the median is what a further one takes; what took five times
 * as long, and more, was a first one.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "build_times.h"
#include "util.h"

/* Where nothing was built yet: seconds, of one CPU alone. */
#define ASSUMED_FIRST_S		960
#define ASSUMED_FURTHER_S	45
#define FIRST_TO_FURTHER	5

struct build_times {
	double *s;			/* of each kernel of the cache, rising */
	size_t nr;
	struct strlist of;		/* BASE/PROFILE that one is of */
	double first, further;
};

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void read_one(struct build_times *t, const char *info)
{
	const char *value, *base, *profile;
	struct conf c;
	char why[128], *of;

	if (!conf__read(&c, info, why, sizeof(why))) {
		value = conf__get(&c, "", "build_seconds");
		base = conf__get(&c, "", "base");
		profile = conf__get(&c, "", "profile");
		of = xasprintf("%s/%s", base ?: "", profile ?: "");
		strlist__add(&t->of, of);
		free(of);
		if (value && atof(value) > 0)
			t->s[t->nr++] = atof(value);
	}
	conf__free(&c);
}

static void read_times(struct build_times *t)
{
	char *cache = path_cache(), *pattern = xasprintf("%s/kernels/*/*/info", cache);
	const long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;
	glob_t g = { 0 };

	if (!glob(pattern, 0, NULL, &g))
		t->s = xcalloc(g.gl_pathc, sizeof(*t->s));
	for (i = 0; t->s && i < g.gl_pathc; i++)
		read_one(t, g.gl_pathv[i]);
	globfree(&g);
	free(pattern);
	free(cache);
	t->further = (double)ASSUMED_FURTHER_S / (cpus > 0 ? cpus : 1);
	t->first = (double)ASSUMED_FIRST_S / (cpus > 0 ? cpus : 1);
	if (!t->nr)
		return;
	qsort(t->s, t->nr, sizeof(*t->s), by_value);
	t->further = t->s[t->nr / 2];
	for (i = t->nr; i && t->s[i - 1] >= FIRST_TO_FURTHER * t->further; i--)
		;
	t->first = i < t->nr ? t->s[i + (t->nr - i) / 2] : t->s[t->nr - 1];
}

static bool same_config(const struct kernel *a, const struct kernel *b)
{
	return !strcmp(a->base, b->base) && !strcmp(a->config, b->config);
}

static bool is_missing(const struct kernel *k)
{
	return !k->dir && !k->failed;
}

/* Is an earlier one the same, or does one have its object tree? */
static void look_back(const struct kernels *all, size_t n,
		      const struct build_times *t, bool *same, bool *has_tree)
{
	const struct kernel *k = &all->item[n];

	*same = *has_tree = false;
	for (size_t i = 0; i < all->nr; i++) {
		const struct kernel *o = &all->item[i];
		char *of;

		if (!same_config(o, k))
			continue;
		*same |= i < n && is_missing(o) && !strcmp(o->variant, k->variant);
		of = xasprintf("%s/%s", o->base, o->profile);
		*has_tree |= i < n || o->dir || strlist__has(&t->of, of);
		free(of);
	}
}

static void say_kernels(const struct build_times *t, size_t kernels, size_t firsts)
{
	const char *s = kernels == 1 ? "" : "s";
	char each[32], all[32], first[32];

	duration_text(t->further, each);
	duration_text(t->first, first);
	duration_text(firsts * t->first + (kernels - firsts) * t->further, all);
	fprintf(stderr, "  %-7s up to %zu kernel%s to build, about %s (%s each, ",
		"PLAN", kernels, s, all, each);
	if (t->nr)
		fprintf(stderr, "the median of %zu built here; ", t->nr);
	else
		fprintf(stderr, "assumed: none was built here before; ");
	if (firsts > 1)
		fprintf(stderr, "%s the first of each of %zu configurations, which compiles everything)\n",
			first, firsts);
	else if (firsts)
		fprintf(stderr, "%s the first, which compiles everything)\n", first);
	else
		fprintf(stderr, "up to %s the first of another configuration)\n", first);
}

void build_times__say(const struct kernels *all)
{
	struct build_times t = { 0 };
	size_t kernels = 0, firsts = 0;
	char boots[32], sum[32];
	bool same, has_tree;

	read_times(&t);
	for (size_t i = 0; i < all->nr; i++) {
		if (!is_missing(&all->item[i]))
			continue;
		look_back(all, i, &t, &same, &has_tree);
		kernels += !same;
		firsts += !same && !has_tree;
	}
	if (all->first && !firsts)
		firsts = 1;
	say_kernels(&t, kernels, firsts);
	if (all->boots)
		fprintf(stderr, "  %-7s then up to %zu boots, about %s: in all about %s\n", "PLAN",
			all->boots, duration_text(all->boots_s, boots),
			duration_text(all->boots_s + firsts * t.first +
				      (kernels - firsts) * t.further, sum));
	strlist__free(&t.of);
	free(t.s);
}

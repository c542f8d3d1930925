// SPDX-License-Identifier: GPL-2.0
/*
 * The estimate of how long kernels will take; see build_times.h. The first of a
 * source or configuration compiles everything, a further one what differs: the
 * median of all is the second, the longest the first.
 */
#include <glob.h>
#include <stdlib.h>

#include "build_times.h"
#include "util.h"

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Seconds of each kernel of the cache, rising; allocated. */
static double *read_times(size_t *nr)
{
	char *cache = path_cache(), *pattern = xasprintf("%s/kernels/*/*/info", cache);
	double *times = NULL;
	glob_t g = { 0 };

	*nr = 0;
	if (!glob(pattern, 0, NULL, &g))
		times = xcalloc(g.gl_pathc, sizeof(*times));
	for (size_t i = 0; times && i < g.gl_pathc; i++) {
		const char *value = NULL;
		struct conf c;
		char why[128];

		if (!conf__read(&c, g.gl_pathv[i], why, sizeof(why)))
			value = conf__get(&c, "", "build_seconds");
		if (value && atof(value) > 0)
			times[(*nr)++] = atof(value);
		conf__free(&c);
	}
	if (*nr)
		qsort(times, *nr, sizeof(*times), by_value);
	globfree(&g);
	free(pattern);
	free(cache);
	return times;
}

void build_times__say(size_t missing, bool first)
{
	char each[32], all[32], longest[32];
	const char *s = missing == 1 ? "" : "s";
	size_t nr;
	double *times = read_times(&nr), half, most;

	if (!nr) {
		fprintf(stderr, "  %-7s up to %zu kernel%s to build; the first compiles everything, and none was built here before to say how long that takes\n",
			"PLAN", missing, s);
		return;
	}
	half = times[nr / 2];
	most = times[nr - 1];
	duration_text(half, each);
	duration_text(most, longest);
	duration_text(first ? most + (missing - 1) * half : missing * half, all);
	fprintf(stderr, "  %-7s up to %zu kernel%s to build, about %s (%s each, the median of %zu built here; ",
		"PLAN", missing, s, all, each, nr);
	fprintf(stderr, first ? "%s the first, which compiles everything)\n" :
				"up to %s the first of another configuration)\n", longest);
	free(times);
}

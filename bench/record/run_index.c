// SPDX-License-Identifier: GPL-2.0
/*
 * Which records of a run are of one cell, without looking at all of them: see
 * run__first() in run.h. A chain a hash, extended as the run grows.
 */
#include <stdlib.h>
#include <string.h>

#include "run.h"

#define BUCKETS	4096		/* a power of two */
#define NONE	SIZE_MAX

struct run_index {
	size_t nr, room;		/* records in it */
	size_t head[BUCKETS], tail[BUCKETS];
	size_t *next;
};

static size_t mix(size_t h, const char *s)
{
	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3u;
	return (h ^ 0x1f) * 0x100000001b3u;
}

static size_t bucket(const char *base, const char *variant, const char *profile,
		     const char *workload)
{
	size_t h = mix(mix(mix(mix(0xcbf29ce484222325u, base), variant),
			   profile), workload);

	return (h ^ h >> 29) & (BUCKETS - 1);
}

static void begin(struct run_index *x)
{
	for (size_t i = 0; i < BUCKETS; i++)
		x->head[i] = x->tail[i] = NONE;
	x->nr = 0;
}

static void add(struct run_index *x, const struct record *r)
{
	size_t b = bucket(r->base, r->variant, r->profile, r->workload);

	if (x->nr == x->room) {
		x->room = x->room ? 2 * x->room : 64;
		x->next = xrealloc(x->next, x->room * sizeof(*x->next));
	}
	x->next[x->nr] = NONE;
	if (x->tail[b] == NONE)
		x->head[b] = x->nr;
	else
		x->next[x->tail[b]] = x->nr;
	x->tail[b] = x->nr++;
}

/* Up to date: of a run that lost records it is made anew. */
static const struct run_index *index_of(const struct run *run)
{
	/* What a run knows by heart is no part of what it is. */
	struct run *mutable = (struct run *)run;
	struct run_index *x = run->index;

	if (!x) {
		x = mutable->index = xcalloc(1, sizeof(*x));
		begin(x);
	}
	if (x->nr > run->nr)
		begin(x);
	while (x->nr < run->nr)
		add(x, run->record[x->nr]);
	return x;
}

static bool is_of(const struct record *r, const char *base, const char *variant,
		  const char *profile, const char *workload)
{
	return !strcmp(r->workload, workload) && !strcmp(r->variant, variant) &&
	       !strcmp(r->profile, profile) && !strcmp(r->base, base);
}

size_t run__first(const struct run *run, const char *base, const char *variant,
		  const char *profile, const char *workload)
{
	const struct run_index *x = index_of(run);
	size_t i = x->head[bucket(base, variant, profile, workload)];

	while (i != NONE && !is_of(run->record[i], base, variant, profile, workload))
		i = x->next[i];
	return i == NONE ? run->nr : i;
}

size_t run__next(const struct run *run, size_t i)
{
	const struct run_index *x = index_of(run);
	const struct record *r = run->record[i];

	do {
		i = x->next[i];
	} while (i != NONE && !is_of(run->record[i], r->base, r->variant,
				     r->profile, r->workload));
	return i == NONE ? run->nr : i;
}

void run__forget_index(struct run *run)
{
	if (run->index)
		free(run->index->next);
	free(run->index);
	run->index = NULL;
}

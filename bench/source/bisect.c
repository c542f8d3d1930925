// SPDX-License-Identifier: GPL-2.0
/*
 * The search for the commit that did it; see bisect.h. A commit's weight is
 * how many of those that are left it has below it, itself among them: its
 * answer, good, takes them away, and bad, leaves only them. The one that is
 * measured next halves what is left best.
 */
#include <stdlib.h>
#include <string.h>

#include "bisect.h"
#include "util.h"

struct name {
	const char *id;
	size_t at;
};

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->id, ((const struct name *)b)->id);
}

static bool is_id(const char *s)
{
	const size_t n = strlen(s);

	return (n == 40 || n == 64) && strspn(s, "0123456789abcdef") == n;
}

/* The parents in a line after its commit, those that are in the history. */
static int add_parents(struct bisect_history *h, size_t at, char *ids,
		       const struct name *name)
{
	size_t most = 1;
	char *save;

	for (const char *p = ids; *p; p++)
		most += *p == ' ';
	h->parent[at] = xcalloc(most, sizeof(**h->parent));
	for (char *id = strtok_r(ids, " ", &save); id;
	     id = strtok_r(NULL, " ", &save)) {
		const struct name key = { id, 0 };
		const struct name *p = bsearch(&key, name, h->nr, sizeof(*name),
					       by_id);

		if (!is_id(id) || (p && p->at >= at))
			return -1;
		if (p)
			h->parent[at][h->nr_parents[at]++] = p->at;
	}
	return 0;
}

/* Each line's first word is a commit; rest[] is what stands after it. */
static int read_ids(struct bisect_history *h, char *text, char **rest)
{
	char *save;

	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		const size_t n = strcspn(line, " ");

		rest[h->nr] = line + n + (line[n] != '\0');
		line[n] = '\0';
		if (!is_id(line))
			return -1;
		h->id[h->nr++] = xstrdup(line);
	}
	return 0;
}

int bisect__read(struct bisect_history *h, const char *lines)
{
	char *text = xstrdup(lines), **rest;
	struct name *name;
	size_t most = 1;
	int e;

	for (const char *p = lines; *p; p++)
		most += *p == '\n';
	*h = (struct bisect_history) { 0 };
	h->id = xcalloc(most, sizeof(*h->id));
	h->parent = xcalloc(most, sizeof(*h->parent));
	h->nr_parents = xcalloc(most, sizeof(*h->nr_parents));
	rest = xcalloc(most, sizeof(*rest));
	name = xcalloc(most, sizeof(*name));
	e = read_ids(h, text, rest);
	for (size_t i = 0; i < h->nr; i++)
		name[i] = (struct name) { h->id[i], i };
	qsort(name, h->nr, sizeof(*name), by_id);
	for (size_t i = 0; i < h->nr && !e; i++)
		e = add_parents(h, i, rest[i], name);
	free(name);
	free(rest);
	free(text);
	if (e)
		bisect__free(h);
	return e;
}

void bisect__free(struct bisect_history *h)
{
	for (size_t i = 0; i < h->nr; i++) {
		free(h->id[i]);
		free(h->parent[i]);
	}
	free(h->id);
	free(h->parent);
	free(h->nr_parents);
	*h = (struct bisect_history) { 0 };
}

struct search {
	const struct bisect_history *h;
	bool *left, *skipped;	/* of each commit */
	bool *counted;		/* those among which a half is looked for */
	size_t *weight;
	size_t *seen, *stack;	/* of walk() */
	size_t walks;
	size_t bad;
	bool bad_measured;
};

/* How many are counted of a commit and those below it; marks them in seen. */
static size_t walk(struct search *s, size_t from)
{
	size_t n = 0, top = 0;

	s->walks++;
	s->stack[top++] = from;
	s->seen[from] = s->walks;
	while (top) {
		const size_t c = s->stack[--top];

		n += s->counted[c];
		for (size_t i = 0; i < s->h->nr_parents[c]; i++) {
			const size_t p = s->h->parent[c][i];

			if (!s->left[p] || s->seen[p] == s->walks)
				continue;
			s->seen[p] = s->walks;
			s->stack[top++] = p;
		}
	}
	return n;
}

/* Only a commit with two parents that are left has to be walked down from. */
static void weigh(struct search *s)
{
	for (size_t c = 0; c <= s->bad; c++) {
		size_t parents = 0, below = 0;

		if (!s->left[c])
			continue;
		for (size_t i = 0; i < s->h->nr_parents[c]; i++) {
			const size_t p = s->h->parent[c][i];

			if (s->left[p]) {
				below = s->weight[p];
				parents++;
			}
		}
		s->weight[c] = parents > 1 ? walk(s, c) : below + s->counted[c];
	}
}

static size_t count(const struct search *s, const bool *which)
{
	size_t n = 0;

	for (size_t c = 0; c <= s->bad; c++)
		n += s->left[c] && which[c];
	return n;
}

/* A BAD that still has to be measured costs one more: it weighs two. */
static size_t total(const struct search *s)
{
	return count(s, s->left) + !s->bad_measured;
}

/* The one that halves best those that are counted, which weigh this much. */
static size_t best_half(struct search *s, size_t all)
{
	size_t best = SIZE_MAX, most = 0;

	weigh(s);
	for (size_t c = 0; c < s->bad; c++) {
		const size_t w = s->weight[c];
		const size_t half = w < all - w ? w : all - w;

		if (!s->left[c] || s->skipped[c] || !s->counted[c])
			continue;
		if (best == SIZE_MAX || half > most) {
			best = c;
			most = half;
		}
	}
	return best;
}

/*
 * Which are older than all that were skipped, or newer, or neither: between
 * two that cannot be measured there are often more of them.
 */
static void count_outside(struct search *s, bool newer)
{
	bool *above = xcalloc(s->bad + 1, sizeof(*above));
	bool *below = xcalloc(s->bad + 1, sizeof(*below));

	for (size_t c = s->bad + 1; c--;) {
		for (size_t i = 0; i < s->h->nr_parents[c]; i++)
			below[s->h->parent[c][i]] |=
				c != s->bad && s->left[c] &&
				(s->skipped[c] || below[c]);
	}
	for (size_t c = 0; c <= s->bad; c++) {
		for (size_t i = 0; i < s->h->nr_parents[c]; i++) {
			const size_t p = s->h->parent[c][i];

			above[c] |= s->left[p] && (s->skipped[p] || above[p]);
		}
		s->counted[c] = s->left[c] && !s->skipped[c] &&
				(newer ? above[c] && !below[c] : !above[c]);
	}
	free(above);
	free(below);
}

/*
 * The commit to measure next, or SIZE_MAX when there is none. Once two of those
 * that are left cannot be measured, the larger side outside of them is halved,
 * so that a stretch of many is left after few.
 */
static size_t choose(struct search *s)
{
	size_t best = SIZE_MAX, older, newer;

	if (count(s, s->skipped) - s->skipped[s->bad] >= 2) {
		count_outside(s, false);
		older = count(s, s->counted);
		count_outside(s, true);
		newer = count(s, s->counted);
		if (older >= newer)
			count_outside(s, false);
		best = best_half(s, count(s, s->counted));
	}
	memcpy(s->counted, s->left, (s->bad + 1) * sizeof(*s->counted));
	if (best == SIZE_MAX)
		best = best_half(s, total(s));
	if (best == SIZE_MAX && !s->bad_measured && !s->skipped[s->bad])
		best = s->bad;
	return best;
}

static void is_good(struct search *s, size_t c)
{
	walk(s, c);
	for (size_t i = 0; i <= c; i++)
		s->left[i] &= s->seen[i] != s->walks;
}

static void is_bad(struct search *s, size_t c)
{
	walk(s, c);
	for (size_t i = 0; i <= s->bad; i++)
		s->left[i] &= s->seen[i] == s->walks;
	s->bad = c;
	s->bad_measured = true;
}

static size_t doublings(size_t n)
{
	size_t d = 0;

	while (((size_t)1 << d) < n)
		d++;
	return d;
}

size_t bisect__most(size_t nr, bool bad_first)
{
	return bad_first ? 1 + doublings(nr) : doublings(nr + 1);
}

static bool ask(struct search *s, const struct bisect_search *how, size_t c,
		struct bisect_result *r)
{
	const size_t all = total(s), half = doublings(all);
	const struct bisect_step step = { c, count(s, s->left), half ? half - 1 : 0 };

	switch (how->measure(&step, how->arg)) {
	case BISECT_GOOD:
		is_good(s, c);
		break;
	case BISECT_BAD:
		is_bad(s, c);
		break;
	case BISECT_SKIP:
		s->skipped[c] = true;
		r->skipped++;
		return true;
	case BISECT_STOP:
		return false;
	}
	r->measured++;
	return true;
}

static void conclude(struct search *s, struct bisect_result *r)
{
	r->candidate = xcalloc(s->h->nr + 1, sizeof(*r->candidate));
	for (size_t c = 0; c <= s->bad; c++) {
		if (s->left[c])
			r->candidate[r->nr++] = c;
	}
	if (r->end == BISECT_STOPPED)
		return;
	if (!r->nr)
		r->end = BISECT_NOT_BAD;
	else if (!s->bad_measured)
		r->end = BISECT_BAD_SKIPPED;
	else
		r->end = r->nr == 1 ? BISECT_FOUND : BISECT_SEVERAL;
}

struct bisect_result bisect__run(const struct bisect_history *h,
				 const struct bisect_search *how)
{
	struct bisect_result r = { .end = BISECT_NOT_BAD };
	struct search s = { .h = h };
	size_t next;

	if (!h->nr)
		return r;
	s.left = xcalloc(h->nr, sizeof(*s.left));
	s.skipped = xcalloc(h->nr, sizeof(*s.skipped));
	s.counted = xcalloc(h->nr, sizeof(*s.counted));
	s.weight = xcalloc(h->nr, sizeof(*s.weight));
	s.seen = xcalloc(h->nr, sizeof(*s.seen));
	s.stack = xcalloc(h->nr, sizeof(*s.stack));
	memset(s.left, true, h->nr * sizeof(*s.left));
	memset(s.counted, true, h->nr * sizeof(*s.counted));
	s.bad = h->nr - 1;
	next = how->bad_first ? s.bad : choose(&s);
	while (next != SIZE_MAX && count(&s, s.left)) {
		if (!ask(&s, how, next, &r)) {
			r.end = BISECT_STOPPED;
			break;
		}
		next = count(&s, s.left) ? choose(&s) : SIZE_MAX;
	}
	conclude(&s, &r);
	free(s.stack);
	free(s.seen);
	free(s.weight);
	free(s.counted);
	free(s.skipped);
	free(s.left);
	return r;
}

void bisect__free_result(struct bisect_result *r)
{
	free(r->candidate);
	*r = (struct bisect_result) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * See path_diff.h. The algorithm is Myers' greedy one ("An O(ND) Difference
 * Algorithm and Its Variations", 1986): for d = 0, 1, ... how far along each
 * diagonal d steps of one path alone lead.
 */
#include <stdlib.h>
#include <string.h>

#include "path_diff.h"

/* More steps that are not common are not looked for: 4 bytes times its square. */
#define MOST	4096

void path__of(struct path *p, const struct attr_trace *t, const char *within)
{
	size_t first = 0, end = 0;
	unsigned int irqs = 0;

	*p = (struct path) { .trace = t };
	p->step = xcalloc(t->nr_steps ?: 1, sizeof(*p->step));
	for (size_t i = 0; i < t->nr_steps; i++) {
		const struct step *s = &t->step[i];
		const struct attr_insn *in;

		irqs += s->kind == STEP_ENTER;
		irqs -= s->kind == STEP_LEAVE && irqs;
		if (s->kind != STEP_INSN || irqs)
			continue;
		in = &t->insn[s->insn];
		if (p->nr && p->step[p->nr - 1].insn == s->insn &&
		    insn__repeats(in->bytes, in->len)) {
			p->step[p->nr - 1].times++;
			continue;
		}
		p->step[p->nr++] = (struct path_step) { s->insn, 1 };
		if (within && !strcmp(path__func(p, p->nr - 1), within)) {
			first = end ? first : p->nr - 1;
			end = p->nr;
		}
	}
	if (!end)
		return;
	p->nr = end - first;
	memmove(p->step, p->step + first, p->nr * sizeof(*p->step));
}

void path__free(struct path *p)
{
	free(p->step);
	*p = (struct path) { 0 };
}

const char *path__func(const struct path *p, size_t i)
{
	uint32_t f = path__insn(p, i)->func;

	return f < p->trace->func.nr ? p->trace->func.item[f] : "";
}

static bool same(const struct path p[2], size_t a, size_t b)
{
	return path__insn(&p[0], a)->addr == path__insn(&p[1], b)->addr;
}

/*
 * The farthest point of each diagonal k = a - b, as a, of every d: level d is
 * an array of 2 d + 1, k from -d by twos.
 */
struct search {
	const struct path *p;
	int32_t *level[MOST + 1];
	int d;
};

static int32_t farthest(const struct search *s, int d, int k)
{
	return s->level[d][(k + d) / 2];
}

/* Where diagonal k is entered at level d: by a step of path 1 alone, or of path 0. */
static bool from_above(const struct search *s, int d, int k)
{
	return k == -d || (k != d && farthest(s, d - 1, k - 1) <
				     farthest(s, d - 1, k + 1));
}

static bool search(struct search *s)
{
	const int32_t n[2] = { s->p[0].nr, s->p[1].nr };

	for (int d = 0; d <= MOST; d++) {
		s->level[d] = xcalloc(d + 1, sizeof(int32_t));
		s->d = d;
		for (int k = -d; k <= d; k += 2) {
			int32_t a = !d ? 0 : from_above(s, d, k) ?
				    farthest(s, d - 1, k + 1) :
				    farthest(s, d - 1, k - 1) + 1;
			int32_t b = a - k;

			while (a < n[0] && b >= 0 && b < n[1] && same(s->p, a, b))
				a++, b++;
			s->level[d][(k + d) / 2] = a;
			if (a >= n[0] && b >= n[1])
				return true;
		}
	}
	return false;
}

/* One step that path `side` alone has, told from the end to the beginning. */
static void add_step(struct path_diff *d, int side, size_t a, size_t b)
{
	struct path_hunk *h = d->nr ? &d->hunk[d->nr - 1] : NULL;

	if (!h || h->at[0] != a + (side == 0) || h->at[1] != b + (side == 1)) {
		d->hunk = xrealloc(d->hunk, (d->nr + 1) * sizeof(*d->hunk));
		h = &d->hunk[d->nr++];
		*h = (struct path_hunk) { 0 };
	}
	h->at[0] = a;
	h->at[1] = b;
	h->nr[side]++;
}

static void collect(struct path_diff *out, const struct search *s)
{
	int k = (int)s->p[0].nr - (int)s->p[1].nr;

	for (int d = s->d; d > 0; d--) {
		bool above = from_above(s, d, k);

		k += above ? 1 : -1;
		add_step(out, above, farthest(s, d - 1, k),
			 farthest(s, d - 1, k) - k);
	}
	for (size_t i = 0; i < out->nr / 2; i++) {
		struct path_hunk h = out->hunk[i];

		out->hunk[i] = out->hunk[out->nr - 1 - i];
		out->hunk[out->nr - 1 - i] = h;
	}
}

void path_diff__make(struct path_diff *d, const struct path path[2])
{
	struct search *s = xcalloc(1, sizeof(*s));

	*d = (struct path_diff) { 0 };
	s->p = path;
	d->made = search(s);
	if (d->made)
		collect(d, s);
	for (int i = 0; i <= s->d; i++)
		free(s->level[i]);
	free(s);
}

void path_diff__free(struct path_diff *d)
{
	free(d->hunk);
	*d = (struct path_diff) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The tree of calls that folded stacks stand for, and what two such trees
 * have in common; see folded.h.
 */
#include <string.h>

#include "folded.h"

size_t folded__room(const struct folded *a, size_t nr)
{
	size_t room = 1;

	for (size_t i = 0; i < nr; i++) {
		room++;
		for (const char *s = a[i].stack; (s = strchr(s, ';')); s++)
			room++;
	}
	return room;
}

static int by_name(const struct folded_node *x, const char *name, size_t len)
{
	int d = memcmp(x->name, name, x->len < len ? x->len : len);

	return d ? d : (x->len > len) - (x->len < len);
}

/* The callee of that name, put in among its siblings if it is a new one. */
static size_t find_child(struct folded_node *node, size_t *nr, size_t parent,
			 const char *name, size_t len)
{
	size_t *at = &node[parent].child;

	while (*at != FOLDED_NONE && by_name(&node[*at], name, len) < 0)
		at = &node[*at].next;
	if (*at != FOLDED_NONE && !by_name(&node[*at], name, len))
		return *at;
	node[*nr] = (struct folded_node) {
		.name = name, .len = len, .parent = parent,
		.child = FOLDED_NONE, .next = *at, .peer = FOLDED_NONE,
		.depth = node[parent].depth + 1,
	};
	*at = (*nr)++;
	return *at;
}

size_t folded__tree(const struct folded *a, size_t nr, struct folded_node *node)
{
	size_t used = 1;

	node[0] = (struct folded_node) {
		.name = "all", .len = 3, .parent = FOLDED_NONE,
		.child = FOLDED_NONE, .next = FOLDED_NONE, .peer = FOLDED_NONE,
	};
	for (size_t i = 0; i < nr; i++) {
		const char *s = a[i].stack;
		size_t at = 0, len;

		if (a[i].n <= 0)
			continue;
		node[0].all += a[i].n;
		for (; *s; s += len + !!s[len]) {
			len = strcspn(s, ";");
			if (!len)
				continue;
			at = find_child(node, &used, at, s, len);
			node[at].all += a[i].n;
		}
		node[at].self += a[i].n;
	}
	return used;
}

size_t folded__walk(const struct folded_node *node, size_t i)
{
	if (node[i].child != FOLDED_NONE)
		return node[i].child;
	while (i != FOLDED_NONE && node[i].next == FOLDED_NONE)
		i = node[i].parent;
	return i == FOLDED_NONE ? i : node[i].next;
}

/* Nodes i and j are peers, and so are those below them of the same path. */
static void make_peers(struct folded_node *a, size_t i, struct folded_node *b,
		       size_t j)
{
	size_t x = a[i].child, y = b[j].child;

	a[i].peer = j;
	b[j].peer = i;
	while (x != FOLDED_NONE && y != FOLDED_NONE) {
		int d = by_name(&a[x], b[y].name, b[y].len);

		if (!d && a[x].peer == FOLDED_NONE && b[y].peer == FOLDED_NONE)
			make_peers(a, x, b, y);
		if (d <= 0)
			x = a[x].next;
		if (d >= 0)
			y = b[y].next;
	}
}

/* The one node without a peer of that name, or FOLDED_NONE. */
static size_t only_one_left(const struct folded_node *node, size_t nr,
			    const struct folded_node *like)
{
	size_t found = FOLDED_NONE;

	for (size_t i = 1; i < nr; i++) {
		if (node[i].peer != FOLDED_NONE ||
		    by_name(&node[i], like->name, like->len))
			continue;
		if (found != FOLDED_NONE)
			return FOLDED_NONE;
		found = i;
	}
	return found;
}

void folded__match(struct folded_node *a, size_t nr_a, struct folded_node *b,
		   size_t nr_b)
{
	make_peers(a, 0, b, 0);
	for (size_t j = 0; j != FOLDED_NONE; j = folded__walk(b, j)) {
		size_t i;

		if (b[j].peer != FOLDED_NONE ||
		    only_one_left(b, nr_b, &b[j]) == FOLDED_NONE)
			continue;
		i = only_one_left(a, nr_a, &b[j]);
		if (i != FOLDED_NONE)
			make_peers(a, i, b, j);
	}
}

int64_t folded__all_diff(const struct folded_node *a,
			 const struct folded_node *b)
{
	return b->all - (b->peer == FOLDED_NONE ? 0 : a[b->peer].all);
}

int64_t folded__self_diff(const struct folded_node *a,
			  const struct folded_node *b)
{
	return b->self - (b->peer == FOLDED_NONE ? 0 : a[b->peer].self);
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Folded stacks: the lines "a;b;c 42" that flame graph tools share, outermost
 * function first, and the tree of calls that they stand for. Pure functions
 * in memory of the caller's.
 */
#ifndef FAULTLINE_FOLDED_H
#define FAULTLINE_FOLDED_H

#include <stddef.h>
#include <stdint.h>

struct folded {
	const char *stack;	/* "a;b;c" */
	int64_t n;		/* instructions */
};

#define FOLDED_NONE	SIZE_MAX

/* A function where it was called from; node 0 is the root, above them all. */
struct folded_node {
	const char *name;	/* not ended by a zero */
	size_t len;
	int64_t all;		/* counted in it and in what it calls */
	int64_t self;		/* counted in it alone */
	size_t parent, child, next;	/* indices or FOLDED_NONE; siblings by name */
	size_t peer;		/* its like in another tree, see folded__match() */
	unsigned int depth;	/* of the root: 0 */
};

/* How many nodes the tree of nr stacks can have, the root among them. */
size_t folded__room(const struct folded *a, size_t nr);
/*
 * The tree of nr stacks into node, which has folded__room(); how many nodes
 * it has. Stacks in any order and more than once; those with n <= 0 and empty
 * frames ("a;;b") are left out. Names point into the stacks.
 */
size_t folded__tree(const struct folded *a, size_t nr,
		    struct folded_node *node);
/* The node after i, callers before callees; FOLDED_NONE after the last. */
size_t folded__walk(const struct folded_node *node, size_t i);
/*
 * Give the nodes of a and b that stand for the same call each other as peers.
 * Those with the same path are; of the rest, those whose name is left over
 * once in either tree, as of a function that another one calls now because
 * its caller was inlined; and what these call, by the path from there.
 */
void folded__match(struct folded_node *a, size_t nr_a, struct folded_node *b,
		   size_t nr_b);
/*
 * How much more a call in b takes than its peer in a, with what it calls and
 * alone; all of it where it has none. Over all nodes of b the latter, less
 * what the nodes of a without a peer took alone, adds up to the difference of
 * the roots.
 */
int64_t folded__all_diff(const struct folded_node *a,
			 const struct folded_node *b);
int64_t folded__self_diff(const struct folded_node *a,
			  const struct folded_node *b);

#endif

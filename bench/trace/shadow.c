// SPDX-License-Identifier: GPL-2.0
/* See shadow.h. */
#include <stdlib.h>
#include <string.h>

#include "shadow.h"

static struct node *child_of(struct node *parent, const char *name)
{
	struct node *n;

	for (n = parent->child; n; n = n->sibling) {
		if (n->name == name)
			return n;
	}
	n = xcalloc(1, sizeof(*n));
	n->parent = parent;
	n->name = name;
	n->sibling = parent->child;
	parent->child = n;
	return n;
}

struct node *shadow__top(struct shadow *s)
{
	return s->depth ? s->frame[s->depth - 1].node : &s->root;
}

/* Drop what lies at or below slot: it was returned from, or given up. */
static void drop(struct shadow *s, uint64_t slot)
{
	while (s->depth && s->frame[s->depth - 1].slot <= slot)
		s->depth--;
}

static void push(struct shadow *s, uint64_t slot, struct node *node, bool real)
{
	size_t level = s->depth ? s->frame[s->depth - 1].level : 0;

	if (s->depth == SHADOW_FRAMES)
		return;
	s->frame[s->depth++] = (struct frame) { slot, node, level + real };
	if (level + real > s->deepest)
		s->deepest = level + real;
}

void shadow__push(struct shadow *s, uint64_t slot, const char *name)
{
	push(s, slot, child_of(shadow__top(s), name), true);
}

/* Another function at the same place: a jump, or code set apart as cold. */
static void replace_top(struct shadow *s, const char *name)
{
	struct frame *f;

	if (!s->depth) {
		shadow__push(s, SHADOW_NO_SLOT, name);
		return;
	}
	f = &s->frame[s->depth - 1];
	if (f->node->name != name)
		f->node = child_of(f->node->parent, name);
}

void shadow__insn(struct shadow *s, const struct place *p)
{
	const struct place *prev = s->prev;
	bool other = !prev || prev->name != p->name;

	if (prev && prev->kernel != p->kernel) {
		s->depth = 0;		/* into the kernel, or out of it */
		s->called = false;
	}
	/*
	 * A call to a label inside its own function begins none: the stuffing
	 * of the return stack buffer, the inside of a retpoline.
	 */
	if (s->called) {
		bool real = other || p->addr == p->start;
		struct node *at = shadow__top(s);

		drop(s, s->slot);
		if (real)
			at = child_of(shadow__top(s), p->name);
		push(s, s->slot, at, real);
	} else {
		replace_top(s, p->name);
	}
	s->entered = prev && p->addr == p->start && (s->called || other);
	if (s->entered)
		shadow__top(s)->cost.calls++;
	s->called = false;
	s->returned = false;
	s->prev = p;
}

void shadow__call(struct shadow *s, uint64_t slot)
{
	s->called = true;
	s->slot = slot;
}

void shadow__ret(struct shadow *s, uint64_t slot)
{
	bool found = false;

	while (s->depth && s->frame[s->depth - 1].slot <= slot)
		found |= s->frame[--s->depth].slot == slot;
	/* Nobody was seen to call it: the first of all is left. */
	if (!found && s->depth == 1 && s->frame[0].slot == SHADOW_NO_SLOT)
		s->depth = 0;
	s->returned = !s->depth;
}

static void free_nodes(struct node *n)
{
	while (n) {
		struct node *next = n->sibling;

		free_nodes(n->child);
		free(n);
		n = next;
	}
}

void shadow__free(struct shadow *s)
{
	free_nodes(s->root.child);
	memset(s, 0, sizeof(*s));
}

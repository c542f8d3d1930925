/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which commits are meant: from what a user types to a list of tree ids, which
 * no later commit, rebase or checkout changes.
 */
#ifndef FAULTLINE_COMMITS_H
#define FAULTLINE_COMMITS_H

#include "repository.h"

/* One kernel tree. */
struct commit {
	char *name;		/* of its variant: c0ffee123456, dirty-..., mail-... */
	char *id;		/* 40 hex; "" where it is no commit */
	char *tree;		/* 40 hex */
	char *subject;		/* UTF-8, one line */
	size_t parents;
	char *parent;		/* the first, "" where there is none here */
};

/* The start, and what each further one is compared with the one before it. */
struct commits {
	struct commit *item;
	size_t nr;
};

/*
 * A range's commits, the start first, oldest next, along first parents:
 *
 *	A..B	what B has and A has not
 *	A...B	the same from their merge base
 *	-N	the last N of HEAD		(as "-N", one word)
 *	C	what C changed: its first parent, and C
 *	A B C	these trees in this order; the first is the start
 *	none	what HEAD has and its upstream has not
 *
 * A side of .. or ... that is empty is HEAD. Return: 0, or -1 with code and
 * message in @err: EXIT_UNKNOWN_NAME for a name that git does not know,
 * EXIT_NO_DATA for a range without a commit, EXIT_MISSING where a shallow
 * clone has not the parent. no_commits_ok: a range without one is its start alone.
 */
int commits__range(struct commits *c, const struct repository *r,
		   const struct strlist *words, bool no_commits_ok,
		   struct err *err);
/* From the merge base of HEAD and that commit to HEAD. */
int commits__since_merge_base(struct commits *c, const struct repository *r,
			      const char *with, bool no_commits_ok,
			      struct err *err);
/* One commit by any name that git knows. */
int commits__one(struct commit *to, const struct repository *r,
		 const char *name, struct err *err);
/*
 * All commits that GOOD..BAD has, in the order of rev-list --topo-order
 * --reverse, merged branches among them; good itself is first, bad last.
 */
int commits__between(struct commits *c, const struct repository *r,
		     const char *good, const char *bad, struct err *err);
/* Add one; the strings are copied. */
void commits__add(struct commits *c, const char *name, const char *id,
		  const char *tree, const char *subject);
void commits__free(struct commits *c);
void commit__free(struct commit *c);

#endif

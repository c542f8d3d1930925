/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Uncommitted changes as a tree: what `git commit -a` would take. Neither the
 * index nor the objects of the repository are written: both are copies of ours.
 */
#ifndef FAULTLINE_DIRTY_H
#define FAULTLINE_DIRTY_H

#include "commits.h"

enum dirty_is {
	DIRTY_NOT,		/* the work tree is what HEAD has */
	DIRTY_ADDED,		/* it is the last of the commits now */
	DIRTY_UNMERGED,		/* a merge is under way: there is no such tree */
};

/*
 * Add the work tree to the commits where it differs from HEAD. @untracked: how
 * many files git does not know, which are in no tree. Return: 0, or -1 with
 * code and message in @err.
 */
int dirty__add(struct commits *c, const struct repository *r,
	       enum dirty_is *is, size_t *untracked, struct err *err);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which base a kernel tree is of: by the version in its Makefile.
 */
#ifndef FAULTLINE_TREE_BASE_H
#define FAULTLINE_TREE_BASE_H

#include "commits.h"

struct tree_base {
	char *name;		/* "v6.12" */
	char *version;		/* "6.12.117", "7.3.0-rc4" */
	char *like;		/* "v6.12", the nearest one, that it is made of; or NULL */
	bool made;		/* by this call */
};

/*
 * vX.Y of a tree, and its folder: of variants/, or in the cache, where it is
 * made of the nearest one that is there. Return: 0, or -1 with code and message
 * in @err: EXIT_WRONG_SOURCE for a tree that is no kernel, older than 5.10, or
 * without KVM of x86.
 */
int tree_base__of(struct tree_base *b, const struct repository *r,
		  const struct commit *c, struct err *err);
void tree_base__free(struct tree_base *b);

#endif

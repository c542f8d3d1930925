/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The git repository that the current folder is in. It is asked for ids, and
 * never written to; contents of its objects come through the store, a bare git
 * directory of ours in the cache that borrows its objects.
 */
#ifndef FAULTLINE_REPOSITORY_H
#define FAULTLINE_REPOSITORY_H

#include "git.h"

struct repository {
	char *top;		/* of the work tree; NULL: there is none here */
	char *git_dir;		/* of that work tree: its index, its HEAD */
	char *common;		/* real path of what all of its work trees share */
	char *objects;
	bool shallow;		/* history is cut somewhere */
	bool partial;		/* objects are fetched when they are asked for */
	char *store;		/* repository__open_store(); or NULL */
};

/*
 * The repository that a folder is in: work tree, linked work tree, submodule or
 * bare. Return: 0, or -1 with code and message in @err and nothing to free:
 * EXIT_WRONG_SOURCE where there is none, EXIT_MISSING where git does not trust
 * its owner.
 */
int repository__find(struct repository *r, const char *dir, struct err *err);
/* How to ask it. */
struct git repository__git(const struct repository *r);
/* Have the store made, where it is not there. 0, or -1 with a message in @err. */
int repository__open_store(struct repository *r, struct err *err);
/* How to ask the store. */
struct git repository__store(const struct repository *r);
/*
 * Are all objects of that tree here? Asked of partial clones alone, where
 * 0: they are; else -1 with EXIT_MISSING and what to do in @err.
 */
int repository__check_tree(const struct repository *r, const char *commit,
			   const char *tree, struct err *err);
void repository__free(struct repository *r);

#endif

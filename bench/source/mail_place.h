/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One mail, and where in a tree what it changes stands: from which tree to which.
 * A reviewer's tool hands over a mail at a time and says little of the others.
 */
#ifndef FAULTLINE_MAIL_PLACE_H
#define FAULTLINE_MAIL_PLACE_H

#include "commits.h"

enum mail_kind { MAIL_PATCH, MAIL_COVER, MAIL_NEITHER };

/* What a mail says of itself; texts may be "". */
struct mail {
	char *file;		/* its text as git reads it */
	enum mail_kind kind;
	size_t number, count;	/* of [PATCH 2/5]; 0: not said */
	char *id, *thread;	/* message-ids: its own, that of the thread's first */
	char *title;
};

/*
 * Read the mail on standard input. Return: 0, or -1 with code and message in @err:
 * EXIT_PATCH for one that cannot be read.
 */
int mail__read(struct mail *m, struct err *err);
/* The file is removed as well. */
void mail__free(struct mail *m);

/* Where it stands. */
struct mail_place {
	struct commits pair;	/* before it, and after it */
	char *how;		/* in words */
};

struct mail_wish {
	const char *onto;	/* a commit */
	bool series;		/* all patches of the series that the mail begins */
	const char *tracking;	/* a file in which b4 says where it has the series; or NULL */
};

/*
 * Where a patch stands, the first that holds:
 *
 *	b4 has applied the series to a branch: its commit there
 *	a commit of the last ones of onto has its title, and makes what it makes
 *	the patches before it were asked about before: on top of them
 *	on top of onto
 *
 * and a series, from before its first patch to after its last. Return: 0, or -1
 * with code and message in @err: EXIT_PATCH where it does not apply, EXIT_NO_DATA
 * for a mail without a patch, or a series whose patches are nowhere.
 */
int mail_place__find(struct mail_place *p, const struct repository *r,
		     const struct mail *m, const struct mail_wish *w,
		     struct err *err);
void mail_place__free(struct mail_place *p);

#endif

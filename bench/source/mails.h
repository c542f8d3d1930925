/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A series that came as mail: a tree a step, on top of a commit.
 */
#ifndef FAULTLINE_MAILS_H
#define FAULTLINE_MAILS_H

#include "commits.h"

/*
 * Apply mailboxes, mails or folders of them in order to the last tree of the
 * list, and add each step. Return: 0, or -1 with code and message in @err; what
 * did not apply is on stderr.
 */
int mails__apply(struct commits *c, const struct repository *r,
		 const struct strlist *files, struct err *err);

#endif

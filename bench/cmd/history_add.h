/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What `faultline history add` does with each run.
 */
#ifndef FAULTLINE_HISTORY_ADD_H
#define FAULTLINE_HISTORY_ADD_H

#include "history.h"

struct history_adding {
	const char *path;		/* of the history */
	const char *apart_who, *apart_why;	/* see struct history_run */
	struct strlist follow;		/* figures of attributions besides the default */
	bool attributions_alone;	/* nothing else of the runs */
};

/*
 * Add a run of this folder, and say what became of it. Dies where it cannot be
 * added. Return: the exit code.
 */
int history_add(struct history *h, const struct history_adding *o,
		const char *dir);

#endif

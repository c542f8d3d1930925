/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which functions a change of an exact figure is in: the typical fault of one
 * cell as two runs attribute it.
 */
#ifndef FAULTLINE_ALERT_WHERE_H
#define FAULTLINE_ALERT_WHERE_H

#include "history.h"
#include "run.h"

struct alert_func {
	char *name;
	int64_t diff;		/* own instructions, after less before */
};

struct alert_where {
	struct alert_func *func;	/* largest difference first, none of 0 */
	size_t nr;
	char *why_not;		/* in words, where there is none; or NULL */
	bool of_other;		/* of a difference: it is what it is compared with that changed */
};

/*
 * Compare the attributions of two runs' folders, as points give them. Never
 * dies: what is missing or broken is why_not.
 */
void alert_where__find(struct alert_where *w, const struct history_key *k,
		       const char *before, const char *after);
void alert_where__free(struct alert_where *w);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a fault more expensive than it may be: what `bisect`, `diff --exit-code`
 * and `check-mail` ask of each cell.
 */
#ifndef FAULTLINE_LIMIT_H
#define FAULTLINE_LIMIT_H

#include "compare.h"

/* What a fault may cost. */
struct limit {
	bool given;		/* 0 above the start's is what holds without one */
	bool absolute;		/* most is a figure; else what it may be above the start's */
	double most;
};

enum limit_says {
	LIMIT_KEPT,
	LIMIT_EXCEEDED,
	LIMIT_UNSAID,		/* why says what keeps it from being said */
};

struct limit_answer {
	enum limit_says says;
	double by;		/* more than the start's, where both are there */
	const char *why;
};

/*
 * Judge c, by the start's cell where the limit is not absolute; start may be
 * NULL where it is. A difference between most and most + what the boots of the
 * two cells are apart is unsaid.
 */
struct limit_answer limit__judge(const struct limit *l,
				 const struct cmp_cell *start,
				 const struct cmp_cell *c);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bisect as it goes on, a line a commit, and what it came to.
 */
#ifndef FAULTLINE_BISECT_REPORT_H
#define FAULTLINE_BISECT_REPORT_H

#include "report.h"

/* A commit that was asked for its figure. */
struct bisect_row {
	const char *word;	/* good, bad, skip */
	size_t left;		/* commits that it could be before this answer; 0: not said */
	const char *name, *subject;
	bool measured;
	double figure, by;	/* by: more than GOOD's */
	bool has_by;
	double seconds;		/* that it took */
	const char *why;	/* it could not be measured, or NULL */
};

void bisect_text__head(FILE *f, bool has_by);
void bisect_text__row(FILE *f, const struct bisect_row *r);
/* A commit among those that it may be: its id and its subject. */
void bisect_text__commit(FILE *f, const char *name, const char *subject);
/* Names after a word, wrapped; nothing where there are none. */
void bisect_text__names(FILE *f, const char *word, const struct strlist *names);

#endif

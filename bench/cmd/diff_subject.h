/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a diff is of: the commits, resolved once, as variants of one base.
 */
#ifndef FAULTLINE_DIFF_SUBJECT_H
#define FAULTLINE_DIFF_SUBJECT_H

#include "diff_options.h"
#include "repository.h"
#include "commits.h"

struct diff_subject {
	struct repository repository;
	struct commits commits;		/* the start first */
	char *base;			/* "v6.12" */
};

/* Find them; ends the program where that is not possible, and says why. */
void diff_subject__find(struct diff_subject *d, const struct diff_options *o);
/* Of repository and commits: their base, and a variant of it each; dies likewise. */
void diff_subject__prepare(struct diff_subject *d);
void diff_subject__free(struct diff_subject *d);
/* As run.json has the commits. */
json_t *diff_subject__to_json(const struct diff_subject *d);

#endif

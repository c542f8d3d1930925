/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A selection of cells or series: for each part of their name a list of globs,
 * and patterns of the whole name, as RIG/BASE/VARIANT/PROFILE/WORKLOAD/METRIC.
 * The command line, the acks and the history all select with this.
 */
#ifndef FAULTLINE_SELECTION_H
#define FAULTLINE_SELECTION_H

#include "util.h"

/* The parts of a name, in the order of a pattern; a pattern has no machine. */
enum select_by {
	BY_RIG, BY_BASE, BY_VARIANT, BY_PROFILE, BY_WORKLOAD, BY_METRIC,
	BY_MACHINE, NR_SELECT_BY
};

#define CELL_PATTERN	"RIG/BASE/VARIANT/PROFILE/WORKLOAD"
#define SERIES_PATTERN	CELL_PATTERN "/METRIC"
#define CELL_PARTS	5
#define SERIES_PARTS	6

/* An empty selection selects everything. */
struct selection {
	struct strlist names[NR_SELECT_BY];	/* globs; no list: every name */
	struct strlist patterns;		/* one of them must match */
};

/* The name of each part of one cell or series; NULL parts are not looked at. */
struct selected {
	const char *part[NR_SELECT_BY];
};

/* Add names or globs, separated by commas. */
void selection__add(struct selection *s, enum select_by by, const char *list);

/*
 * How many parts a pattern has: CELL_PARTS, SERIES_PARTS, or 0 for text that is
 * no pattern.
 */
int selection__parts(const char *pattern);

/* The pattern's part, allocated; the caller frees it. "*" where it has none. */
char *selection__part(const char *pattern, enum select_by by);

/*
 * Does one pattern match the name? By fnmatch(3), and no '*' or '?' stands for
 * a '/'. A pattern without a metric matches every metric.
 */
bool selection__pattern_matches(const char *pattern, const struct selected *is);

/* Is the name selected? */
bool selection__has(const struct selection *s, const struct selected *is);

/* Does one name match a list of globs? An empty list matches every name. */
bool selection__name(const struct strlist *globs, const char *name);

/* Does it have one of the characters * ? [ that make a glob? */
bool selection__is_glob(const char *name);

bool selection__empty(const struct selection *s);
void selection__free(struct selection *s);

#endif

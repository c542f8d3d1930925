/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which commit of a history made a figure bad: which one to measure next, and
 * what its answer leaves. Nothing here builds, boots or asks git: a callback
 * measures, and the history is what `git rev-list` printed.
 *
 * As `git bisect` has it, all ancestors of a good commit are good, and the
 * commit that is looked for is bad while all its parents are good; of a merge,
 * that is the merge itself. A commit that cannot be measured is skipped.
 */
#ifndef FAULTLINE_BISECT_H
#define FAULTLINE_BISECT_H

#include <stdbool.h>
#include <stddef.h>

/* The commits of GOOD..BAD, each after all its parents; BAD is the last. */
struct bisect_history {
	size_t nr;
	char **id;
	size_t **parent;	/* those within; the others are good */
	size_t *nr_parents;
};

/*
 * Of the lines "ID PARENT..." that `git rev-list --topo-order --reverse
 * --parents BAD ^GOOD` prints. Return: 0, or -1 where a line is something else
 * or a parent comes after its child.
 */
int bisect__read(struct bisect_history *h, const char *lines);
void bisect__free(struct bisect_history *h);

enum bisect_answer { BISECT_GOOD, BISECT_BAD, BISECT_SKIP, BISECT_STOP };

struct bisect_step {
	size_t commit;		/* to be measured, in the history's order */
	size_t left;		/* commits that it may still be */
	size_t more;		/* measurements after this one, about */
};

struct bisect_search {
	enum bisect_answer (*measure)(const struct bisect_step *step, void *arg);
	void *arg;
	/*
	 * BAD is measured before anything else. Else it is measured only when
	 * no other commit was bad: one measurement less, but somebody whose
	 * BAD is good learns it at the end.
	 */
	bool bad_first;
};

enum bisect_end {
	BISECT_FOUND,		/* candidate[0] */
	BISECT_SEVERAL,		/* one of them: what is between was skipped */
	BISECT_NOT_BAD,		/* BAD itself is good */
	BISECT_BAD_SKIPPED,	/* nothing was bad, and BAD cannot be measured */
	BISECT_STOPPED,		/* the callback said so: one of them so far */
};

struct bisect_result {
	enum bisect_end end;
	size_t *candidate;	/* in the history's order, the bad one last */
	size_t nr;
	size_t measured, skipped;	/* answers of each kind */
};

/*
 * Measurements of the search in a history of nr commits in a line, at most:
 * as many as double to nr, and one where BAD is measured as well, first or,
 * with nothing to spare, last.
 */
size_t bisect__most(size_t nr, bool bad_first);

struct bisect_result bisect__run(const struct bisect_history *h,
				 const struct bisect_search *s);
void bisect__free_result(struct bisect_result *r);

#endif

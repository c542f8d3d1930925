/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What each level of any set of factors does, and what two of them do together,
 * in instructions: the effects of levels.h out of the records of a run.
 */
#ifndef FAULTLINE_EFFECTS_H
#define FAULTLINE_EFFECTS_H

#include "compare.h"
#include "levels.h"

struct effect_value {
	bool made;		/* every pair of it is comparable */
	bool varies;		/* but most faults of one share no difference */
	bool identical;		/* of one factor: all of its pairs have equal handlers */
	double by;		/* instructions per fault; where made and not varies */
};

struct effects_row {
	const char *workload;
	struct cmp_cell *cell;		/* one a cell */
	struct effect_value *value;	/* one an effect */
};

struct effects {
	struct levels levels;
	struct effects_row *row;
	size_t nr_rows;
	size_t cells, usable, exact, skipped;
};

/* Arguments and errors are those of levels__make(). */
int effects__make(struct effects *x, const struct run *run, const char *base,
		  const struct strlist *wanted, const char *reference,
		  const struct strlist *only, struct err *err);
void effects__free(struct effects *x);

#endif

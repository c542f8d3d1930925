/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Judgements as text, JSON, CSV. Report never judges: every figure comes from
 * bench/verdict, here they are only laid out.
 */
#ifndef FAULTLINE_REPORT_H
#define FAULTLINE_REPORT_H

#include <stdio.h>

#include "compare.h"
#include "factors.h"
#include "judge.h"
#include "steps.h"

#define REPORT_COLUMNS	75	/* what a mail takes without wrapping */

/* A table a workload, at most REPORT_COLUMNS wide, ready for a mail. */
void report__compare_text(FILE *f, const struct comparison *c,
			  const struct run *run);
/* One object; the caller puts several profiles in one array. */
json_t *report__compare_json(const struct comparison *c);
/* A header (where wanted) and a line a cell. */
void report__compare_csv(FILE *f, const struct comparison *c, bool header);

/* The factor table of a base: six figures a shape, their differences, effects. */
void report__factors_text(FILE *f, const struct factors *x,
			  const struct run *run);
json_t *report__factors_json(const struct factors *x);
void report__factors_csv(FILE *f, const struct factors *x, bool header);

/* Names that judgements are printed of; an empty list: all. */
struct verdicts_pick {
	const struct strlist *bases, *profiles, *variants;
};

/* The answer, then a line a judgement; how many were picked. */
size_t report__verdicts_text(FILE *f, const struct judgements *j,
			     const struct verdicts_pick *p);

/* What each patch of a series added. */
void report__steps_text(FILE *f, const struct steps *s, const struct run *run);
json_t *report__steps_json(const struct steps *s);
void report__steps_csv(FILE *f, const struct steps *s, bool header);

#endif

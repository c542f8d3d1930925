/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comparisons as tables, and verdicts as text. Report never judges: every
 * figure comes from bench/verdict, here they are only laid out.
 */
#ifndef FAULTLINE_REPORT_H
#define FAULTLINE_REPORT_H

#include <stdio.h>

#include "compare.h"
#include "effects.h"
#include "factors.h"
#include "judge.h"
#include "noisy_effects.h"
#include "noisy_factors.h"
#include "steps.h"
#include "table.h"
#include "vendors.h"

#define REPORT_COLUMNS	75	/* what a mail takes without wrapping */
#define NAME_WIDTH	15	/* of a workload's column */

/* A builder for each kind of table: each adds one, to be written in any format. */

/* Instructions: a grid a metric, workloads by variants. */
void compare_table__add(struct tables *t, const struct comparison *c,
			const struct run *run);
/* The factor table of a base: six figures a shape, their differences, effects. */
void factors_table__add(struct tables *t, const struct factors *x,
			const struct run *run);
/* AMD and Intel: for each shape a column a CPU model. */
void vendors_table__add(struct tables *t, const struct vendors *x);
/* What each patch of a series added. */
void steps_table__add(struct tables *t, const struct steps *s,
		      const struct run *run);
/* Cycles, each figure with its interval: a grid a mode. */
void cycles_table__add(struct tables *t, const struct noisy_comparison *c,
		       const struct run *run);
/* The factor table in cycles. */
void cycles_factors_table__add(struct tables *t, const struct noisy_factors *x,
			       const struct run *run);
/* Any set of factors: a row a cell or an effect, a column a workload. */
void effects_table__add(struct tables *t, const struct effects *x,
			const struct run *run);
/* The same in cycles. */
void cycles_effects_table__add(struct tables *t,
			       const struct noisy_effects_of_run *x,
			       const struct run *run);

/* The answer, then a line for each judgement. Return: how many there are. */
size_t report__verdicts_text(FILE *f, const struct judgements *j);

#endif

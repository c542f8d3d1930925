/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Judgements as text, JSON, CSV. Report never judges: every figure comes from
 * bench/verdict, here they are only laid out.
 */
#ifndef FAULTLINE_REPORT_H
#define FAULTLINE_REPORT_H

#include <stdio.h>

#include "compare.h"

#define REPORT_COLUMNS	75	/* what a mail takes without wrapping */

/* A table a workload, at most REPORT_COLUMNS wide, ready for a mail. */
void report__compare_text(FILE *f, const struct comparison *c,
			  const struct run *run);
/* One object; the caller puts several profiles in one array. */
json_t *report__compare_json(const struct comparison *c);
/* A header (where wanted) and a line a cell. */
void report__compare_csv(FILE *f, const struct comparison *c, bool header);

#endif

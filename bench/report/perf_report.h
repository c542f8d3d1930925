/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What perf in the host counted, for people and for programs.
 */
#ifndef FAULTLINE_PERF_REPORT_H
#define FAULTLINE_PERF_REPORT_H

#include <stdio.h>

#include "perf_cells.h"

/* At most REPORT_COLUMNS wide, but where a name is wider. */
void report__perf_text(FILE *f, const struct perf_cells *c,
			   const struct run *run);
/* A line a counter of a cell: base,profile,variant,workload,boots,exact,counter,value */
void report__perf_csv(FILE *f, const struct perf_cells *c);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whole boots by the wall clock, for people and for gnuplot.
 */
#ifndef FAULTLINE_BOOT_TIMES_REPORT_H
#define FAULTLINE_BOOT_TIMES_REPORT_H

#include <stdio.h>

#include "boot_times.h"

/* A table a workload, at most REPORT_COLUMNS wide. */
void report__boot_times_text(FILE *f, const struct boot_times *b,
			     const struct run *run);
/* A line a round and boot: base,profile,workload,variant,again,round,seconds */
void report__boot_times_csv(FILE *f, const struct run *run);
/*
 * The data of boot-times.gp: blocks apart by two blank lines, each a variant's
 * name, then rows "place seconds", where place is the workload's number.
 * Returns how many blocks.
 */
size_t report__boot_times_data(FILE *f, const struct boot_times *b);

#endif

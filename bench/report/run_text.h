/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a report says of a run as a whole, at most REPORT_COLUMNS wide.
 */
#ifndef FAULTLINE_RUN_TEXT_H
#define FAULTLINE_RUN_TEXT_H

#include <stdio.h>

#include "judge.h"

/* What counts, what does not and why, what A/A showed. */
void report__validity_text(FILE *f, const struct run *run,
			   const struct judgements *j);
/* The machine underneath, and the rig on it. */
void report__machine_text(FILE *f, const struct run *run);
/* How to make the same run again. */
void report__reproduce_text(FILE *f, const struct run *run);
/*
 * Instructions and hot cycles of the same cells, from two runs, and where one
 * is fewer and the other more; how many cells both have.
 */
size_t report__beside_text(FILE *f, const struct judgements *insns,
			   const struct judgements *cycles);

#endif

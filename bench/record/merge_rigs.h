/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of a run were measured with. Parts may be of other CPU models
 * of one rig, but of one emulator and one host program.
 */
#ifndef FAULTLINE_MERGE_RIGS_H
#define FAULTLINE_MERGE_RIGS_H

#include "run.h"

/* Is each model of b one of a, or of the programs that one of a is of? */
bool merge__same_programs(const struct run *a, const struct run *b);
/* "rig" of the run that the parts make; new, the caller owns it. */
json_t *merge__all_rigs(const struct run *part, size_t nr);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a command is of one rig: leaving a run with the records of the CPU model
 * that is chosen. Several models are told apart by --rigs.
 */
#ifndef FAULTLINE_SELECT_RIG_H
#define FAULTLINE_SELECT_RIG_H

#include "select.h"

/*
 * Leave the run with the records of the rig that --rigs names, or of the only
 * one it has. Dies where it is not one, and says which ones there are.
 */
void select__one_rig(struct run *run, const struct select_cells *c);
/* Leave the run with the records of one rig, and as if it were of that alone. */
void select__keep_rig(struct run *run, const char *rig);

#endif

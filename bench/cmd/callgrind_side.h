/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A cell's handler counted by valgrind's callgrind, in the vitro program, next
 * to what a run attributes of the same cell.
 */
#ifndef FAULTLINE_CALLGRIND_SIDE_H
#define FAULTLINE_CALLGRIND_SIDE_H

#include "attribute.h"
#include "callgrind.h"
#include "instructions_report.h"
#include "select.h"

struct callgrind_side {
	struct instr_setting setting;	/* its names are the cell's */
	struct instructions compared;
	struct attr_cmp attributed;
	struct callgrind counted;
};

/*
 * Build what is needed, count, compare. Ends the program, with what is to be
 * done, where something is missing or the handler is another one. run and cell
 * must live as long as @side.
 */
void callgrind_side__make(struct callgrind_side *side, const struct run *run,
			  const struct select_cell *cell);
void callgrind_side__free(struct callgrind_side *side);

#endif

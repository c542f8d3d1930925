/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two typical faults as they were executed, by two instruments, next to each
 * other: which instructions only one of them has, and after which instruction
 * that begins. The kernel is the same, so an instruction is its address. What
 * boot wrote there may differ: boot patches by what the CPU says of itself.
 */
#ifndef FAULTLINE_PATH_DIFF_H
#define FAULTLINE_PATH_DIFF_H

#include "attribution.h"

/* Executions of an instruction; all the turns of a `rep` are one step. */
struct path_step {
	uint32_t insn;			/* of the trace */
	uint32_t times;
};

struct path {
	const struct attr_trace *trace;
	struct path_step *step;
	size_t nr;
};

/*
 * Without interrupts. within: from the first to the last instruction of that
 * function; NULL, or a function that is not on it: all of it.
 */
void path__of(struct path *p, const struct attr_trace *t, const char *within);
void path__free(struct path *p);

static inline const struct attr_insn *path__insn(const struct path *p, size_t i)
{
	return &p->trace->insn[p->step[i].insn];
}
/* The name of the function that step i is in, "" where the trace names none. */
const char *path__func(const struct path *p, size_t i);

/* Steps at[0] of path 0 and at[1] of path 1 are the first that differ. */
struct path_hunk {
	size_t at[2], nr[2];
};

struct path_diff {
	bool made;		/* false: they have too little in common */
	struct path_hunk *hunk;
	size_t nr;
};

/* The fewest steps that one has and the other has not. */
void path_diff__make(struct path_diff *d, const struct path path[2]);
void path_diff__free(struct path_diff *d);

#endif

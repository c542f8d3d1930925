/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables of exact figures (compare_table.c, factors_table.c,
 * steps_table.c) share.
 */
#ifndef FAULTLINE_EXACT_TABLE_H
#define FAULTLINE_EXACT_TABLE_H

#include "compare.h"
#include "table.h"

/*
 * The title, "Instructions per fault: <what>", the emulator it was measured under, and
 * what sets the base apart.
 */
void exact_table__head(struct table *t, const struct run *run,
		       const char *base, const char *what);
/* ", rig bochs-intel" of a CPU model of a rig; "" of a rig's own name. */
const char *exact_table__rig(struct table *t, const struct run *run);
/*
 * Why a cell has no figure, or is not exact; nothing for a sound one. without:
 * what a cell without a single record is called.
 */
void exact_table__reason(struct table *t, const struct cmp_cell *c,
			 const char *where, const char *without);
/* The typical figure of a cell, or the word where it has none. */
void exact_table__typical(struct table_grid *g, const struct cmp_cell *c,
			  const char *none);
/* A note with the commonest figures of a cell that has several. */
void exact_table__several(struct table *t, const struct cmp_cell *c,
			  const char *where);
/*
 * "exact", "skipped", "why", "typical", "modes", "mean"; null where there is none,
 * as of a typical figure where there are several.
 */
json_t *exact_table__figure(const struct cmp_cell *c);
/* [[figure, share of the faults], ...]: the commonest of a cell. */
json_t *exact_table__modes(const struct cmp_cell *c);

/* Differences that have been looked at: how they are with `rep` counted once. */
struct rep_seen {
	struct strlist lines;	/* "WHERE: +1 and not +11" */
	size_t known, unknown;
};
void exact_table__see_rep(struct rep_seen *s, const struct cmp_diff *d,
			  const char *where);
/* A note of them, or none where there is no difference; empties @s. */
void exact_table__rep(struct table *t, struct rep_seen *s);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables of exact figures (compare_table.c, factors_table.c,
 * steps_table.c) share.
 */
#ifndef FAULTLINE_EXACT_TABLE_H
#define FAULTLINE_EXACT_TABLE_H

#include "compare.h"
#include "table.h"

/* The title, "Instructions per fault: <what>", and the QEMU it was measured under. */
void exact_table__head(struct table *t, const struct run *run,
		       const char *what);
/*
 * Why a cell has no figure, or is not exact; nothing for a sound one. without:
 * what a cell without a single record is called.
 */
void exact_table__reason(struct table *t, const struct cmp_cell *c,
			 const char *where, const char *without);
/* {"exact", "skipped", "why", "typical", "mean"}; null where there is none. */
json_t *exact_table__figure(const struct cmp_cell *c);

#endif

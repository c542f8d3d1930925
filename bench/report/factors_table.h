/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two factor tables, of instructions and of cycles, share.
 */
#ifndef FAULTLINE_FACTORS_TABLE_H
#define FAULTLINE_FACTORS_TABLE_H

#include "factors.h"
#include "table.h"

/* A workload and its six figures; c is what each column of them is like. */
void factors_table__figure_columns(struct table_grid *g, const char *shape,
				   struct table_column c);
/* A workload and the nine differences of its figures. */
void factors_table__diff_columns(struct table_grid *g, struct table_column c);
/* Which command measures cells that are missing; rig NULL: the default one. */
void factors_table__missing(struct table *t, const char *rig, const char *base);

#endif

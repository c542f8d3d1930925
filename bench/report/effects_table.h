/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the two tables of effects, of instructions and of cycles, share.
 */
#ifndef FAULTLINE_EFFECTS_TABLE_H
#define FAULTLINE_EFFECTS_TABLE_H

#include "levels.h"
#include "table.h"

/*
 * A grid with a column a workload; sign: of effects, with a column of how many
 * settings each is the mean of.
 */
struct table_grid *effects_table__grid(struct table *t, const struct levels *l,
				       const char *head, bool sign, int digits);
/* Begin an effect's row. */
void effects_table__name(struct table_grid *g, const struct levels_effect *e);
const char *effects_table__factors(struct table *t, const struct levels *l);
void effects_table__notes(struct table *t, const struct levels *l);

#endif

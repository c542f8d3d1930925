/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two instruments next to each other, as tables.
 */
#ifndef FAULTLINE_INSTRUMENTS_TABLE_H
#define FAULTLINE_INSTRUMENTS_TABLE_H

#include "instruments.h"
#include "table.h"

/*
 * A table for each base, profile and instrument that is compared with the first, and
 * one of what callgrind counted.
 */
void instruments_table__add(struct tables *all, const struct instruments *x);
/* A line an instrument: in how many cells it agrees with the first. */
void instruments_text__agree(FILE *f, const struct instruments *x);

#endif

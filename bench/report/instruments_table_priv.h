/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Of the tables of two instruments: what they share, and the one of callgrind.
 */
#ifndef FAULTLINE_INSTRUMENTS_TABLE_PRIV_H
#define FAULTLINE_INSTRUMENTS_TABLE_PRIV_H

#include "instruments_table.h"

#define FIGURE_WIDTH	8

/* A cell's names and figures: its JSON, and the columns of CSV that are of it. */
json_t *instruments_cell__json(const struct instruments_row *row,
			       const char *first, const char *second,
			       const uint64_t figure[2]);
#define INSTRUMENTS_CELL_CSV \
	{ "base", "base" }, { "profile", "profile" }, \
	{ "variant", "variant" }, { "workload", "workload" }, \
	{ "first", "first" }, { "second", "second" }, \
	{ "instructions_first", "instructions_first" }, \
	{ "instructions_second", "instructions_second" },

/* The table of what callgrind counted. */
void instruments_own__add(struct tables *all, const struct instruments *x);

#endif

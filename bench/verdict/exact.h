/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cells are exact: every boot valid, at least two, all bit-equal.
 */
#ifndef FAULTLINE_EXACT_H
#define FAULTLINE_EXACT_H

#include "run.h"

struct exactness {
	size_t cells, exact, skipped;	/* of an exact rig */
	/* Cells of a noisy one, those with a valid record, most layouts of one. */
	size_t noisy, measured, layouts;
	size_t noisy_skipped;
};

/* Over all cells of a run that have a record. A noisy cell is never inexact. */
struct exactness exact__count(const struct run *run);

/* The boots of the cell that r belongs to, r among them. */
struct boots {
	const struct record **record;
	size_t nr, valid;
	bool exact;
	bool skipped;		/* every boot is a skip */
};

struct boots boots__of(const struct run *run, const struct record *r);
void boots__free(struct boots *b);

#endif

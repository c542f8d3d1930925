/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cells are exact: at least two boots, every one valid. Boots of one seed
 * (perturb.h) replay each other and must be bit-equal. Boots of several differ in
 * what must not matter: the figure has to hold, paired fault by fault with the
 * first boot (paired.h), in what most pairs share and in their trimmed mean. A
 * tick that falls elsewhere changes neither.
 */
#ifndef FAULTLINE_EXACT_H
#define FAULTLINE_EXACT_H

#include "run.h"

struct exactness {
	size_t cells, exact, skipped;	/* of an exact rig */
	size_t replayed;	/* exact cells whose boots are all of one seed */
	size_t seeds;		/* most of one exact cell */
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
	bool repeats;		/* no two of one seed differ by a bit */
	size_t seeds;		/* of the valid ones; 1: replays of one layout */
	/*
	 * How much less and more than the first one the valid boots show, of
	 * both figures: 0 and 0 where it is exact.
	 */
	double low, high;
	bool skipped;		/* every boot is a skip */
};

struct boots boots__of(const struct run *run, const struct record *r);
void boots__free(struct boots *b);

#endif

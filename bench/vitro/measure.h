/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rounds: in each round every subject takes one chunk of faults, in an order that
 * is another one from round to round, so that what the machine does meanwhile
 * meets all of them alike, and what a subject leaves in the caches and predictors
 * all others: each follows each other equally often. Which orders is drawn by the
 * link layout.
 *
 * A hot chunk is up to 512 faults in a row. A cold one is one fault, after
 * disturb(), and before that one of the same subject that is not timed: so caches
 * of the second level and TLBs have what it needs, however many other subjects had
 * their turn since its last one. The last column is the floor: the same loop
 * around an empty handler.
 */
#ifndef FAULTLINE_MEASURE_H
#define FAULTLINE_MEASURE_H

#include "fill.h"

enum measure_mode { MEASURE_HOT, MEASURE_COLD, NR_MEASURE_MODES };

struct measured {
	size_t nr, columns;	/* columns: subjects, then the floor */
	double *cycles;		/* TSC cycles per fault, nr rows of columns */
	size_t *after;		/* as many: whose turn was before; columns: nobody's */
	uint64_t seed;		/* of the orders */
	size_t *label;		/* for balance__turn(), one a column */
};

/*
 * Take rounds for @seconds, but at least @least of them. Every fill is
 * checked; a subject that fails is named in its `failed` and its column is
 * garbage from then on. stats[i] gets what KVM counted for subject i, faults[i]
 * how many faults it took. stop() is asked after every fill.
 */
void measure__rounds(struct subject *s, size_t nr, struct fill *f,
		     enum measure_mode mode, double seconds, size_t least,
		     bool (*stop)(void), struct measured *out,
		     struct numbers *stats, uint64_t *faults);
void measure__free(struct measured *r);

/*
 * For rounds of another kind, of nr subjects: no row yet; a new row; whose turn
 * is the i-th of the last row, which is noted in `after` as well.
 */
void measure__begin(struct measured *r, size_t nr, uint64_t seed);
double *measure__add_round(struct measured *r);
size_t measure__column(struct measured *r, size_t i);

/*
 * n faults by one subject, from f->gpa[first] on; TSC cycles of all. Under
 * subject__try().
 */
uint64_t measure__chunk(const struct subject *s, const struct fill *f,
			unsigned int first, unsigned int n);

#endif

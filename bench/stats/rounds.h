/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From chunks that several subjects took in turns to figures that can be compared with
 * each other: which rounds count, and blocks of them. Pure functions.
 *
 * A machine that is shared disturbs a measurement, and what disturbs it takes
 * time and never gives any back, so the quiet part of the measurements is the
 * part that is about the code (Chen and Revels, "Robust benchmarking in noisy
 * environments", IEEE HPEC 2016, arXiv:1608.04295). The filter is fixed here,
 * has no option, and keeps or drops a round as a whole, for all subjects: it
 * knows no subject from another, and no difference between two can be picked
 * with it. A round's slowness is what half of its subjects share, so none of
 * two or more drops a round by being slow alone: that may be its code.
 */
#ifndef FAULTLINE_ROUNDS_H
#define FAULTLINE_ROUNDS_H

#include <stddef.h>

/* Rounds a block is made of, at least. */
#define ROUNDS_PER_BLOCK	4
/* A round may be that much slower than the quiet tenth of them. */
#define ROUNDS_SLOWER		1.10
/* ... but this share of the rounds counts in any case. */
#define ROUNDS_LEAST_SHARE	0.25

struct blocks {
	size_t nr, columns;
	double *figure;		/* nr rows of columns: the median of its chunks */
	double kept;		/* share of the rounds that counted */
};

/*
 * rounds rows of columns figures each, in the order they were taken, to nr
 * blocks of rounds that count, in that order. A round is as slow as the median
 * of its figures, of an even number the lower of the middle two, each in terms
 * of its own column's lowest tenth. 0, -EINVAL for figures that are not
 * positive and finite or for none, -ENODATA when fewer than nr *
 * ROUNDS_PER_BLOCK rounds count, -ENOMEM; b is empty then.
 */
int rounds__make(struct blocks *b, const double *x, size_t rounds,
		 size_t columns, size_t nr);
void rounds__free(struct blocks *b);

/* Median over the blocks of column a less column b; NAN without memory. */
double rounds__difference(const struct blocks *b, size_t column_a,
			  size_t column_b);
/* Median over the blocks of one column; NAN without memory. */
double rounds__figure(const struct blocks *b, size_t column);

#endif

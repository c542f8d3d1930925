/* SPDX-License-Identifier: GPL-2.0 */
/* Where two sides of a series differ most, by energy distance. Pure. */
#ifndef FAULTLINE_ENERGY_DISTANCE_H
#define FAULTLINE_ENERGY_DISTANCE_H

#include <stddef.h>

/*
 * The place k in least .. n - least where v[0 .. k) and v[k .. n) differ most:
 * n m / (n + m) times the energy distance of both sides with exponent 1
 * (Matteson and James, A nonparametric approach for multiple change point
 * analysis of multivariate data, JASA 109, 2014, equations 5 and 6). Of several
 * the first. 0 if there is no such place: too few values, all equal, no memory.
 *
 * Their sums over all pairs take n^2 steps; of single numbers the sum of
 * |x - y| over all y of a side follows from how many y are below x and what
 * they add up to, which a tree of partial sums (Fenwick, A new data structure
 * for cumulative frequency tables, Software: Practice and Experience 24, 1994)
 * keeps in log n: the same figures in n log n.
 *
 * v must be finite, and n times its largest difference as well.
 */
size_t energy_distance__split(const double *v, size_t n, size_t least);

#endif

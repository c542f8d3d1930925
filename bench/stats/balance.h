/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Orders that are drawn by a seed and balanced, so that over the layouts or the
 * rounds of a run nobody has the better place: the same on every machine. Pure
 * functions.
 *
 * The generator is splitmix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014), the shuffle Durstenfeld's
 * (Algorithm 235, CACM 7, 1964).
 */
#ifndef FAULTLINE_BALANCE_H
#define FAULTLINE_BALANCE_H

#include <stddef.h>
#include <stdint.h>

/* A number of 64 bits that depends on both; as good as drawn. */
uint64_t balance__draw(uint64_t seed, uint64_t i);

/* 0 to n - 1 in an order drawn by the seed. */
void balance__shuffle(size_t *v, size_t n, uint64_t seed);

/* What is placed: each has an order of its own. */
enum balance_what {
	BALANCE_TEXT,		/* copies of the handler in the program */
	BALANCE_OBJECTS,	/* objects in a copy */
	BALANCE_MEMORY,		/* of the copies, while they run */
	BALANCE_GAPS,		/* between the objects: no places, but a seed */
};

/*
 * place[i], 0 to n - 1, of each of n things in a layout, counted from 1. The
 * even layout after an odd one is its mirror image, so that the mean of both is the middle for
 * each; three such pairs, from layout 6k + 1 on, put each into every third of
 * the places, the first, the middle and the last. Otherwise the order is drawn.
 * In layout 0 nothing is: i is at place i. 0 or -ENOMEM.
 */
int balance__places(size_t *place, size_t n, uint64_t layout,
		    enum balance_what what);

/*
 * Whose turn is the i-th of a round, of n. Within 2 * n rounds each has every
 * turn twice, and takes its turn right after each other one twice (Williams,
 * "Experimental designs balanced for the estimation of residual effects of
 * treatments", Australian Journal of Scientific Research A 2, 1949: n orders,
 * and the same backwards). label is what balance__shuffle() drew for these 2 * n
 * rounds.
 */
size_t balance__turn(const size_t *label, size_t n, size_t round, size_t i);

#endif

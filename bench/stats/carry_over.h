/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What subjects that take turns leave to each other. Pure functions.
 */
#ifndef FAULTLINE_CARRY_OVER_H
#define FAULTLINE_CARRY_OVER_H

#include <stddef.h>

/*
 * Of rows of figures, one a subject, taken in turns: how much more a figure is
 * after one subject than after another, at most, in the figures' unit. after[i]
 * is the subject that had its turn before that of x[i], or columns for none. A
 * figure counts as what it is more than its subject's median, and a subject's
 * effect on the next is the median of what followed it.
 *
 * With orders that are balanced (balance.h) it is in all subjects alike, and in no
 * difference of two. NAN without figures or memory, or where fewer than two
 * subjects were followed by any.
 */
double carry_over__range(const double *x, const size_t *after, size_t rows,
			 size_t columns);

#endif

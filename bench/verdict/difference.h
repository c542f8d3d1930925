/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a figure is compared with in the same run, as a metric of its own: a
 * variant with the baseline, a profile with `off`, the indirect call with the
 * direct one. What moves both cells alike, a new kernel say, moves the figures and
 * leaves these.
 */
#ifndef FAULTLINE_DIFFERENCE_H
#define FAULTLINE_DIFFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#define DIFFERENCE_BASELINE	"baseline"	/* the variant */

enum difference {
	OVER_BASELINE,		/* another variant, the same profile */
	OVER_OFF,		/* the same variant, profile off */
	OVER_DIRECT,		/* the same variant without the overlay `indirect` */
	NR_DIFFERENCES
};

/* "_over_baseline": what follows the figure in the metric. */
extern const char *const difference_suffix[NR_DIFFERENCES];
/* "baseline": what it is over, in words. */
extern const char *const difference_over[NR_DIFFERENCES];

/* Which one a metric is, NR_DIFFERENCES: it is a figure. */
enum difference difference__of(const char *metric);
static inline bool difference__is(const char *metric)
{
	return difference__of(metric) != NR_DIFFERENCES;
}

/* How long the figure's name is, of a difference and of a figure. */
size_t difference__figure(const char *metric);

/*
 * The variant that a cell's is compared with, allocated, and its profile. NULL:
 * there is none, or another difference is to the same cell already.
 */
char *difference__to(enum difference d, const char *variant,
		     const char *profile, const char **to_profile);

#endif

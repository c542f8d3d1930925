/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a histogram of exact samples says. Pure functions.
 */
#ifndef FAULTLINE_HIST_H
#define FAULTLINE_HIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct hist_summary {
	uint64_t n;		/* samples */
	uint64_t min, max;	/* ticks */
	uint64_t mode;		/* the figure most samples share, the smallest on a tie */
	uint64_t mode_count;
	uint64_t second_count;	/* of the figure that is next in number; 0: all share one */
	uint64_t median;	/* the lower one where n is even */
	double mean;
};

/*
 * Summarise nr pairs of value and count by rising value; all zero for none.
 * Mode and median are figures that some sample had, so they are whole
 * numbers: a handler that grew by one instruction moves them by one.
 */
struct hist_summary hist__summary(const uint64_t *value, const uint64_t *count,
				  size_t nr);

/*
 * Does one figure stand out, so that it can be called typical: do at least 60 % of
 * the samples share it, or at least twice as many as share any other? Else a change
 * of a few instructions can make another figure the commonest.
 */
bool hist__stands_out(const struct hist_summary *s);

#endif

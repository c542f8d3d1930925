/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two histograms of exact samples, as many in each, paired in order of size: the
 * smallest of one with the smallest of the other, and so on to the largest. Where
 * the same code took the same faults, a pair is one kind of fault, and a change
 * that every fault has is what every pair differs by. A timer tick that fell into
 * a sample of one histogram alone is in one pair alone. Pure functions.
 */
#ifndef FAULTLINE_PAIRED_H
#define FAULTLINE_PAIRED_H

#include <stddef.h>
#include <stdint.h>

/* nr pairs of value and count by rising value. */
struct paired_hist {
	const uint64_t *value, *count;
	size_t nr;
};

/* Differences are of the second histogram to the first. */
struct paired {
	uint64_t n;		/* pairs */
	int64_t mode;		/* what most pairs differ by, the smallest on a tie */
	uint64_t mode_count;
	/*
	 * The mean without the 5 % of the pairs that differ least and the 5 %
	 * that differ most, whole pairs: of fewer than 20 it is the plain one.
	 * Wilcox, Introduction to Robust Estimation, ch. 3.
	 */
	double trimmed;
	int64_t least, most;
};

/*
 * Return: 0, or -1 where the numbers of samples are not equal or none is there
 * (p is zero then): what has other numbers does not pair.
 */
int paired__hists(struct paired *p, const struct paired_hist *a,
		  const struct paired_hist *b);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How often a run of equal code has a word: measured on drawn runs by the real
 * judge (`make simulate`), kept here as a table, measured again by a test
 * (test_false_alarms.c).
 */
#ifndef FAULTLINE_FALSE_ALARMS_H
#define FAULTLINE_FALSE_ALARMS_H

#include "run.h"

/* Of 1,000 noisy runs of that many layouts and comparisons, those with a word. */
struct false_alarms {
	size_t layouts, comparisons;
	unsigned int independent;	/* layouts, under the worst of four noises */
	unsigned int related;		/* each has 0.8 of the noise of the one before */
};
#define FALSE_ALARM_CASES	12
extern const struct false_alarms false_alarm_cases[FALSE_ALARM_CASES];

/*
 * The worst of the measured cases around that many layouts and comparisons. What
 * is fewer or more than all of them counts as the nearest.
 */
struct false_alarms false_alarms__around(size_t layouts, size_t comparisons);

/*
 * The line that a report ends with, how many of 1,000 equal runs of this kind
 * would have had a word; allocated, the caller frees it. comparisons are those
 * of a noisy run; an exact run has a word where a cell differs, and no noise.
 */
char *false_alarms__text(const struct run *run, size_t comparisons);

#endif

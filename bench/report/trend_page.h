/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as one page that needs nothing else: one picture per workload, light
 * and dark, readable on a phone and on paper.
 */
#ifndef FAULTLINE_TREND_PAGE_H
#define FAULTLINE_TREND_PAGE_H

#include <stdio.h>

#include "trend.h"

/* What was acknowledged, as the page lists it. */
struct trend_note {
	const char *text;
	bool over;		/* its time is up */
};

/*
 * links is put before a run's path where that is relative: from the page's
 * folder to the checkout's, "" or ending in '/'. made says when, UTC.
 */
void report__trend_page(FILE *f, const struct trend *t, const char *links,
			const struct trend_note *note, size_t nr_notes,
			const char *made);

#endif

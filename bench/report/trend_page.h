/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The history as one page that needs nothing else: what moved as text, and
 * pictures that its own script draws of what is chosen, light and dark, on a
 * phone and by keyboard.
 */
#ifndef FAULTLINE_TREND_PAGE_H
#define FAULTLINE_TREND_PAGE_H

#include <jansson.h>
#include <stdio.h>

#include "acks.h"
#include "trend.h"

struct trend_page {
	const struct trend *trend;
	/*
	 * Before a run's path where that is relative: from the page's folder to the
	 * checkout's, "" or ending in '/'.
	 */
	const char *links;
	const char *made;		/* when, UTC */
	const struct acks *acks;	/* what is known; their last days against made */
	const struct history_event *event;
	size_t nr_events;
	const struct history_withdrawal *withdrawal;	/* all that was said */
	size_t nr_withdrawals;
};

void report__trend_page(FILE *f, const struct trend_page *p);

/* A metric in words: "cycles_hot_over_baseline" -> "TSC cycles per fault, hot, over the baseline". */
char *trend_page__metric(const char *metric);

/* Is that the last word on its run, and is the run left out? */
bool trend_page__is_out(const struct trend_page *p, size_t withdrawal);

/*
 * What the page's script draws, as JSON: bench/report/trend.js says what is what.
 * Figures are whole steps from the lowest, in digits of base TREND_BASE.
 */
json_t *trend_data__json(const struct trend_page *p);

/* Printable characters, without those that JSON, HTML or the next line need. */
#define TREND_BASE	91
/*
 * nr numbers below TREND_BASE to the power of width, as digits; '!' and a digit d:
 * the number before d + 1 times more. Allocated, the caller frees it.
 */
char *trend_data__pack(const uint32_t *n, size_t nr, int width);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What verdicts of cycles and of whole boots say alike of a paired difference
 * (paired_word.h). Strings are allocated; the caller frees them.
 */
#ifndef FAULTLINE_WORD_REASON_H
#define FAULTLINE_WORD_REASON_H

#include "judge.h"
#include "paired_word.h"

/*
 * Return: "95 % interval +1.0 .. +3.0, +0.5 .. +3.5 over all 12 comparisons, 24
 * layouts". decimals: digits after the point. units: "layouts".
 */
char *word_reason__how(const struct paired_word *w, size_t comparisons,
		       int decimals, const char *units);
/* Return: how many pairs would do; unit: "layout". */
char *word_reason__too_few(const struct paired_word *w, size_t comparisons,
			   const char *unit);
/* Return: the verdict that the word comes to. */
enum judged word_reason__judged(const struct paired_word *w);

#endif

// SPDX-License-Identifier: GPL-2.0
/* See word_reason.h. */
#include <stdlib.h>

#include "rank.h"
#include "word_reason.h"

char *word_reason__how(const struct paired_word *w, size_t comparisons,
		       int decimals, const char *units)
{
	char *over = comparisons < 2 ? xstrdup("") :
		xasprintf(", %+.*f .. %+.*f over all %zu comparisons", decimals,
			  w->run_low, decimals, w->run_high, comparisons);
	char *how = xasprintf("95 %% interval %+.*f .. %+.*f%s, %zu %s", decimals,
			      w->low, decimals, w->high, over, w->n, units);

	free(over);
	return how;
}

char *word_reason__too_few(const struct paired_word *w, size_t comparisons,
			   const char *unit)
{
	char *with = comparisons < 2 ? xstrdup("") :
		xasprintf(" with %zu other comparison%s", comparisons - 1,
			  comparisons == 2 ? "" : "s");
	char *text = xasprintf("no verdict: %zu %s%s cannot reach p < %.2f%s; %zu can",
			       w->n, unit, w->n == 1 ? "" : "s", WORD_ALPHA, with,
			       rank__pairs_needed(WORD_ALPHA / (comparisons ?: 1)));

	free(with);
	return text;
}

enum judged word_reason__judged(const struct paired_word *w)
{
	switch (w->why) {
	case WORD_SAID:
		return w->is == WORD_FASTER ? JUDGED_BETTER : JUDGED_WORSE;
	case WORD_NO_PAIR:
	case WORD_CONTROL:
	case WORD_TOO_FEW:
	case WORD_NO_AA:
		return JUDGED_NONE;
	default:
		return JUDGED_SAME;
	}
}

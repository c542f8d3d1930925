// SPDX-License-Identifier: GPL-2.0
/* See paired_word.h. */
#include <gsl/gsl_statistics_double.h>
#include <math.h>

#include "hodges_lehmann.h"
#include "paired_word.h"
#include "power.h"

const char *paired_word__text(enum word_is is)
{
	static const char *const text[] = {
		[WORD_NONE] = "", [WORD_FASTER] = "faster", [WORD_SLOWER] = "slower",
	};

	return text[is];
}

/* Is the interval that decides above d, or below -d? */
static bool outside(const struct paired_word *w, double d)
{
	return w->run_low > d || w->run_high < -d;
}

static enum word_why why_none(const struct paired_word *w,
			      const struct word_limits *l)
{
	if (!w->n)
		return WORD_NO_PAIR;
	if (l->same_code)
		return WORD_SAME_CODE;
	if (l->control_failed)
		return WORD_CONTROL;
	if (isnan(w->run_low))
		return WORD_TOO_FEW;
	if (!isfinite(l->aa))
		return WORD_NO_AA;
	if (!outside(w, 0))
		return WORD_ZERO;
	if (!outside(w, l->aa))
		return WORD_WITHIN_AA;
	if (!outside(w, l->least))
		return WORD_TOO_SMALL;
	return outside(w, l->quantum) ? WORD_SAID : WORD_WITHIN_QUANTUM;
}

struct paired_word paired_word__of(const double *d, size_t n,
				   const struct word_limits *l)
{
	const double alpha = WORD_ALPHA / (l->comparisons ?: 1);
	struct paired_word w = {
		.value = NAN, .low = NAN, .high = NAN, .run_low = NAN,
		.run_high = NAN, .shows = INFINITY,
		.delta = fmax(l->aa, fmax(l->least, l->quantum)),
	};
	struct hodges_lehmann h;
	struct hl_interval i;

	if (!hodges_lehmann__make(&h, d, n)) {
		w.n = n;
		w.value = h.estimate;
		i = hodges_lehmann__interval(&h, WORD_ALPHA);
		w.low = i.low;
		w.high = i.high;
		i = hodges_lehmann__interval(&h, alpha);
		w.run_low = i.low;
		w.run_high = i.high;
		if (n > 1)
			w.shows = w.delta + power__pairs(gsl_stats_sd(d, 1, n),
							 n, alpha, WORD_POWER);
		hodges_lehmann__free(&h);
	}
	w.why = why_none(&w, l);
	if (w.why == WORD_SAID)
		w.is = w.value < 0 ? WORD_FASTER : WORD_SLOWER;
	return w;
}

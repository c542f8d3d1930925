// SPDX-License-Identifier: GPL-2.0
/*
 * Summary of a histogram; see hist.h.
 */
#include "hist.h"

struct hist_summary hist__summary(const uint64_t *value, const uint64_t *count,
				  size_t nr)
{
	struct hist_summary s = { 0 };
	uint64_t seen = 0;
	double sum = 0;

	for (size_t i = 0; i < nr; i++) {
		s.n += count[i];
		sum += (double)value[i] * count[i];
		if (count[i] > s.mode_count) {
			s.second_count = s.mode_count;
			s.mode = value[i];
			s.mode_count = count[i];
		} else if (count[i] > s.second_count) {
			s.second_count = count[i];
		}
	}
	if (!s.n)
		return s;
	s.min = value[0];
	s.max = value[nr - 1];
	s.mean = sum / s.n;
	for (size_t i = 0; i < nr && seen < (s.n + 1) / 2; i++) {
		seen += count[i];
		s.median = value[i];
	}
	return s;
}

/* Of the samples; and of the mode, what the next figure may have. */
#define MODE_SHARE	0.6
#define SECOND_SHARE	0.5

bool hist__stands_out(const struct hist_summary *s)
{
	return s->n && (s->mode_count >= MODE_SHARE * s->n ||
			s->second_count <= SECOND_SHARE * s->mode_count);
}

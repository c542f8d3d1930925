// SPDX-License-Identifier: GPL-2.0
/*
 * Series that nothing is added to any more: of a variant that was renamed, a
 * workload that was dropped, a machine that is gone; see alert_priv.h.
 */
#include "alert_priv.h"

const char *alert__newest(const struct alerts *a)
{
	const struct history_series *newest = NULL;

	for (size_t i = 0; i < a->nr_series; i++) {
		if (a->series[i].last_added &&
		    (!newest || a->series[i].last_added > newest->last_added))
			newest = &a->series[i];
	}
	return newest ? newest->last : "";
}

/*
 * It goes on under another instrument: over where what was accepted holds there,
 * and where it does not, what this one says stays.
 */
bool alert__ended(struct alert_judging *j, size_t series)
{
	const struct alerts *a = j->a;
	const struct history_series *s = &a->series[series];

	switch (alert__goes_on(j, &a->all[j->in_all[series]])) {
	case GOES_ON_JUDGED:
		return true;
	case GOES_ON_UNJUDGED:
		return false;
	default:
		return !s->last_added ||
		       history__nights_after(j->h, s->key.rig, s->last_added) >
		       j->o->ended_days;
	}
}

bool alert__may_be_open(struct alert_judging *j, size_t series)
{
	const struct history_series *s = &j->a->all[j->in_all[series]];

	return s->last_added && alert__goes_on(j, s) == GOES_NOT_ON;
}

bool alert__stays_open(enum alert_is is)
{
	return is == ALERT_SOFT || is == ALERT_HARD || is == ALERT_BASE ||
	       is == ALERT_UNJUDGED;
}

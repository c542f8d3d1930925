// SPDX-License-Identifier: GPL-2.0
/*
 * What a bisect is to look for: baselines whose exact figure got worse, with the
 * last run that was good and the first that was bad; see alert_report.h.
 */
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "difference.h"
#include "history_report.h"

static bool is_to_bisect(const struct alert_item *i)
{
	const struct history_key *k = &i->series->key;

	return (i->v.is == ALERT_HARD || i->v.is == ALERT_BASE) &&
	       alert__counts(i) && i->before.run && i->v.now > i->v.before &&
	       !strcmp(k->metric, "instructions") &&
	       !strcmp(k->variant, DIFFERENCE_BASELINE);
}

void report__alert_bisect(FILE *f, const struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct alert_item *item = &a->item[i];
		const struct history_key *k = &item->series->key;
		const char *const name[] = { k->rig, k->base, k->profile,
					     k->workload, item->before.run,
					     item->first.run };

		if (!is_to_bisect(item))
			continue;
		for (size_t n = 0; n < ARRAY_SIZE(name); n++) {
			char *text = safe_text(name[n]);

			fprintf(f, "%s\t", text);
			free(text);
		}
		fprintf(f, "%.0f\t%.0f\n", item->v.before, item->v.now);
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The first line of what alert says: cycles per fault, or what else got worse; see alert_report.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "attributed.h"
#include "catalog.h"
#include "difference.h"
#include "history_report.h"
#include "text.h"

/* The regression that the first line is about: of cycles, where there is one. */
static const struct alert_item *headline_item(const struct alerts *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		const struct alert_item *k = &a->item[i];

		if ((k->v.is == ALERT_SOFT || k->v.is == ALERT_HARD) &&
		    alert__counts(k) && alert__is_headline(k->series->key.metric))
			return k;
	}
	return &a->item[0];
}

/* "cycles per fault", "cold cycles per fault", "instructions per fault". */
static char *what_text(const char *metric)
{
	const int n = difference__figure(metric);

	return attributed__is(metric) ? attributed__words(metric, " per fault") :
	       alert__is_headline(metric) ? xstrdup("cycles per fault") :
	       !strncmp(metric, "cycles_cold", n) ?
	       xstrdup("cold cycles per fault") :
	       xasprintf("%.*s per fault", n, metric);
}

/* "v6.1/const-fields touch-write", or of a profile "v6.1 retpoline, 17 workloads". */
static char *place_text(const struct alert_item *i)
{
	const struct history_key *k = &i->series->key;
	const bool off = !strcmp(k->profile, DEFAULT_PROFILE);
	const enum difference d = difference__of(k->metric);

	if (i->moved.workloads)
		return xasprintf("%s %s, %zu workload%s", k->base,
				 k->profile, i->moved.workloads,
				 alert__plural(i->moved.workloads));
	return xasprintf("%s/%s%s%s %s%s", k->base, k->variant, off ? "" : " ",
			 off ? "" : k->profile, k->workload,
			 d == OVER_OFF ? " over off" :
			 d == OVER_DIRECT ? " over direct" : "");
}

static char *regression_line(const struct alert_item *i)
{
	int digits = fabs(i->v.percent) < 0.1 ? 3 : 1;
	char *percent = isfinite(i->v.percent) ?
		xasprintf("%+.*f%%", digits, i->v.percent) : xstrdup("new");
	char *what = what_text(i->series->key.metric), *place = place_text(i);
	char *raw = xasprintf("[faultline] %s %s: %s", percent, what, place);
	char *text = safe_text(raw);

	free(raw);
	free(place);
	free(what);
	free(percent);
	return text;
}

/* The bases that moved. */
static char *base_line(const struct alerts *a)
{
	const struct alert_item *i = a->item;
	char *base, *text;

	while (i->v.is != ALERT_BASE || !alert__counts(i))
		i++;
	base = safe_text(i->series->key.base);
	text = xasprintf("[faultline] base %s moved in %zu workload%s, its variants with it",
			 base, i->moved.workloads, alert__plural(i->moved.workloads));
	free(base);
	return text;
}

static char *quiet_line(const struct alerts *a)
{
	size_t others = a->judged - a->cycles.judged;

	return !a->cycles.judged ?
		xasprintf("[faultline] no regression in %zu series; no cycles per fault among them",
			  a->judged) :
	       !others ?
		xasprintf("[faultline] cycles per fault: no regression in %zu series",
			  a->judged) :
		xasprintf("[faultline] cycles per fault: no regression in %zu series, nor in %zu others",
			  a->cycles.judged, others);
}

char *alert__cycles_line(const struct alerts *a)
{
	const struct alert_cycles *c = &a->cycles;

	if (!c->series)
		return xstrdup("cycles per fault: not measured, or not asked for");
	if (!c->judged && !c->suspect)
		return xasprintf("cycles per fault: too few points to judge any of %zu series",
				 c->series);
	if (c->worse)
		return xasprintf("cycles per fault: worse in %zu of %zu series",
				 c->worse, c->judged);
	if (c->suspect)
		return xasprintf("cycles per fault: %zu suspect%s to run again, of %zu series",
				 c->suspect, alert__plural(c->suspect), c->judged);
	return xasprintf("cycles per fault: no regression in %zu series",
			 c->judged);
}

char *alert__headline(const struct alerts *a)
{
	size_t worse = a->count[ALERT_HARD] + a->count[ALERT_SOFT];
	size_t alike = worse ?: a->count[ALERT_SUSPECT] || a->count[ALERT_UNJUDGED] ?
		       0 : a->count[ALERT_BASE];	/* as what the line names */
	char *line, *more;

	if (worse)
		line = regression_line(headline_item(a));
	else if (!a->nr_series)
		line = xstrdup("[faultline] no data");
	else if (a->count[ALERT_SUSPECT])
		line = xasprintf("[faultline] %zu suspect%s to run again",
				 a->count[ALERT_SUSPECT],
				 alert__plural(a->count[ALERT_SUSPECT]));
	else if (a->count[ALERT_UNJUDGED])
		line = xasprintf("[faultline] another instrument, another figure: %zu to accept",
				 a->count[ALERT_UNJUDGED]);
	else if (a->count[ALERT_BASE])
		line = base_line(a);
	else if (a->count[ALERT_BETTER])
		line = xasprintf("[faultline] %zu improvement%s to accept",
				 a->count[ALERT_BETTER],
				 alert__plural(a->count[ALERT_BETTER]));
	else if (!a->judged)
		line = xstrdup("[faultline] too few points to judge");
	else
		line = quiet_line(a);
	more = alike > 1 ? xasprintf(", %zu more", alike - 1) : xstrdup("");
	if (strlen(line) + strlen(more) <= REPORT_COLUMNS) {
		char *all = xasprintf("%s%s", line, more);

		free(line);
		line = all;
	} else if (strlen(line) > REPORT_COLUMNS) {
		size_t cut = REPORT_COLUMNS - 3;

		/* not within a character of UTF-8 */
		while (cut && (line[cut] & 0xc0) == 0x80)
			cut--;
		strcpy(line + cut, "...");
	}
	free(more);
	return line;
}

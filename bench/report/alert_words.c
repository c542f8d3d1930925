// SPDX-License-Identifier: GPL-2.0
/*
 * What an item of an alert is, in words: figures, functions, story; see alert_report.h.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "attributed.h"
#include "difference.h"
#include "history_report.h"
#include "text.h"

#define FUNCTIONS	6	/* that are named */
#define REVISION	12	/* characters of a commit */

char *alert__series_name(const struct history_key *k)
{
	char *raw = xasprintf("%s/%s %s %s.%s (rig %s)", k->base, k->variant,
			      k->profile, k->workload, k->metric, k->rig);
	char *text = safe_text(raw);

	free(raw);
	return text;
}

static char *percent_text(double percent)
{
	int digits = fabs(percent) < 0.01 ? 4 : fabs(percent) < 0.1 ? 3 : fabs(percent) < 10 ? 2 : 1;

	return isfinite(percent) ? xasprintf("%+.*f %%", digits, percent) :
				   xstrdup("from nothing");
}

/* With as many digits as it takes to tell it from another by diff. */
static char *number(double v, double diff)
{
	int digits = v == floor(v) ? 0 : fabs(diff) < 0.1 ? 4 :
		     fabs(v) < 1000 ? 2 : 1;

	return xasprintf("%.*f", digits, v);
}

static char *range_text(const struct alert_moved *m)
{
	char *least = number(m->least, m->least), *most = number(m->most, m->most);
	char *range = m->least == m->most ?
		xasprintf("%s%s", m->least > 0 ? "+" : "", least) :
		xasprintf("%s%s to %s%s", m->least > 0 ? "+" : "", least,
			  m->most > 0 ? "+" : "", most);

	free(most);
	free(least);
	return range;
}

/*
 * "the base moved by +20 in 14 workloads under 3 profiles, 2 variants with it; of
 * mmio ", or "".
 */
static char *moved_text(const struct alert_item *i)
{
	const struct alert_moved *m = &i->moved;
	char *range = range_text(m), *workload = safe_text(i->series->key.workload);
	char *profile = safe_text(i->series->key.profile);
	char *under = m->profiles < 2 ? xstrdup("") :
		      xasprintf(" under %zu profiles", m->profiles);
	char *text = !m->workloads ? xstrdup("") :
		attributed__is(i->series->key.metric) ?
		xasprintf("attributions of the base moved in %zu workload%s%s, %zu variant%s with it; of %s ",
			  m->workloads, alert__plural(m->workloads), under,
			  m->variants, alert__plural(m->variants), workload) :
		difference__is(i->series->key.metric) ?
		xasprintf("profile %s moved by %s over off in %zu workload%s of the baseline; of %s ",
			  profile, range, m->workloads, alert__plural(m->workloads),
			  workload) :
		xasprintf("the base moved by %s in %zu workload%s%s, %zu variant%s with it; of %s ",
			  range, m->workloads, alert__plural(m->workloads),
			  under, m->variants, alert__plural(m->variants),
			  workload);

	free(under);
	free(profile);
	free(workload);
	free(range);
	return text;
}

/* " (2362 -> 2422)": of a difference, what became of the variant's figure. */
static char *figure_text(const struct alert_item *i)
{
	double diff = i->figure_now - i->figure_before;
	char *before, *now, *text;

	if (!diff)
		return xstrdup("");
	before = number(i->figure_before, diff);
	now = number(i->figure_now, diff);
	text = xasprintf(" (%s -> %s)", before, now);
	free(before);
	free(now);
	return text;
}

static const char *over_what(const struct alert_item *i)
{
	enum difference d = difference__of(i->series->key.metric);

	return d == NR_DIFFERENCES ? "" : difference_over[d];
}

static const char *over_whose(const struct alert_item *i)
{
	static const char *const whose[NR_DIFFERENCES] = {
		[OVER_BASELINE] = "the baseline's", [OVER_OFF] = "off's",
		[OVER_DIRECT] = "the direct call's",
	};
	enum difference d = difference__of(i->series->key.metric);

	return d == NR_DIFFERENCES ? "" : whose[d];
}

char *alert__figures(const struct alert_item *i)
{
	double diff = i->v.now - i->v.before;
	bool over = i->v.reference && difference__is(i->series->key.metric);
	char *whole = i->v.reference && !over ?
		xasprintf(" of the fault's %.0f", i->v.reference) : xstrdup("");
	char *before = number(i->v.before, diff), *now = number(i->v.now, diff);
	char *of = number(i->v.reference, 1), *figure = figure_text(i);
	char *percent = percent_text(i->v.percent);
	char *unit = safe_text(i->series->unit), *moved = moved_text(i);
	char *text = over ?
		xasprintf("%s%s of %s %s: %s%s -> %s%s %s per fault over %s%s",
			  moved, percent, over_whose(i), of,
			  i->v.before > 0 ? "+" : "", before,
			  i->v.now > 0 ? "+" : "", now, unit, over_what(i), figure) :
		xasprintf("%s%s%s: %s -> %s %s per fault", moved, percent,
			  whole, before, now, unit);

	free(whole);
	free(moved);
	free(figure);
	free(of);
	free(unit);
	free(percent);
	free(now);
	free(before);
	return text;
}

char *alert__functions(const struct alert_item *i)
{
	char *text = xstrdup("");

	for (size_t k = 0; k < i->where.nr && k < FUNCTIONS; k++) {
		char *name = safe_text(i->where.func[k].name);
		char *longer = xasprintf("%s%s%s %+" PRId64, text,
					 k ? ", " : "", name,
					 i->where.func[k].diff);

		free(text);
		free(name);
		text = longer;
	}
	if (i->where.nr > FUNCTIONS) {
		char *longer = xasprintf("%s and %zu more", text,
					 i->where.nr - FUNCTIONS);

		free(text);
		text = longer;
	}
	return text;
}

static char *part_text(const struct alert_part *p)
{
	static const char *const code[] = {
		[ALERT_CODE_STAYED] = "", [ALERT_CODE_CAME] = " (new)",
		[ALERT_CODE_WENT] = " (gone)",
	};
	char *function = attributed__function(p->metric), *raw, *text;

	if (*function && attributed__is_judged(p->metric))
		raw = xasprintf("%s %+g%s", function, p->diff, code[p->code]);
	else {
		char *words = attributed__words(p->metric, "");

		raw = xasprintf("%s %+g%s", words, p->diff, code[p->code]);
		free(words);
	}
	text = safe_text(raw);
	free(raw);
	free(function);
	return text;
}

char *alert__parts(const struct alert_item *i)
{
	struct strlist list = { 0 };
	size_t functions = 0, left = 0;
	char *text, *all;

	for (size_t k = 0; k < i->nr_parts; k++) {
		const struct alert_part *p = &i->part[k];
		char *part = part_text(p);

		if (!attributed__is_function(p->metric) ||
		    (!i->where.nr && functions++ < FUNCTIONS))
			strlist__add(&list, part);
		else
			left += !i->where.nr;
		free(part);
	}
	all = strlist__join(&list, ", ");
	text = left ? xasprintf("%s and %zu more functions", all, left) :
		      xstrdup(all);
	free(all);
	strlist__free(&list);
	return text;
}

/* "of 1a2b3c4d", "from 1a2b3c4d to 5e6f7a8b", or "". */
static char *commits(const struct alert_item *i)
{
	const char *a = i->before.revision ?: "", *b = i->first.revision ?: "";
	char *raw, *text;

	if (!*a || !*b)
		return xstrdup("");
	/* a '+' at the end says that there were changes */
	raw = !strcmp(a, b) ? xasprintf("; commit %.*s, both", REVISION, a) :
	      xasprintf("; commits %.*s%s..%.*s%s", REVISION, a,
			strlen(a) > REVISION && a[strlen(a) - 1] == '+' ? "+" : "",
			REVISION, b,
			strlen(b) > REVISION && b[strlen(b) - 1] == '+' ? "+" : "");
	text = safe_text(raw);
	free(raw);
	return text;
}

char *alert__story(const struct alert_item *i)
{
	char *range = commits(i), *raw, *text;

	if (!i->before.run && *i->cause)
		raw = xstrdup(i->cause);
	else if (!i->before.run)
		raw = xasprintf("since the first run, %s; nothing is known of before",
				i->first.run ?: "");
	else
		raw = xasprintf("since run %s, not yet in %s%s: %s",
				i->first.run, i->before.run, range, i->cause);
	text = safe_text(raw);
	free(raw);
	free(range);
	return text;
}

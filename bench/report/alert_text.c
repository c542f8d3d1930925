// SPDX-License-Identifier: GPL-2.0
/*
 * Alerts as text and mail; see alert_report.h.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "history_report.h"
#include "points.h"
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

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
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

/* "the base moved by +20 in 14 workloads, 2 variants with it; most in mmio, ", or "". */
static char *moved_text(const struct alert_item *i)
{
	const struct alert_moved *m = &i->moved;
	char *least = number(m->least, m->least), *most = number(m->most, m->most);
	char *range = m->least == m->most ?
		xasprintf("%s%s", m->least > 0 ? "+" : "", least) :
		xasprintf("%s%s to %s%s", m->least > 0 ? "+" : "", least,
			  m->most > 0 ? "+" : "", most);
	char *workload = safe_text(i->series->key.workload);
	char *text = !m->workloads ? xstrdup("") :
		xasprintf("the base moved by %s in %zu workload%s, %zu variant%s with it; of %s ",
			  range, m->workloads, plural(m->workloads), m->variants,
			  plural(m->variants), workload);

	free(workload);
	free(range);
	free(most);
	free(least);
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

char *alert__figures(const struct alert_item *i)
{
	double diff = i->v.now - i->v.before;
	bool over = i->v.reference;
	char *before = number(i->v.before, diff), *now = number(i->v.now, diff);
	char *of = number(i->v.reference, 1), *figure = figure_text(i);
	char *percent = percent_text(i->v.percent);
	char *unit = safe_text(i->series->unit), *moved = moved_text(i);
	char *text = over ?
		xasprintf("%s of the baseline's %s: %s%s -> %s%s %s per fault over baseline%s",
			  percent, of, i->v.before > 0 ? "+" : "", before,
			  i->v.now > 0 ? "+" : "", now, unit, figure) :
		xasprintf("%s%s: %s -> %s %s per fault", moved, percent, before,
			  now, unit);

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

/* Names are cut in favour of the rest where all would not fit. */
static char *regression_line(const struct alert_item *i)
{
	const struct history_key *k = &i->series->key;
	int digits = fabs(i->v.percent) < 0.1 ? 3 : 1;
	char *percent = isfinite(i->v.percent) ?
		xasprintf("%+.*f%%", digits, i->v.percent) : xstrdup("new");
	const char *over = strstr(k->metric, POINTS_OVER_BASELINE);
	char *raw = over ?
		xasprintf("[faultline] %s/%s: %s %s.%.*s over baseline",
			  k->base, k->variant, percent, k->workload,
			  (int)(over - k->metric), k->metric) :
		xasprintf("[faultline] %s/%s: %s regression of %s.%s",
			  k->base, k->variant, percent, k->workload, k->metric);
	char *text = safe_text(raw);

	free(raw);
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
			 base, i->moved.workloads, plural(i->moved.workloads));
	free(base);
	return text;
}

char *alert__headline(const struct alerts *a)
{
	size_t worse = a->count[ALERT_HARD] + a->count[ALERT_SOFT];
	size_t alike = worse ?: a->count[ALERT_SUSPECT] || a->count[ALERT_UNJUDGED] ?
		       0 : a->count[ALERT_BASE];	/* as what the line names */
	char *line, *more;

	if (worse)
		line = regression_line(&a->item[0]);
	else if (!a->nr_series)
		line = xstrdup("[faultline] no data");
	else if (a->count[ALERT_SUSPECT])
		line = xasprintf("[faultline] %zu suspect%s to run again",
				 a->count[ALERT_SUSPECT],
				 plural(a->count[ALERT_SUSPECT]));
	else if (a->count[ALERT_UNJUDGED])
		line = xasprintf("[faultline] another instrument, another figure: %zu to accept",
				 a->count[ALERT_UNJUDGED]);
	else if (a->count[ALERT_BASE])
		line = base_line(a);
	else if (a->count[ALERT_BETTER])
		line = xasprintf("[faultline] %zu improvement%s to accept",
				 a->count[ALERT_BETTER],
				 plural(a->count[ALERT_BETTER]));
	else if (!a->judged)
		line = xstrdup("[faultline] too few points to judge");
	else
		line = xasprintf("[faultline] no regression in %zu series",
				 a->judged);
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

static void print_name(FILE *f, const char *what, const struct alert_item *i)
{
	char *name = alert__series_name(&i->series->key);

	fprintf(f, "\n%s%s\n", what, name);
	free(name);
}

static void print_wrapped(FILE *f, int indent, char *text)
{
	text__wrapped(f, indent, text);
	free(text);
}

static void print_ack(FILE *f, const struct acks *acks, const struct ack *k)
{
	char *who = safe_text(k->who), *why = safe_text(k->why);
	char *commit = safe_text(k->commit);

	print_wrapped(f, 4, xasprintf("acknowledged until %s by %s: %s (commit %s; %s:%u)",
				      k->until, who, why, commit, acks->path,
				      k->line));
	free(commit);
	free(why);
	free(who);
}

static void print_void_ack(FILE *f, const struct acks *acks,
			   const struct alert_item *i, const char *day)
{
	const struct ack *k = i->void_ack;

	if (!k || i->ack)
		return;
	print_wrapped(f, 4, ack__expired(k, day) ?
		xasprintf("no longer acknowledged: the ack in %s:%u ended on %s",
			  acks->path, k->line, k->until) :
		xasprintf("not acknowledged: the ack in %s:%u is of %g %% at most",
			  acks->path, k->line, k->at_most));
}

static void print_accepted(FILE *f, const struct alert_item *i)
{
	char *who, *why;

	if (!i->accepted.when)
		return;
	who = safe_text(i->accepted.who);
	why = safe_text(i->accepted.why);
	print_wrapped(f, 4, xasprintf("before: accepted %.10s by %s: %s",
				      i->accepted.when, who, why));
	free(why);
	free(who);
}

static void print_where(FILE *f, const struct alert_item *i)
{
	char *functions = alert__functions(i);

	if (i->where.nr)
		print_wrapped(f, 4, xasprintf("functions%s: %s",
					      i->where.of_baseline ?
					      " of the baseline" : "",
					      functions));
	else if (i->where.why_not)
		print_wrapped(f, 4, xasprintf("functions: not known; %s",
					      i->where.why_not));
	free(functions);
}

static void print_regression(FILE *f, const struct alerts *a,
			     const struct alert_item *i, const char *day)
{
	print_name(f, i->ack ? "KNOWN " : i->v.is == ALERT_HARD ? "HARD " :
								  "SOFT ", i);
	print_wrapped(f, 4, alert__figures(i));
	print_wrapped(f, 4, alert__story(i));
	print_where(f, i);
	print_accepted(f, i);
	if (i->ack)
		print_ack(f, a->acks, i->ack);
	print_void_ack(f, a->acks, i, day);
}

static void print_other(FILE *f, const struct alert_item *i)
{
	static const char *const what[NR_ALERT_IS] = {
		[ALERT_SUSPECT] = "SUSPECT ", [ALERT_BETTER] = "BETTER ",
		[ALERT_CHANGED] = "CHANGED ", [ALERT_BASE] = "BASE ",
		[ALERT_UNJUDGED] = "UNJUDGED ",
	};

	if (!what[i->v.is])
		return;
	print_name(f, what[i->v.is], i);
	print_wrapped(f, 4, alert__figures(i));
	if (i->v.is == ALERT_SUSPECT)
		print_wrapped(f, 4, xasprintf("the newest run alone, %s: no alert before it was run again",
					      i->newest.run));
	else
		print_wrapped(f, 4, alert__story(i));
	print_where(f, i);
}

static void print_totals(FILE *f, const struct alerts *a)
{
	const size_t *n = a->count;
	char *line = alert__headline(a);

	fprintf(f, "%s\n\n", line);
	free(line);
	fprintf(f, "%5zu worse beyond the hard limit, %zu beyond the soft one\n",
		n[ALERT_HARD], n[ALERT_SOFT]);
	fprintf(f, "%5zu suspect, to be run again\n", n[ALERT_SUSPECT]);
	if (n[ALERT_UNJUDGED])
		fprintf(f, "%5zu unjudged under another instrument, to be accepted\n",
			n[ALERT_UNJUDGED]);
	if (n[ALERT_BASE])
		fprintf(f, "%5zu base%s that moved, to be accepted\n",
			n[ALERT_BASE], plural(n[ALERT_BASE]));
	fprintf(f, "%5zu better, to be accepted\n", n[ALERT_BETTER]);
	fprintf(f, "%5zu changed by less than the soft limit (exact figures)\n",
		n[ALERT_CHANGED]);
	fprintf(f, "%5zu worse, but acknowledged\n", a->acked);
	if (a->covered)
		fprintf(f, "%5zu as the base, or the difference to it, says already\n",
			a->covered);
	fprintf(f, "%5zu unchanged\n", n[ALERT_NOTHING]);
	fprintf(f, "%5zu of too few points to judge\n", n[ALERT_FEW]);
	if (a->ended)
		fprintf(f, "%5zu ended: not in the runs of the last nights, or under another QEMU since\n",
			a->ended);
	fprintf(f, "series of metrics of cells; newest run %s\n",
		*a->newest ? a->newest : "none");
}

/* It was named with a regression that it does not reach. */
static bool was_named(const struct alerts *a, const struct ack *k,
		      const char *day)
{
	for (size_t i = 0; i < a->nr; i++) {
		if (a->item[i].void_ack == k && !ack__expired(k, day))
			return true;
	}
	return false;
}

static void print_unused(FILE *f, const struct alerts *a, const char *day)
{
	for (size_t i = 0; i < a->acks->nr; i++) {
		const struct ack *k = &a->acks->item[i];
		char *pattern;

		if (a->ack_used[i] || was_named(a, k, day))
			continue;
		pattern = safe_text(k->pattern);
		fputc('\n', f);
		print_wrapped(f, 0, ack__expired(k, day) ?
			xasprintf("%s:%u: the ack of %s ended on %s and is void: remove it, or write another day",
				  a->acks->path, k->line, pattern, k->until) :
			xasprintf("%s:%u: the ack of %s silences nothing: remove it, or look for a misspelling",
				  a->acks->path, k->line, pattern));
		free(pattern);
	}
}

static void print_next_steps(FILE *f, const struct alerts *a)
{
	bool worse = a->count[ALERT_HARD] + a->count[ALERT_SOFT];

	if (a->count[ALERT_SUSPECT]) {
		fputs("\nRun the suspects again, then alert again:\n", f);
		report__alert_rerun(f, a);
	}
	if (worse)
		fputs("\nWhat is known is acknowledged in results/acks.conf: docs/continuous.md\n",
		      f);
	if (worse || a->count[ALERT_BETTER] || a->count[ALERT_BASE] ||
	    a->count[ALERT_UNJUDGED])
		fputs("\nWhat is to stay is accepted: faultline alert --who NAME --why TEXT\n"
		      "    --accept RIG/BASE/VARIANT/PROFILE/WORKLOAD/METRIC\n", f);
}

void report__alert_text(FILE *f, const struct alerts *a, const char *day)
{
	size_t shown[NR_ALERT_IS] = { 0 };

	print_totals(f, a);
	for (size_t i = 0; i < a->nr; i++) {
		const struct alert_item *k = &a->item[i];

		if (k->covered || shown[k->v.is]++ >= ALERT_SHOWN)
			continue;
		if (k->v.is == ALERT_HARD || k->v.is == ALERT_SOFT)
			print_regression(f, a, k, day);
		else
			print_other(f, k);
	}
	for (size_t i = ALERT_CHANGED; i < NR_ALERT_IS; i++) {
		if (shown[i] > ALERT_SHOWN && i != ALERT_FEW)
			fprintf(f, "\nand %zu more: %s; --json has all\n",
				shown[i] - ALERT_SHOWN, alert__name(i));
	}
	print_next_steps(f, a);
	print_unused(f, a, day);
}

void report__alert_mail(FILE *f, const struct alerts *a, const char *day)
{
	char *line = alert__headline(a);

	fprintf(f, "Subject: %s\n\n", line);
	report__alert_text(f, a, day);
	free(line);
}

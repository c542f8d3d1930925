// SPDX-License-Identifier: GPL-2.0
/*
 * Alerts as text and mail; see alert_report.h.
 */
#include <stdlib.h>
#include <string.h>

#include "alert_report.h"
#include "difference.h"
#include "history_report.h"
#include "text.h"

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

static const char *of_other(const struct alert_item *i)
{
	static const char *const other[NR_DIFFERENCES] = {
		[OVER_BASELINE] = " of the baseline",
		[OVER_OFF] = " of profile off",
		[OVER_DIRECT] = " of the direct call",
	};
	enum difference d = difference__of(i->series->key.metric);

	return d == NR_DIFFERENCES ? "" : other[d];
}

static void print_where(FILE *f, const struct alert_item *i)
{
	char *functions = alert__functions(i), *parts = alert__parts(i);

	if (i->where.nr)
		print_wrapped(f, 4, xasprintf("functions%s: %s",
					      i->where.of_other ?
					      of_other(i) : "", functions));
	else if (i->where.why_not && !i->nr_parts)
		print_wrapped(f, 4, xasprintf("functions: not known; %s",
					      i->where.why_not));
	if (*parts && i->cell.nr > 1)
		print_wrapped(f, 4, xasprintf("with it, at most, in %zu cells: %s",
					      i->cell.nr, parts));
	else if (*parts)
		print_wrapped(f, 4, xasprintf("with it: %s", parts));
	if (i->code_moved)
		print_wrapped(f, 4, xstrdup("functions of this cell are executed newly, or not any more: code that is inlined or renamed goes from one to another. So the whole path is judged (path_instructions), and none of them"));
	free(parts);
	free(functions);
}

static void print_open(FILE *f, const struct alert_item *i)
{
	if (i->ended)
		print_wrapped(f, 4, xasprintf("not measured since run %s of %.10s, and nobody acknowledged or accepted it: it stays open",
					      i->newest.run, i->newest.started));
}

static void print_regression(FILE *f, const struct alerts *a,
			     const struct alert_item *i, const char *day)
{
	print_name(f, i->ack ? "KNOWN " : i->v.is == ALERT_HARD ? "HARD " :
								  "SOFT ", i);
	print_wrapped(f, 4, alert__figures(i));
	print_wrapped(f, 4, alert__story(i));
	print_where(f, i);
	print_open(f, i);
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
	print_open(f, i);
}

static void print_totals(FILE *f, const struct alerts *a)
{
	const size_t *n = a->count;
	char *line = alert__headline(a), *cycles = alert__cycles_line(a);

	fprintf(f, "%s\n%s\n\n", line, cycles);
	free(cycles);
	free(line);
	fprintf(f, "%5zu worse beyond the hard limit, %zu beyond the soft one\n",
		n[ALERT_HARD], n[ALERT_SOFT]);
	fprintf(f, "%5zu suspect, to be run again\n", n[ALERT_SUSPECT]);
	if (n[ALERT_UNJUDGED])
		fprintf(f, "%5zu unjudged under another instrument, to be accepted\n",
			n[ALERT_UNJUDGED]);
	if (n[ALERT_BASE])
		fprintf(f, "%5zu base%s that moved, to be accepted\n",
			n[ALERT_BASE], alert__plural(n[ALERT_BASE]));
	fprintf(f, "%5zu better, to be accepted\n", n[ALERT_BETTER]);
	fprintf(f, "%5zu changed by less than the soft limit (exact figures)\n",
		n[ALERT_CHANGED]);
	fprintf(f, "%5zu worse, but acknowledged\n", a->acked);
	if (a->covered)
		fprintf(f, "%5zu as the base, or the difference to it, says already\n",
			a->covered);
	fprintf(f, "%5zu unchanged\n", n[ALERT_NOTHING]);
	if (a->attributed)
		fprintf(f, "%5zu more are figures of attributions; %zu of them moved with what is above\n",
			a->attributed, a->attributed_told);
	fprintf(f, "%5zu of too few points to judge\n", n[ALERT_FEW]);
	if (a->ended)
		fprintf(f, "%5zu ended: not in the runs of the last nights, or under another QEMU since\n",
			a->ended);
	if (a->open)
		fprintf(f, "%5zu of these with an alert that nobody took, which stays open\n",
			a->open);
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

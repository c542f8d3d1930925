// SPDX-License-Identifier: GPL-2.0
/* The trend page's text; see trend_page.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "attributed.h"
#include "catalog.h"
#include "difference.h"
#include "flame_page.h"
#include "page_files.h"
#include "rigs.h"
#include "trend_page.h"
#include "util.h"

#define MOST_MOVES	100	/* listed */
#define MOST_EVENTS	100	/* listed */
#define MOST_ACCEPTED	100	/* listed */
#define MOST_NAMED	4	/* variants in the first sentence */

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

char *trend_page__metric(const char *metric)
{
	static const char *const words[][2] = {
		{ "cycles_hot", "TSC cycles per fault, hot" },
		{ "cycles_cold", "TSC cycles per fault, cold" },
		{ "instructions", "instructions of a typical fault" },
		{ "instructions_mean", "instructions per fault, mean over all" },
	};
	const size_t n = difference__figure(metric);
	const char *over = metric[n] ? metric + n : NULL;
	char *figure = xasprintf("%.*s", (int)n, metric);
	char *part = attributed__is(metric) ?
		     attributed__words(figure, " per fault") : NULL;
	const char *said = part ?: figure;
	char *all;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(figure, words[i][0]))
			said = words[i][1];
	}
	if (!over)
		all = xstrdup(said);
	else
		all = xasprintf("%s, over %s%s", said,
				strcmp(over, "_over_baseline") ? "" : "the ",
				over + strlen("_over_"));
	free(part);
	free(figure);
	return all;
}

static const char *day_of(const struct trend *t, size_t run, char day[32])
{
	const time_t when = t->run[run].started;
	struct tm tm;

	strftime(day, 32, "%Y-%m-%d", gmtime_r(&when, &tm));
	return day;
}

/* Lower is the better line for the first sentence. */
static int headline_rank(const struct trend_line *l)
{
	const struct history_key *k = &l->series->key;
	const bool cycles = !strncmp(k->metric, "cycles", strlen("cycles"));
	const char *over = strstr(k->metric, "_over_baseline");

	return 32 * attributed__is(k->metric) + 16 * !cycles + 8 * !over +
	       4 * (strcmp(k->base, DEFAULT_BASE) || strcmp(k->profile, DEFAULT_PROFILE)) +
	       2 * (strcmp(k->workload, "touch-write") != 0) +
	       (strcmp(k->rig, rigs__default()->name) != 0);
}

/* "const-fields -2.1 +-1.9" */
static void write_figure(FILE *f, const struct trend_line *l)
{
	const double v = l->point[l->nr - 1].value;
	const int digits = v == nearbyint(v) ? 0 : 1;

	text(f, l->series->key.variant);
	fprintf(f, trend__is_difference(l->series->key.metric) ? " <b>%+.*f</b>" :
		" <b>%.*f</b>", digits, v);
	if (!isnan(l->spread))
		fprintf(f, "&nbsp;&plusmn;%.1f", l->spread);
}

/* What a fault costs today, in cycles where there are any. */
static void write_headline(FILE *f, const struct trend *t)
{
	const struct trend_line *best = &t->line[0];
	char *metric, day[32];
	size_t named = 0;

	for (size_t i = 1; i < t->nr; i++) {
		if (headline_rank(&t->line[i]) < headline_rank(best))
			best = &t->line[i];
	}
	metric = trend_page__metric(best->series->key.metric);
	fputs("<p class=\"answer\">", f);
	text(f, best->series->key.base);
	fputs(", profile ", f);
	text(f, best->series->key.profile);
	fputs(", ", f);
	text(f, best->series->key.workload);
	fputs(": ", f);
	for (size_t i = 0; i < t->nr && named < MOST_NAMED; i++) {
		if (!trend__same_chart(best, &t->line[i]) ||
		    strcmp(best->series->key.machine, t->line[i].series->key.machine))
			continue;
		fputs(named++ ? ", " : "", f);
		write_figure(f, &t->line[i]);
	}
	fputs(" ", f);
	text(f, metric);
	fputs(" (rig ", f);
	text(f, best->series->key.rig);
	fprintf(f, ", run of %s).</p>\n",
		day_of(t, best->point[best->nr - 1].run, day));
	free(metric);
}

/* A move, and where it stands in time. */
struct move {
	const struct trend_line *line;
	const struct trend_mark *mark;
	size_t run;
};

/* Of one run attributions last, for they are many; then as the lines are. */
static int newest_first(const void *a, const void *b)
{
	const struct move *x = a, *y = b;
	const int order = (y->run > x->run) - (y->run < x->run);

	return order ?: (x->line > y->line) - (x->line < y->line);
}

/* "+0.12 %"; of nothing there are no percent. */
static void write_percent(FILE *f, const struct trend_mark *m)
{
	if (m->of)
		fprintf(f, "%+.2f&nbsp;%%", 100 * (m->after - m->before) / m->of);
	else
		fputs("from nothing", f);
}

static void write_move(FILE *f, const struct trend *t, const struct move *m)
{
	const struct history_key *k = &m->line->series->key;
	const int digits = m->line->exact ? 0 : 1;
	char *metric = trend_page__metric(k->metric), day[32];

	fprintf(f, "<tr><td>%s</td><td>", day_of(t, m->run, day));
	text(f, k->base);
	fputs(" ", f);
	text(f, k->profile);
	fputs("</td><td>", f);
	text(f, k->variant);
	fputs("</td><td>", f);
	text(f, k->workload);
	fputs("</td><td>", f);
	text(f, metric);
	fprintf(f, "</td><td class=\"n %s\">%.*f to %.*f</td><td class=\"n\">",
		m->mark->after > m->mark->before ? "worse" : "better", digits,
		m->mark->before, digits, m->mark->after);
	write_percent(f, m->mark);
	fprintf(f, "</td><td>%s</td><td>",
		m->line->exact ? "exact" : "by change point");
	text(f, t->run[m->run].id);
	fputs("</td></tr>\n", f);
	free(metric);
}

static void write_moves(FILE *f, const struct trend *t)
{
	struct move *all = NULL;
	size_t nr = 0;

	if (!t->moves) {
		fputs("<p>No line ever moved for good.</p>\n", f);
		return;
	}
	for (size_t i = 0; i < t->nr; i++) {
		const struct trend_line *l = &t->line[i];

		all = xrealloc(all, (nr + l->nr_marks + 1) * sizeof(*all));
		for (size_t k = 0; k < l->nr_marks; k++)
			all[nr++] = (struct move) {
				l, &l->mark[k], l->point[l->mark[k].at].run };
	}
	qsort(all, nr, sizeof(*all), newest_first);
	fprintf(f, "<p class=\"dim\">%zu move%s for good%s.</p>\n"
		"<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>since</th><th>base, profile</th><th>variant</th>"
		"<th>workload</th><th>figure</th><th class=\"n\">moved</th><th class=\"n\">by</th>"
		"<th>found</th><th>run</th></tr></thead><tbody>\n", t->moves,
		t->moves == 1 ? "" : "s",
		nr > MOST_MOVES ? "; the newest" : "");
	for (size_t i = 0; i < nr && i < MOST_MOVES; i++)
		write_move(f, t, &all[i]);
	fputs("</tbody></table></div>\n", f);
	free(all);
}

/* The day of "2026-11-22T20:12:10Z". */
static void write_day(FILE *f, const char *when)
{
	svg__clipped(f, when, strnlen(when, 10), 10);
}

/* What measured, and what was measured, became another one; the newest first. */
static void write_events(FILE *f, const struct trend_page *p)
{
	if (!p->nr_events)
		return;
	fputs("<h2 id=\"events\">What else changed</h2>\n<div class=\"wide\" tabindex=\"0\"><table><thead>"
	      "<tr><th>since</th><th>rig</th><th>base</th><th>what</th><th>before</th><th>after</th>"
	      "<th>run</th></tr></thead><tbody>\n", f);
	for (size_t i = p->nr_events; i-- && p->nr_events - i <= MOST_EVENTS;) {
		const struct history_event *e = &p->event[i];
		const char *const cell[] = { e->rig, e->base, e->what, e->before,
					     e->after, e->run };

		fputs("<tr><td>", f);
		write_day(f, e->started);
		for (size_t k = 0; k < ARRAY_SIZE(cell); k++) {
			fputs("</td><td>", f);
			svg__clipped(f, cell[k], strlen(cell[k]), 60);
		}
		fputs("</td></tr>\n", f);
	}
	fputs("</tbody></table></div>\n", f);
}

bool trend_page__is_out(const struct trend_page *p, size_t withdrawal)
{
	const struct history_withdrawal *w = &p->withdrawal[withdrawal];

	for (size_t i = withdrawal + 1; i < p->nr_withdrawals; i++) {
		if (!strcmp(p->withdrawal[i].run, w->run))
			return false;
	}
	return w->out;
}

/* What was accepted, and where. */
struct said {
	const struct trend_line *line;
	const struct history_accepted *is;
};

static int said_last_first(const void *a, const void *b)
{
	const struct said *x = a, *y = b;

	return strcmp(y->is->when, x->is->when);
}

static void write_said(FILE *f, const struct said *s)
{
	const struct history_key *k = &s->line->series->key;
	char *metric = trend_page__metric(k->metric);
	const char *const cell[] = { k->base, k->profile, k->variant, k->workload,
				     metric };

	fputs("<tr><td>", f);
	write_day(f, s->is->when);
	for (size_t i = 0; i < ARRAY_SIZE(cell); i++) {
		fputs("</td><td>", f);
		text(f, cell[i]);
	}
	fprintf(f, "</td><td class=\"n\">%.*f</td><td>",
		s->is->value == nearbyint(s->is->value) ? 0 : 1, s->is->value);
	svg__clipped(f, s->is->who, strlen(s->is->who), 40);
	fputs("</td><td>", f);
	svg__clipped(f, s->is->why, strlen(s->is->why), 80);
	fputs("</td></tr>\n", f);
	free(metric);
}

static void write_accepted(FILE *f, const struct trend *t)
{
	struct said *all = NULL;
	size_t nr = 0;

	for (size_t i = 0; i < t->nr; i++) {
		const struct trend_line *l = &t->line[i];

		all = xrealloc(all, (nr + l->nr_accepted + 1) * sizeof(*all));
		for (size_t k = 0; k < l->nr_accepted; k++)
			all[nr++] = (struct said) { l, &l->accepted[k].is };
	}
	if (nr) {
		qsort(all, nr, sizeof(*all), said_last_first);
		fprintf(f, "<h2 id=\"accepted\">Accepted figures</h2>\n<p class=\"dim\">%zu%s: what alert compares a series with from then on.</p>\n"
			"<div class=\"wide\" tabindex=\"0\"><table><thead><tr><th>on</th><th>base</th><th>profile</th>"
			"<th>variant</th><th>workload</th><th>figure</th><th class=\"n\">accepted</th><th>by</th>"
			"<th>why</th></tr></thead><tbody>\n", nr,
			nr > MOST_ACCEPTED ? ", the newest" : "");
		for (size_t i = 0; i < nr && i < MOST_ACCEPTED; i++)
			write_said(f, &all[i]);
		fputs("</tbody></table></div>\n", f);
	}
	free(all);
}

static void write_withdrawn(FILE *f, const struct trend_page *p)
{
	bool any = false;

	for (size_t i = 0; i < p->nr_withdrawals; i++) {
		const struct history_withdrawal *w = &p->withdrawal[i];

		if (!trend_page__is_out(p, i))
			continue;
		fputs(any ? "<li>run " : "<h2 id=\"withdrawn\">Withdrawn runs</h2>\n<ul>\n<li>run ", f);
		any = true;
		text(f, w->run);
		fputs(" of ", f);
		write_day(f, w->started);
		fputs(": ", f);
		text(f, w->why);
		fputs(" (", f);
		text(f, w->who);
		fputs(", ", f);
		write_day(f, w->when);
		fputs(")</li>\n", f);
	}
	fputs(any ? "</ul>\n" : "", f);
}

static void write_known(FILE *f, const struct trend_page *p)
{
	if (!p->acks->nr)
		return;
	fputs("<h2 id=\"known\">Known changes</h2>\n<ul>\n", f);
	for (size_t i = 0; i < p->acks->nr; i++) {
		const struct ack *a = &p->acks->item[i];
		char *said = xasprintf("%s: %s (%s, commit %s, until %s)",
				       a->pattern, a->why, a->who, a->commit, a->until);

		fputs("<li>", f);
		text(f, said);
		fputs(ack__expired(a, p->made) ? " <b>(its time is up)</b></li>\n" :
		      "</li>\n", f);
		free(said);
	}
	fputs("</ul>\n", f);
}

/* '<' in JSON is in a string, where it has another name that ends no script. */
static int write_safe(const char *buffer, size_t size, void *f)
{
	for (size_t i = 0; i < size; i++) {
		if (buffer[i] == '<')
			fputs("\\u003c", f);
		else
			fputc(buffer[i], f);
	}
	return 0;
}

static void write_data(FILE *f, const struct trend_page *p)
{
	json_t *data = trend_data__json(p);

	fputs("<script type=\"application/json\" id=\"data\">", f);
	json_dump_callback(data, write_safe, f, JSON_COMPACT | JSON_REAL_PRECISION(12));
	fputs("</script>\n", f);
	json_decref(data);
}

void report__trend_page(FILE *f, const struct trend_page *p)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n"
	      "<title>Faultline: trend</title>\n<style>\n", f);
	fputs(page_trend_css, f);
	fputs("</style>\n</head>\n<body>\n<h1>What a KVM page fault costs, over time</h1>\n", f);
	write_headline(f, p->trend);
	fprintf(f, "<p class=\"dim\">%zu series of %zu runs, made ", p->trend->nr,
		p->trend->nr_runs);
	text(f, p->made);
	fputs(". Instructions are exact and no cycles; TSC cycles are noisy. Lower is better.</p>\n"
	      "<nav><a href=\"#charts\">Pictures</a> <a href=\"#moves\">What moved</a>", f);
	if (p->nr_events)
		fputs(" <a href=\"#events\">What else changed</a>", f);
	for (size_t i = 0, any = 0; i < p->trend->nr && !any; i++) {
		any = p->trend->line[i].nr_accepted;
		fputs(any ? " <a href=\"#accepted\">Accepted figures</a>" : "", f);
	}
	if (p->acks->nr)
		fputs(" <a href=\"#known\">Known changes</a>", f);
	fputs("</nav>\n<noscript><p>The pictures are drawn by the page's own script, which is off here; "
	      "what moved stands below.</p></noscript>\n"
	      "<form id=\"choose\" hidden></form>\n<div id=\"charts\"></div>\n"
	      "<div id=\"tip\" hidden></div><div id=\"live\" aria-live=\"polite\"></div>\n"
	      "<h2 id=\"moves\">What moved</h2>\n", f);
	write_moves(f, p->trend);
	write_events(f, p);
	write_accepted(f, p->trend);
	write_withdrawn(f, p);
	write_known(f, p);
	write_data(f, p);
	fputs("<script>\n", f);
	fputs(page_trend_js, f);
	fputs(page_trend_chart_js, f);
	fputs(page_trend_choose_js, f);
	fputs("</script>\n</body>\n</html>\n", f);
}

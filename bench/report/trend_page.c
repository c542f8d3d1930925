// SPDX-License-Identifier: GPL-2.0
/* See trend_page.h. */
#include <math.h>
#include <string.h>

#include "flame_page.h"
#include "trend_page.h"
#include "util.h"

/* Of a picture, in its own units. */
#define WIDTH		720
#define HEIGHT		190
#define LEFT		64
#define RIGHT		10
#define TOP		12
#define BOTTOM		26
/* Points that can be pointed at, of each line; the line itself has all. */
#define DOTS		90
/* Lines are told apart by colour, by dash and by name. */
#define STYLES		6

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
	"<meta name=\"color-scheme\" content=\"light dark\">\n"
	"<title>Faultline: trend</title>\n<style>\n"
	":root{--bg:#fff;--fg:#1d2127;--dim:#5a626c;--rule:#d7dbe0;"
	"--l0:#3d4650;--l1:#1f6fb4;--l2:#b4541f;--l3:#2b7a3d;--l4:#7a3d8c;--l5:#8a6d00}\n"
	"@media (prefers-color-scheme:dark){:root{--bg:#16191e;--fg:#e9ebee;"
	"--dim:#a4acb6;--rule:#363c45;--l0:#c3cad2;--l1:#6cb2ee;--l2:#f09a68;"
	"--l3:#7bcb8d;--l4:#cf97df;--l5:#e0c255}}\n"
	"body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;"
	"max-width:60rem;margin:0 auto;padding:1rem}\n"
	"h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.1rem;margin:2rem 0 .2rem;"
	"border-bottom:1px solid var(--rule)}h3{font-size:1rem;margin:1.2rem 0 .2rem}\n"
	"p.dim,.dim{color:var(--dim)}a{color:var(--l1)}\n"
	"svg{width:100%;height:auto;display:block}\n"
	"svg text{font:11px system-ui,sans-serif;fill:var(--dim)}\n"
	".rule{stroke:var(--rule);stroke-width:1}.line{fill:none;stroke-width:1.6}\n"
	".mark{stroke-width:1;stroke-dasharray:3 3}\n"
	".s0{stroke:var(--l0)}.s1{stroke:var(--l1);stroke-dasharray:7 2}"
	".s2{stroke:var(--l2);stroke-dasharray:2 2}.s3{stroke:var(--l3)}"
	".s4{stroke:var(--l4);stroke-dasharray:7 2}.s5{stroke:var(--l5);stroke-dasharray:2 2}\n"
	"circle.s0{fill:var(--l0)}circle.s1{fill:var(--l1)}circle.s2{fill:var(--l2)}"
	"circle.s3{fill:var(--l3)}circle.s4{fill:var(--l4)}circle.s5{fill:var(--l5)}\n"
	"ul{padding-left:1.2rem;margin:.3rem 0}.key span{white-space:nowrap;margin-right:1rem}\n"
	".key svg{display:inline-block;width:2rem;height:.7rem;margin-right:.3rem}\n"
	"@media print{body{max-width:none}section{break-inside:avoid}}\n"
	"</style>\n</head>\n<body>\n";

static void text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

static double x_of(const struct trend_chart *c, time_t when)
{
	const double span = difftime(c->last, c->first);

	return LEFT + (span > 0 ? difftime(when, c->first) / span : 0.5) *
	       (WIDTH - LEFT - RIGHT);
}

/* Lowest and highest figure of a picture: room around what is in it. */
static void range_of(const struct trend_chart *c, double *low, double *high)
{
	double room = (c->most - c->least) * 0.08;

	if (room <= 0)
		room = fmax(1, fabs(c->most) * 0.01);
	*low = c->least - room;
	*high = c->most + room;
}

static double y_of(const struct trend_chart *c, double value)
{
	double low, high;

	range_of(c, &low, &high);
	return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM);
}

static void write_axes(FILE *f, const struct trend_chart *c)
{
	char day[32];

	for (int i = 0; i <= 2; i++) {
		double low, high, v, y;

		range_of(c, &low, &high);
		v = low + (high - low) * i / 2;
		y = y_of(c, v);
		fprintf(f, "<line class=\"rule\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.*f</text>\n",
			LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4,
			high - low < 20 ? 1 : 0, v);
	}
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&c->first));
	fprintf(f, "<text x=\"%d\" y=\"%d\">%s</text>\n", LEFT, HEIGHT - 8, day);
	strftime(day, sizeof(day), "%Y-%m-%d", gmtime(&c->last));
	if (c->last != c->first)
		fprintf(f, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
			WIDTH - RIGHT, HEIGHT - 8, day);
}

/* A character a URL must not have as it is. */
static void write_url(FILE *f, const char *s)
{
	for (; *s; s++) {
		const unsigned char u = *s;

		if ((u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') ||
		    (u >= 'A' && u <= 'Z') || strchr("-._~/+", u))
			fputc(u, f);
		else
			fprintf(f, "%%%02X", u);
	}
}

static void write_dot(FILE *f, const struct trend_chart *c,
		      const struct trend_line *l, size_t i, int style,
		      const char *links)
{
	const struct history_point *p = &l->point[i];

	fputs("<a href=\"", f);
	/* A path cannot begin with what a browser takes for a scheme. */
	write_url(f, *p->path == '/' ? "" : *links ? links : "./");
	write_url(f, p->path);
	fputs("/report/report.html\">", f);
	fprintf(f, "<circle class=\"s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"2\"><title>",
		style, x_of(c, l->when[i]), y_of(c, p->value));
	text(f, l->variant);
	fprintf(f, ": %.1f ", p->value);
	text(f, c->unit);
	if (!isnan(p->spread))
		fprintf(f, " +-%.1f", p->spread);
	fputs(", ", f);
	text(f, p->started);
	fputs(", ", f);
	text(f, p->release);
	fputs(", suite ", f);
	text(f, p->revision);
	fputs("</title></circle></a>\n", f);
}

static void write_line(FILE *f, const struct trend_chart *c,
		       const struct trend_line *l, int style,
		       const char *links)
{
	fprintf(f, "<polyline class=\"line s%d\" points=\"", style);
	for (size_t i = 0; i < l->nr; i++)
		fprintf(f, "%.1f,%.1f ", x_of(c, l->when[i]),
			y_of(c, l->point[i].value));
	fputs("\"/>\n", f);
	for (size_t i = 0; i < l->nr_marks; i++) {
		double x = x_of(c, l->when[l->mark[i].at]);

		fprintf(f, "<line class=\"mark s%d\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n",
			style, x, x, TOP, HEIGHT - BOTTOM);
	}
	for (size_t i = l->nr > DOTS ? l->nr - DOTS : 0; i < l->nr; i++)
		write_dot(f, c, l, i, style, links);
}

static void write_key(FILE *f, const struct trend_chart *c)
{
	fputs("<p class=\"key\">", f);
	for (size_t i = 0; i < c->nr; i++) {
		const struct trend_line *l = &c->line[i];

		fprintf(f, "<span><svg viewBox=\"0 0 32 10\" aria-hidden=\"true\"><line class=\"line s%zu\" x1=\"0\" x2=\"32\" y1=\"5\" y2=\"5\"/></svg>",
			i % STYLES);
		text(f, l->variant);
		if (l->nr)
			fprintf(f, " <b>%.1f</b>", l->point[l->nr - 1].value);
		fputs("</span> ", f);
	}
	fputs("</p>\n", f);
}

static void write_marks(FILE *f, const struct trend_chart *c)
{
	bool any = false;

	for (size_t i = 0; i < c->nr; i++) {
		const struct trend_line *l = &c->line[i];

		for (size_t k = 0; k < l->nr_marks; k++) {
			const struct trend_mark *m = &l->mark[k];
			const struct history_point *p = &l->point[m->at];

			fputs(any ? "<li>" : "<ul><li>", f);
			any = true;
			text(f, l->variant);
			fprintf(f, ": %.1f to %.1f (%+.2f %%) %s ", m->before,
				m->after, 100 * (m->after - m->before) / m->of,
				m->exact ? "in the run of" :
				"by change point, from the run of");
			text(f, p->started);
			fputs(", ", f);
			text(f, p->release);
			fputs("</li>\n", f);
		}
	}
	if (any)
		fputs("</ul>\n", f);
}

static void write_chart(FILE *f, const struct trend_chart *c, const char *links)
{
	if (!c->newest)			/* a series without points */
		return;
	fputs("<section>\n<h3>", f);
	text(f, c->key.workload);
	fputs("</h3>\n<svg viewBox=\"0 0 ", f);
	fprintf(f, "%d %d\" role=\"img\" aria-label=\"", WIDTH, HEIGHT);
	text(f, c->key.workload);
	fputs(" over time\">\n", f);
	write_axes(f, c);
	for (size_t i = 0; i < c->nr; i++)
		write_line(f, c, &c->line[i], i % STYLES, links);
	fputs("</svg>\n", f);
	write_key(f, c);
	write_marks(f, c);
	fputs("</section>\n", f);
}

static bool same_table(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->profile, b->profile) &&
	       !strcmp(a->metric, b->metric);
}

static const char *metric_words(const char *metric)
{
	static const char *const words[][2] = {
		{ "cycles_hot", "TSC cycles per fault, hot" },
		{ "cycles_cold", "TSC cycles per fault, cold" },
		{ "cycles_hot_over_baseline", "TSC cycles per fault over the baseline, hot" },
		{ "cycles_cold_over_baseline", "TSC cycles per fault over the baseline, cold" },
		{ "instructions", "instructions of a typical fault" },
		{ "instructions_over_baseline", "instructions of a typical fault over the baseline" },
		{ "instructions_mean", "instructions per fault, mean over all" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(metric, words[i][0]))
			return words[i][1];
	}
	return metric;
}

static void write_table_head(FILE *f, const struct history_key *k)
{
	fputs("<h2>", f);
	text(f, k->base);
	fputs(", profile ", f);
	text(f, k->profile);
	fputs(": ", f);
	text(f, metric_words(k->metric));
	fputs("</h2>\n<p class=\"dim\">rig ", f);
	text(f, k->rig);
	fputs(" on ", f);
	text(f, k->machine);
	fputs("</p>\n", f);
}

static void write_notes(FILE *f, const struct trend_note *note, size_t nr)
{
	if (!nr)
		return;
	fputs("<h2>Known changes</h2>\n<ul>\n", f);
	for (size_t i = 0; i < nr; i++) {
		fputs("<li>", f);
		text(f, note[i].text);
		fputs(note[i].over ? " <b>(its time is up)</b></li>\n" :
		      "</li>\n", f);
	}
	fputs("</ul>\n", f);
}

void report__trend_page(FILE *f, const struct trend *t, const char *links,
			const struct trend_note *note, size_t nr_notes,
			const char *made)
{
	fputs(head, f);
	fputs("<h1>What a KVM page fault costs, over time</h1>\n<p>", f);
	fprintf(f, "%zu series in %zu pictures, ", t->nr_series, t->nr);
	if (t->nr_marks)
		fprintf(f, "%zu times a line moved for good: dashed, and listed below its picture.",
			t->nr_marks);
	else
		fputs("no line ever moved for good.", f);
	fputs(" A dot is a run and leads to its report.</p>\n<p class=\"dim\">Made ", f);
	text(f, made);
	fputs(". Instructions are exact and no cycles; TSC cycles are noisy.</p>\n", f);
	write_notes(f, note, nr_notes);
	for (size_t i = 0; i < t->nr; i++) {
		if (!i || !same_table(&t->chart[i].key, &t->chart[i - 1].key))
			write_table_head(f, &t->chart[i].key);
		write_chart(f, &t->chart[i], links);
	}
	fputs("</body>\n</html>\n", f);
}

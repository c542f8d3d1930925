// SPDX-License-Identifier: GPL-2.0
/*
 * One chart of the trend page as SVG; see trend_report.h. Colours are classes of
 * the page's style.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "flame_page.h"
#include "trend_report.h"

#define WIDTH		360	/* of the picture, in its own units */
#define HEIGHT		150
#define LEFT		46	/* of the plot, its labels before it */
#define RIGHT		(WIDTH - 8)
#define TOP		10
#define BOTTOM		(HEIGHT - 18)
#define COLOURS		6
#define DOTS		30	/* newest points that are shown one by one */

struct scale {
	double t0, t1, v0, v1, step;
};

int trend_svg__colour(size_t line)
{
	return line % COLOURS;
}

static void write_text(FILE *f, const char *s)
{
	svg__text(f, s, strlen(s));
}

/* Bytes that are no plain part of a path are spelled %xx. */
void trend_svg__href(struct trend_page *p, const char *path)
{
	const char *to = p->link(path, p->arg);

	if (!to)
		return;
	fputs(" href=\"./", p->file);
	for (; *to; to++) {
		bool plain = (*to >= 'a' && *to <= 'z') || (*to >= '0' && *to <= '9') ||
			     (*to >= 'A' && *to <= 'Z') || strchr("/._-", *to);

		fprintf(p->file, plain ? "%c" : "%%%02X", (unsigned char)*to);
	}
	fputc('"', p->file);
}

/* 1, 2 or 5 times a power of ten, about a third of the range. */
static double nice_step(double range)
{
	double raw = range / 3, power = pow(10, floor(log10(raw)));
	double n = raw / power;

	return (n > 5 ? 10 : n > 2 ? 5 : n > 1 ? 2 : 1) * power;
}

static struct scale scale_of(const struct trend_chart *c)
{
	struct scale s = { .t0 = c->first, .t1 = c->last };
	double range = c->most - c->least;

	/* A level series is a line in the middle, not noise blown up. */
	if (range < fabs(c->most) * 0.002)
		range = fabs(c->most) * 0.002;
	if (!(range > 0))
		range = 1;
	s.step = nice_step(range);
	if (c->exact && s.step < 1)
		s.step = 1;
	s.v0 = floor((c->most + c->least - range) / 2 / s.step) * s.step;
	s.v1 = ceil((c->most + c->least + range) / 2 / s.step) * s.step;
	if (s.v1 <= s.v0)
		s.v1 = s.v0 + s.step;
	if (s.t1 - s.t0 < 1) {
		s.t0 -= 43200;
		s.t1 += 43200;
	}
	return s;
}

static double x_of(const struct scale *s, double t)
{
	return LEFT + (t - s->t0) / (s->t1 - s->t0) * (RIGHT - LEFT);
}

static double y_of(const struct scale *s, double v)
{
	return BOTTOM - (v - s->v0) / (s->v1 - s->v0) * (BOTTOM - TOP);
}

static void write_date(FILE *f, double t, int x, const char *class)
{
	time_t seconds = t;
	char day[sizeof("2026-11-23")] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	fprintf(f, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", class, x,
		HEIGHT - 4, day);
}

static void write_axes(FILE *f, const struct trend_chart *c,
		       const struct scale *s)
{
	int n = lround((s->v1 - s->v0) / s->step);

	for (int i = 0; i <= n && i < 20; i++) {
		double v = s->v0 + i * s->step, y = y_of(s, v);

		fprintf(f, "<path class=\"g\" d=\"M%d %.1fH%d\"/><text class=\"y\" x=\"%d\" y=\"%.1f\">%.*f</text>",
			LEFT, y, RIGHT, LEFT - 5, y + 3.5,
			s->step < 1 ? (int)ceil(-log10(s->step)) : 0, v);
	}
	write_date(f, c->first, LEFT, "x");
	if (c->last - c->first >= 86400)
		write_date(f, c->last, RIGHT, "e");
	fputc('\n', f);
}

/* Level by level as steps: the whole of an exact series, what noise hides. */
static void write_steps(FILE *f, const struct trend_line *l, size_t line,
			const struct scale *s)
{
	fprintf(f, "<path class=\"s l%d\" d=\"M%.1f %.1f",
		trend_svg__colour(line), x_of(s, l->at[0].t),
		y_of(s, l->at[0].level));
	for (size_t i = 1; i < l->nr; i++) {
		if (l->at[i].change)
			fprintf(f, "H%.1fV%.1f", x_of(s, l->at[i].t),
				y_of(s, l->at[i].level));
	}
	fprintf(f, "H%.1f\"/>\n", x_of(s, l->at[l->nr - 1].t));
}

static void write_noise(FILE *f, const struct trend_line *l, size_t line,
			const struct scale *s)
{
	fprintf(f, "<path class=\"n l%d\" d=\"", trend_svg__colour(line));
	for (size_t i = 0; i < l->nr; i++)
		fprintf(f, "%c%.1f %.1f", i ? 'L' : 'M', x_of(s, l->at[i].t),
			y_of(s, l->at[i].value));
	fputs("\"/>\n", f);
}

static void write_value(FILE *f, double v)
{
	fprintf(f, "%.*f", v == floor(v) ? 0 : 1, v);
}

/* What a pointer over a point says. */
static void write_title(struct trend_page *p, const struct trend_chart *c,
			const struct trend_line *l, size_t i)
{
	FILE *f = p->file;

	fputs("<title>", f);
	write_text(f, l->series->key.variant);
	fputs(": ", f);
	write_value(f, l->p[i].value);
	fputc(' ', f);
	write_text(f, c->unit);
	fputc('\n', f);
	write_text(f, l->p[i].started);
	if (l->at[i].change) {
		double before = l->at[i - 1].level;

		fputs("\nlevel ", f);
		write_value(f, before);
		fputs(" to ", f);
		write_value(f, l->at[i].level);
		if (before)
			fprintf(f, " (%+.2f %%)", 100 *
				(l->at[i].level - before) / fabs(before));
	}
	if (*l->p[i].release) {
		fputs("\nkernel ", f);
		write_text(f, l->p[i].release);
	}
	if (*l->p[i].revision) {
		fputs("\nrevision ", f);
		svg__clipped(f, l->p[i].revision, strlen(l->p[i].revision), 13);
	}
	fputs("\nrun ", f);
	write_text(f, l->p[i].run);
	fputs("</title>", f);
}

/* Is this change the one that is acknowledged? */
static bool is_acked(const struct trend_line *l, size_t i)
{
	return l->item && l->item->ack && l->item->first.run &&
	       !strcmp(l->item->first.run, l->p[i].run);
}

/* A change is a triangle that points up where it got dearer; else a dot. */
static void write_mark(struct trend_page *p, const struct trend_chart *c,
		       const struct trend_line *l, size_t line, size_t i,
		       const struct scale *s)
{
	double x = x_of(s, l->at[i].t);
	FILE *f = p->file;

	fputs("<a", f);
	trend_svg__href(p, l->p[i].path);
	fputc('>', f);
	if (l->at[i].change) {
		bool up = l->at[i].level > l->at[i - 1].level;
		double y = y_of(s, l->at[i].level);

		fprintf(f, "<path class=\"c %s%s\" d=\"M%.1f %.1fl-5 %dh10z\">",
			up ? "up" : "down", is_acked(l, i) ? " ack" : "", x,
			y + (up ? -5 : 5), up ? 9 : -9);
		write_title(p, c, l, i);
		fputs("</path>", f);
	} else {
		fprintf(f, "<circle class=\"d l%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"1.8\">",
			trend_svg__colour(line), x, y_of(s, l->at[i].value));
		write_title(p, c, l, i);
		fputs("</circle>", f);
	}
	fputs("</a>\n", f);
}

static void write_marks(struct trend_page *p, const struct trend_chart *c,
			const struct scale *s, bool changes)
{
	for (size_t k = 0; k < c->nr; k++) {
		const struct trend_line *l = &c->line[k];

		for (size_t i = 0; i < l->nr; i++) {
			if (changes ? l->at[i].change :
				      !l->at[i].change && i + DOTS >= l->nr)
				write_mark(p, c, l, k, i, s);
		}
	}
}

void trend_svg__write(struct trend_page *p, const struct trend_chart *c)
{
	struct scale s = scale_of(c);
	FILE *f = p->file;

	fprintf(f, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", WIDTH,
		HEIGHT);
	write_text(f, c->key.workload);
	fputs(" over time\">\n", f);
	write_axes(f, c, &s);
	for (size_t k = 0; k < c->nr && !c->exact; k++) {
		if (c->line[k].nr)
			write_noise(f, &c->line[k], k, &s);
	}
	for (size_t k = 0; k < c->nr; k++) {
		if (c->line[k].nr)
			write_steps(f, &c->line[k], k, &s);
	}
	write_marks(p, c, &s, false);
	write_marks(p, c, &s, true);
	fputs("</svg>\n", f);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The history as text; see history_report.h.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "history_report.h"

#define JUMPS	5	/* that are named; the rest is counted */

/* Bytes of a character that a terminal acts upon; utf8: s is valid UTF-8. */
static size_t acts(const unsigned char *s, bool utf8)
{
	if (s[0] < ' ' || s[0] == 0x7f || (s[0] >= 0x80 && !utf8))
		return 1;
	if (s[0] == 0xc2 && s[1] < 0xa0)		/* C1 controls */
		return 2;
	if (s[0] == 0xe2 &&				/* direction of text */
	    ((s[1] == 0x80 && s[2] >= 0xaa && s[2] <= 0xae) ||
	     (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9)))
		return 3;
	return 0;
}

char *safe_text(const char *s)
{
	char *text = xcalloc(4 * strlen(s) + 1, 1), *to = text;
	json_t *utf8 = json_string(s);

	while (*s) {
		size_t n = acts((const unsigned char *)s, utf8);

		if (!n)
			*to++ = *s++;
		for (; n; n--)
			to += sprintf(to, "\\x%02x", (unsigned char)*s++);
	}
	json_decref(utf8);
	return text;
}

json_t *safe_json(const char *s)
{
	json_t *j = json_string(s);
	char *safe;

	if (j)
		return j;
	safe = safe_text(s);
	j = json_string(safe);
	free(safe);
	return j;
}

/* Left-aligned, and what follows it. */
static void print_name(FILE *f, const char *name, int width,
		       const char *after)
{
	char *text = safe_text(name);

	fprintf(f, "%-*s%s", width, text, after);
	free(text);
}

static void print_value(FILE *f, double v, int width)
{
	if (isnan(v))
		fprintf(f, "%*s", width, "-");
	else
		fprintf(f, "%*.*f", width, v == floor(v) ? 0 : 2, v);
}

/* What attributions gave, and what of them did not. */
static void print_attributed(FILE *f, const struct points *p)
{
	char *why = safe_text(p->why_unread);

	if (p->attributed)
		fprintf(f, "    %zu of the points are of attributions, of %zu cells\n",
			p->attributed, p->attributed_cells);
	if (p->unequal)
		fprintf(f, "    attributions of %zu cells left out: their boots differ, or the guest's clock says otherwise\n",
			p->unequal);
	if (p->unread)
		fprintf(f, "    attributions of %zu workloads left out: %s\n",
			p->unread, why);
	free(why);
}

void report__history_added(FILE *f, const struct points *p,
			   enum history_added is, const char *path)
{
	char *id = safe_text(p->run.id);

	switch (is) {
	case HISTORY_THERE:
		fprintf(f, "%s is in %s already\n", id, path);
		break;
	case HISTORY_OTHER:
		fprintf(f, "%s is in %s with other records\n", id, path);
		break;
	case HISTORY_FAILED:
	case HISTORY_REFUSED:
		break;
	case HISTORY_ADDED:
		fprintf(f, "%s: %zu points of %zu cells added to %s\n", id,
			p->nr, p->cells ? p->cells - p->invalid - p->skipped :
			p->attributed_cells, path);
		if (p->run.apart_who)
			fprintf(f, "    withdrawn at once: it is shown, and not judged\n");
		if (p->invalid || p->skipped)
			fprintf(f, "    left out: %zu invalid, %zu skipped\n",
				p->invalid, p->skipped);
		if (p->partly)
			fprintf(f, "    %zu of them had invalid boots as well\n",
				p->partly);
		print_attributed(f, p);
	}
	free(id);
}

static bool same_head(const struct history_key *a, const struct history_key *b)
{
	return !strcmp(a->rig, b->rig) && !strcmp(a->machine, b->machine) &&
	       !strcmp(a->base, b->base) && !strcmp(a->variant, b->variant) &&
	       !strcmp(a->profile, b->profile);
}

static void print_head(FILE *f, const struct history_key *k)
{
	print_name(f, k->base, 0, " ");
	print_name(f, k->variant, 0, " ");
	print_name(f, k->profile, 0, "\n    rig ");
	print_name(f, k->rig, 0, " on ");
	print_name(f, k->machine, 0, "\n");
}

void report__history_list(FILE *f, const struct history_series *s, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		const struct history_key *k = &s[i].key;

		if (!i || !same_head(k, &s[i - 1].key)) {
			if (i)
				fputc('\n', f);
			print_head(f, k);
			fprintf(f, "%-16s %-26s %6s %-10s %10s\n", "workload",
				"metric", "points", "last", "last value");
		}
		print_name(f, k->workload, 16, " ");
		print_name(f, k->metric, 26, " ");
		fprintf(f, "%6zu %-10.10s ", s[i].points, s[i].last);
		print_value(f, s[i].value, 10);
		fputc('\n', f);
	}
}

void report__history_jumps(FILE *f, const struct history_jump *j, size_t nr)
{
	for (size_t i = 0; i < nr && i < JUMPS; i++) {
		char *run = safe_text(j[i].run), *before = safe_text(j[i].before);

		fprintf(f, "warning: run %s says it started at %s, but was added after %s of %s, in %zu series: a clock was set back, or runs were added out of order. Series go by the order of adding.\n",
			run, j[i].started, before, j[i].before_started,
			j[i].series);
		free(before);
		free(run);
	}
	if (nr > JUMPS)
		fprintf(f, "warning: and %zu more runs like that\n", nr - JUMPS);
}

int report__history_point_text(const struct history_series *s,
			       const struct history_point *p, void *out)
{
	struct history_out *o = out;
	FILE *f = o->file;

	if (!o->points++ || o->series != s->id) {
		if (o->points > 1)
			fputc('\n', f);
		print_head(f, &s->key);
		print_name(f, s->key.workload, 0, " ");
		print_name(f, s->key.metric, 0, " in ");
		print_name(f, s->unit, 0, "\n");
		fprintf(f, "%-20s %10s %9s %5s %5s %s\n", "started", "value",
			"+-", "boots", "", "run");
	}
	o->series = s->id;
	fprintf(f, "%-20s ", p->started);
	print_value(f, p->value, 10);
	fputc(' ', f);
	print_value(f, p->spread, 9);
	fprintf(f, " %5llu %5s ", (unsigned long long)p->boots,
		p->exact ? "exact" : "");
	print_name(f, p->run, 0, p->withdrawn ? " withdrawn\n" : "\n");
	return ferror(f);
}

/* "2026-11-22T20:12:10Z RUN: ..." */
static void print_event(FILE *f, const struct history_event *e)
{
	print_name(f, e->started, 0, " ");
	print_name(f, e->run, 0, "\n    ");
	print_name(f, e->rig, 0, " ");
	print_name(f, e->base, 0, ": ");
	fprintf(f, "%s ", e->what);
	print_name(f, e->before, 0, " -> ");
	print_name(f, e->after, 0, "\n");
}

static void print_withdrawal(FILE *f, const struct history_withdrawal *w)
{
	print_name(f, w->started, 0, " ");
	print_name(f, w->run, 0, w->out ? "\n    withdrawn by " :
					  "\n    counts again, says ");
	print_name(f, w->who, 0, " on ");
	fprintf(f, "%.10s: ", w->when);
	print_name(f, w->why, 0, "\n");
}

void report__history_events(FILE *f, const struct history_event *e, size_t nr,
			    const struct history_withdrawal *w, size_t nr_w)
{
	for (size_t i = 0; i < nr; i++)
		print_event(f, &e[i]);
	for (size_t i = 0; i < nr_w; i++)
		print_withdrawal(f, &w[i]);
	if (!nr && !nr_w)
		fprintf(f, "nothing that measures or is measured changed, nothing was withdrawn\n");
}

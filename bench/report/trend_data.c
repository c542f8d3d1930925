// SPDX-License-Identifier: GPL-2.0
/*
 * The trend page's data: small, since a page of 2,000 series and 5 years is a
 * file that people mail. Whole numbers are kept as they are. Others are kept in
 * thousandths of what the series spans for the newest nights, and in hundredths,
 * which is less than the pixel of a picture, for older ones.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history_report.h"
#include "rigs.h"
#include "trend_page.h"

#define FINE		200	/* newest points of a series that are kept finer */
#define EVENTS		500	/* newest that are kept: a tree that is followed has one a night */
#define MOST_WIDTH	3	/* digits of a number */

static char digit(uint32_t n)
{
	/* Left out: '!' is a sign, '"' and '\\' are JSON's, '<' is HTML's. */
	static const char digits[] =
		" #$%&'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
		"abcdefghijklmnopqrstuvwxyz{|}~";

	_Static_assert(sizeof(digits) - 1 == TREND_BASE, "a digit each");
	return digits[n];
}

char *trend_data__pack(const uint32_t *n, size_t nr, int width)
{
	size_t size;
	char *text;
	FILE *f = xmemstream(&text, &size);

	for (size_t i = 0, again; i < nr; i += again) {
		uint32_t power = 1;

		for (int k = 1; k < width; k++)
			power *= TREND_BASE;
		for (; power; power /= TREND_BASE)
			fputc(digit(n[i] / power % TREND_BASE), f);
		for (again = 1; i + again < nr && n[i + again] == n[i] &&
				again <= TREND_BASE; again++)
			;
		/* Two or three that are written out are as short. */
		if ((again - 1) * width <= 2)
			again = 1;
		else
			fprintf(f, "!%c", digit(again - 2));
	}
	fclose(f);
	return text;
}

static uint32_t levels(int width)
{
	uint32_t n = 1;

	while (width--)
		n *= TREND_BASE;
	return n;
}

struct span {
	double low, high;
	bool whole;		/* every one is a whole number */
};

static struct span span_of(const struct trend_point *p, size_t nr)
{
	struct span s = { p->value, p->value, true };

	for (size_t i = 0; i < nr; i++) {
		s.low = fmin(s.low, p[i].value);
		s.high = fmax(s.high, p[i].value);
		s.whole = s.whole && p[i].value == nearbyint(p[i].value);
	}
	return s;
}

/* [lowest, step, digits, are they exact, text] of nr points; not more digits than width. */
static json_t *values(const struct trend_point *p, size_t nr, int width)
{
	const struct span s = span_of(p, nr);
	uint32_t *n = xcalloc(nr, sizeof(*n));
	double step;
	char *text;
	json_t *j;
	bool whole = s.whole && s.high - s.low < levels(MOST_WIDTH);

	if (whole) {
		for (width = 1; s.high - s.low >= levels(width); width++)
			;
		step = 1;
	} else {
		step = (s.high - s.low) / (levels(width) - 1);
	}
	for (size_t i = 0; i < nr; i++)
		n[i] = step > 0 ? (uint32_t)nearbyint((p[i].value - s.low) / step) : 0;
	text = trend_data__pack(n, nr, width);
	j = json_pack("[f f i i s]", s.low, step, width,
		      whole || s.high == s.low, text);
	free(text);
	free(n);
	return j;
}

static json_t *all_values(const struct trend_line *l)
{
	const struct span s = span_of(l->point, l->nr);
	json_t *all = json_array();
	size_t old = s.whole || l->nr <= FINE ? 0 : l->nr - FINE;

	if (old)
		json_array_append_new(all, values(l->point, old, 1));
	json_array_append_new(all, values(l->point + old, l->nr - old, 2));
	return all;
}

/* [first, digits, text]: the first run, and how many were added to the next, less 1. */
static json_t *runs_of(const struct trend_line *l)
{
	uint32_t *n = xcalloc(l->nr, sizeof(*n)), most = 0;
	int width = 1;
	char *text;
	json_t *j;

	for (size_t i = 1; i < l->nr; i++) {
		n[i - 1] = l->point[i].run - l->point[i - 1].run - 1;
		most = n[i - 1] > most ? n[i - 1] : most;
	}
	while (width < MOST_WIDTH && most >= levels(width))
		width++;
	text = trend_data__pack(n, l->nr - 1, width);
	j = json_pack("[I i s]", (json_int_t)l->point[0].run, width, text);
	free(text);
	free(n);
	return j;
}

/* Words are there once: what is kept is their number. */
struct words {
	json_t *list, *number;
};

static json_t *word(struct words *w, const char *s)
{
	char *safe = safe_text(s);
	json_t *n = json_object_get(w->number, safe);

	if (!n) {
		n = json_integer(json_array_size(w->list));
		json_object_set_new(w->number, safe, n);
		json_array_append_new(w->list, json_string(safe));
	}
	free(safe);
	return json_incref(n);
}

static json_t *key_of(struct words *w, const struct trend_line *l)
{
	const struct history_key *k = &l->series->key;

	return json_pack("[o o o o o o o o]", word(w, k->rig), word(w, k->machine),
			 word(w, k->base), word(w, k->variant),
			 word(w, k->profile), word(w, k->workload),
			 word(w, k->metric), word(w, l->series->unit));
}

/* An exact line shows its moves itself. */
static json_t *marks_of(const struct trend_line *l)
{
	json_t *all = json_array();

	for (size_t i = 0; !l->exact && i < l->nr_marks; i++) {
		const struct trend_mark *m = &l->mark[i];

		json_array_append_new(all, json_pack("[I f f f]",
			(json_int_t)m->at, m->before, m->after, m->of));
	}
	return all;
}

/* [run, figure, who, why, when] of each; NULL without any. */
static json_t *accepted_of(const struct trend_line *l)
{
	json_t *all = l->nr_accepted ? json_array() : NULL;

	for (size_t i = 0; i < l->nr_accepted; i++) {
		const struct history_accepted *a = &l->accepted[i].is;

		json_array_append_new(all, json_pack("[I f o o o]",
			(json_int_t)l->accepted[i].run, a->value,
			safe_json(a->who), safe_json(a->why), safe_json(a->when)));
	}
	return all;
}

static json_t *acks_of(const struct acks *a, const struct history_key *k)
{
	json_t *all = json_array();

	for (size_t i = 0; i < a->nr; i++) {
		if (ack__matches(&a->item[i], k))
			json_array_append_new(all, json_integer(i));
	}
	return all;
}

static json_t *series_json(const struct trend_page *p, struct words *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->trend->nr; i++) {
		const struct trend_line *l = &p->trend->line[i];
		json_t *s = json_pack("{so so sb so sf so so so so so*}",
			"key", key_of(w, l), "kernel", word(w, l->release),
			"exact", l->exact,
			"spread", isnan(l->spread) ? json_null() :
				  json_real(l->spread),
			"of", l->of, "runs", runs_of(l),
			"values", all_values(l), "marks", marks_of(l),
			"acks", acks_of(p->acks, &l->series->key),
			"accepted", accepted_of(l));

		json_array_append_new(all, s);
	}
	return all;
}

static json_t *runs_json(const struct trend_page *p, struct words *w)
{
	const struct trend *t = p->trend;
	json_t *all = json_array();

	for (size_t i = 0; i < t->nr_runs; i++) {
		const struct history_kept *r = &t->run[i];

		json_array_append_new(all, json_pack("[o I o o]", safe_json(r->id),
			(json_int_t)r->started, safe_json(r->path),
			word(w, r->revision)));
	}
	return all;
}

/* What a rig's emulated CPU is: of exact figures the machine is of no matter. */
static json_t *rigs_json(const struct trend *t)
{
	json_t *all = json_object();

	for (size_t i = 0; i < t->nr; i++) {
		const char *rig = t->line[i].series->key.rig;
		const struct rig_model *m = rigs__model(rig);
		char *safe = safe_text(rig);
		char *said = m ? xasprintf("%s: %s (%s)", m->vendor, m->title, safe) :
				 xstrdup(safe);

		json_object_set_new(all, safe, json_string(said));
		free(said);
		free(safe);
	}
	return all;
}

static json_t *metrics_json(const struct trend *t)
{
	json_t *all = json_object();

	for (size_t i = 0; i < t->nr; i++) {
		const char *metric = t->line[i].series->key.metric;
		char *safe = safe_text(metric), *said = trend_page__metric(metric);

		json_object_set_new(all, safe, safe_json(said));
		free(said);
		free(safe);
	}
	return all;
}

static json_t *known_json(const struct trend_page *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->acks->nr; i++) {
		const struct ack *a = &p->acks->item[i];

		json_array_append_new(all, json_pack("[o o s b]", safe_json(a->why),
			safe_json(a->who), a->until, ack__expired(a, p->made)));
	}
	return all;
}

/* Of a run that was added, its number in the page; nr_runs: it is not there. */
static size_t run_of(const struct trend *t, int64_t added)
{
	size_t i = 0;

	while (i < t->nr_runs && t->run[i].added != added)
		i++;
	return i;
}

static json_t *events_json(const struct trend_page *p)
{
	json_t *all = json_array();

	for (size_t i = p->nr_events > EVENTS ? p->nr_events - EVENTS : 0;
	     i < p->nr_events; i++) {
		const struct history_event *e = &p->event[i];
		const size_t run = run_of(p->trend, e->added);

		if (run < p->trend->nr_runs)
			json_array_append_new(all, json_pack(
				"{sI so so ss so so}", "run", (json_int_t)run,
				"rig", safe_json(e->rig), "base", safe_json(e->base),
				"what", e->what, "before", safe_json(e->before),
				"after", safe_json(e->after)));
	}
	return all;
}

static json_t *withdrawn_json(const struct trend_page *p)
{
	json_t *all = json_array();

	for (size_t i = 0; i < p->nr_withdrawals; i++) {
		const struct history_withdrawal *w = &p->withdrawal[i];
		struct tm tm = { 0 };

		if (!trend_page__is_out(p, i) ||
		    !strptime(w->started, "%Y-%m-%dT%H:%M:%SZ", &tm))
			continue;
		json_array_append_new(all, json_pack("{so sI so so}",
			"run", safe_json(w->run),
			"started", (json_int_t)timegm(&tm),
			"why", safe_json(w->why), "who", safe_json(w->who)));
	}
	return all;
}

/* When the newest run started that has a point. */
static int64_t newest_start(const struct trend *t)
{
	int64_t last = 0;

	for (size_t i = 0; i < t->nr; i++) {
		const struct trend_line *l = &t->line[i];
		const int64_t start = t->run[l->point[l->nr - 1].run].started;

		last = start > last ? start : last;
	}
	return last;
}

json_t *trend_data__json(const struct trend_page *p)
{
	struct words w = { json_array(), json_object() };
	json_t *series = series_json(p, &w), *runs = runs_json(p, &w);
	json_t *all = json_pack("{so sI so so so so so so so so}",
				"links", safe_json(p->links),
				"last", (json_int_t)newest_start(p->trend),
				"runs", runs, "series", series,
				"rigs", rigs_json(p->trend),
				"metrics", metrics_json(p->trend),
				"known", known_json(p),
				"events", events_json(p),
				"withdrawn", withdrawn_json(p),
				"words", w.list);

	json_decref(w.number);
	return all;
}

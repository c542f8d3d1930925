// SPDX-License-Identifier: GPL-2.0
/*
 * What perf in the host counted, as plain text: the faults by all who count
 * them and what perf costs, then its other counters, exits and profile.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "interval.h"
#include "perf_report.h"
#include "text.h"

#define PROFILE_ROWS	12
#define EVENT_WIDTH	27
#define NAME_COLUMN	22

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n > k && !strcmp(s + n - k, end);
}

static void print_number(FILE *f, int width, int64_t n)
{
	if (n == NOT_COUNTED)
		fprintf(f, "%*s", width, "-");
	else
		fprintf(f, "%*" PRId64, width, n);
}

/* Big figures in thousands: a column has eight places. */
static void print_figure(FILE *f, const struct cmp_cell *c)
{
	if (!c->usable)
		fprintf(f, "%9s", c->skipped ? "skipped" : c->boots ? "invalid" :
			"-");
	else if (c->several)
		fprintf(f, "%9s", "several");
	else if (c->typical >= 10000000)
		fprintf(f, "%8.1fk", c->typical / 1e3);
	else
		fprintf(f, "%9" PRIu64, c->typical);
}

static void print_effect(FILE *f, const struct perf_row *r)
{
	const struct cmp_diff by = compare__diff(&r->without, &r->with);
	const int64_t d = by.by.diff;

	if (!by.comparable || !by.by.shared)
		fprintf(f, "%9s", "-");
	else if (llabs(d) >= 1000000)
		fprintf(f, "%+8.0fk", d / 1e3);
	else
		fprintf(f, "%+9" PRId64, d);
}

static const char *claim_of(const struct perf_row *r)
{
	return r->differ ? " !" : r->perf == NOT_COUNTED ? "" : " =";
}

/* What perf costs, and the faults by everyone. */
static void print_faults(FILE *f, const struct perf_cells *c, size_t from,
			 size_t to)
{
	fprintf(f, "%-*s%9s%9s%9s%6s%6s%6s%6s\n", NAME_COLUMN, "workload",
		"without", "with", "perf's", "asked", "KVM", "perf", "guest");
	for (size_t i = from; i < to; i++) {
		const struct perf_row *r = &c->row[i];

		fprintf(f, "%-*.*s", NAME_COLUMN, NAME_COLUMN - 1, r->workload);
		print_figure(f, &r->without);
		print_figure(f, &r->with);
		print_effect(f, r);
		print_number(f, 6, r->doorbell);
		print_number(f, 6, r->kvm_with);
		print_number(f, 6, r->perf);
		print_number(f, 6, r->guest);
		fprintf(f, "%s\n", claim_of(r));
	}
}

static const char *lacks_of(const struct record *r)
{
	return json_string_value(json_object_get(r->host, "perf/lacks"));
}

/* Of the events that have no table of their own. */
static void print_events(FILE *f, const struct perf_row *row)
{
	const char *lacks = lacks_of(row->r);
	char *head = xasprintf("%s, %s, %s, profile %s", row->workload,
			       row->variant, row->base, row->profile), *line;

	fputc('\n', f);
	text__wrapped(f, 0, text__clean(head));
	for (size_t i = 0; i < row->r->stats.nr; i++) {
		const struct number *n = &row->r->stats.item[i];
		const char *event = perf_cells__event(n->name);

		if (event)
			fprintf(f, "  %-*s%14" PRId64, EVENT_WIDTH, event,
				n->value);
		/* Of a workload that says how many faults it provokes. */
		if (event && row->doorbell > 0)
			fprintf(f, "%12.2f per fault",
				(double)n->value / row->doorbell);
		if (event)
			fputc('\n', f);
	}
	if (lacks) {
		line = xasprintf("not counted: %s", lacks);
		text__wrapped(f, 2, text__clean(line));
		free(line);
	}
	free(head);
}

/* "exit/npf" and "exit_ns/npf" in one line. */
static void print_exits(FILE *f, const struct perf_row *row,
			const char *ns)
{
	const struct numbers *s = &row->r->stats;

	fprintf(f, "\n%s, %s: exits by reason (perf kvm stat)\n", row->workload,
		row->variant);
	for (size_t i = 0; i < s->nr; i++) {
		const char *event = perf_cells__event(s->item[i].name);
		const struct number *avg;
		char *key;

		if (!event || strncmp(event, "exit/", 5))
			continue;
		key = xasprintf("perf/exit_ns/%s", event + 5);
		avg = numbers__find(s, key);
		fprintf(f, "  %-*s%14" PRId64 "%12" PRId64 " %s each\n",
			EVENT_WIDTH, event + 5, s->item[i].value,
			avg ? avg->value : 0, ns);
		free(key);
	}
}

static int by_count(const void *a, const void *b)
{
	const struct number *x = *(const struct number *const *)a;
	const struct number *y = *(const struct number *const *)b;

	return x->value != y->value ? (x->value < y->value) - (x->value > y->value) :
				      strcmp(x->name, y->name);
}

static void print_profile(FILE *f, const struct perf_row *row)
{
	const struct numbers *s = &row->r->stats;
	const struct number **n = xcalloc(s->nr, sizeof(struct number *));
	size_t nr = 0, rest = 0;
	int64_t all = 0;

	for (size_t i = 0; i < s->nr; i++) {
		const char *event = perf_cells__event(s->item[i].name);

		if (!event || strncmp(event, "profile/", 8))
			continue;
		n[nr++] = &s->item[i];
		all += s->item[i].value;
	}
	qsort(n, nr, sizeof(*n), by_count);
	fprintf(f, "\n%s, %s: %" PRId64 " samples (perf record)\n",
		row->workload, row->variant, all);
	for (size_t i = 0; i < nr; i++) {
		if (i >= PROFILE_ROWS)
			rest += n[i]->value;
		else
			fprintf(f, "  %-44.44s%8" PRId64 "%7.1f %%\n",
				perf_cells__event(n[i]->name) + 8, n[i]->value,
				100.0 * n[i]->value / all);
	}
	if (nr > PROFILE_ROWS)
		fprintf(f, "  %-44s%8zu%7.1f %%\n", "the rest", rest,
			100.0 * rest / all);
	free(n);
}

static void print_details(FILE *f, const struct perf_row *row, bool exact)
{
	if (ends_in(row->workload, WITH_EXITS))
		print_exits(f, row, exact ? "instructions" : "ns");
	else if (ends_in(row->workload, WITH_PROFILE))
		print_profile(f, row);
	else
		print_events(f, row);
}

/* Guests that do other things when time passes otherwise. */
static void print_moved(FILE *f, const struct perf_cells *c)
{
	struct strlist names = { 0 };
	char *list, *text;

	for (size_t i = 0; i < c->nr; i++) {
		if (c->row[i].moved && !strlist__has(&names, c->row[i].plain))
			strlist__add(&names, c->row[i].plain);
	}
	list = strlist__join(&names, ", ");
	text = xasprintf("With perf KVM counts other faults than without in %s: what such a guest does depends on the time it takes, so that the two figures are not of the same work.",
			 list);
	if (names.nr)
		text__wrapped(f, 0, text__clean(text));
	free(text);
	free(list);
	strlist__free(&names);
}

static void print_legend(FILE *f, const struct perf_cells *c, bool exact)
{
	fprintf(f, "\nwithout, with   %s per typical fault, without perf in the host and with it\n"
		"perf's          what perf adds; k: thousands\n"
		"asked           faults the workload provokes between its doorbells\n"
		"KVM, perf       the same by KVM's pf_taken and by perf; = equal, ! not\n"
		"guest           its own kernel's count of faults, where it has one\n",
		exact ? "instructions" : "cycles");
	fprintf(f, "counts          equal in %zu of %zu cells\n",
		c->counted - c->differ, c->counted);
	if (exact)
		fprintf(f, "exact           %zu of %zu cells with perf: every boot gave the same figures\n",
			c->nr - c->inexact, c->nr);
	print_moved(f, c);
}

static const char *version_of(const struct perf_cells *c)
{
	json_t *v = NULL;

	for (size_t i = 0; i < c->nr && !v; i++) {
		if (c->row[i].r)
			v = json_object_get(c->row[i].r->host, "perf/version");
	}
	return json_string_value(v) ?: "perf";
}

/*
 * The record of linux-boot ends when the guest's init has rung: what comes after
 * it is power-off.
 */
static void print_boot_time(FILE *f, const struct run *run)
{
	double *s = xcalloc(run->nr + 1, sizeof(*s)), slowest = 0;
	size_t n = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (!record__valid(r) || strcmp(r->workload, "linux-boot"))
			continue;
		s[n++] = r->wall_s;
		slowest = r->wall_s > slowest ? r->wall_s : slowest;
	}
	if (n)
		fprintf(f, "\nPower-on of the host to init of the guest: %.1f s (median of %zu; slowest %.1f s)\n",
			interval__median(s, n), n, slowest);
	free(s);
}

void report__perf_text(FILE *f, const struct perf_cells *c,
			   const struct run *run)
{
	const bool exact = run->nr && !record__noisy(run->record[0]);

	fprintf(f, "perf in the host: %s\n", version_of(c));
	for (size_t i = 0, end; i < c->nr; i = end) {
		const struct perf_row *r = &c->row[i];

		for (end = i; end < c->nr && perf_cells__same_kernel(r, &c->row[end]); end++)
			;
		fprintf(f, "\n%s, %s, profile %s\n\n", r->variant, r->base,
			r->profile);
		print_faults(f, c, i, end);
	}
	print_legend(f, c, exact);
	for (size_t i = 0; i < c->nr; i++) {
		const struct perf_row *r = &c->row[i];

		/* One variant's are all of them, but for the costs above. */
		if (r->r && perf_cells__same_kernel(r, &c->row[0]))
			print_details(f, r, exact);
		else if (!r->r)
			text__why(f, &r->with, r->workload, r->variant, r->profile);
	}
	print_boot_time(f, run);
}

void report__perf_csv(FILE *f, const struct perf_cells *c)
{
	fputs("base,profile,variant,workload,boots,exact,counter,value\n", f);
	for (size_t i = 0; i < c->nr; i++) {
		const struct perf_row *r = &c->row[i];

		for (size_t k = 0; r->r && k < r->r->stats.nr; k++) {
			const struct number *n = &r->r->stats.item[k];
			const char *const text[] = { r->base, r->profile,
				r->variant, r->workload };

			if (!perf_cells__event(n->name))
				continue;
			for (size_t t = 0; t < ARRAY_SIZE(text); t++) {
				text__csv(f, text[t]);
				fputc(',', f);
			}
			fprintf(f, "%zu,%s,", r->with.valid,
				r->with.exact ? "yes" : "no");
			text__csv(f, perf_cells__event(n->name));
			fprintf(f, ",%" PRId64 "\n", n->value);
		}
	}
}

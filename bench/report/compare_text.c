// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison as plain text that can be pasted into a mail.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

#define VAR_WIDTH	22
#define VARS_A_BLOCK	2	/* further variants beside the reference */

/* The reference's column: its name, or a figure. */
static int ref_width(const struct comparison *c)
{
	int n = strlen(c->variants.item[0]) + 1;

	return n < 9 ? 9 : n > 16 ? 16 : n;
}

enum metric { TYPICAL, MEAN };

/* From here on a figure is in thousands: a column has so many places. */
#define BIG		1000000
#define BIG_DIFF	99999

static void print_value(FILE *f, const struct cmp_cell *c, enum metric m,
			int width)
{
	if (!c->usable)
		fprintf(f, "%*s", width, c->skipped ? "skipped" : "invalid");
	else if ((m == TYPICAL ? c->typical : c->mean) >= BIG)
		fprintf(f, "%*.0fk", width - 1,
			(m == TYPICAL ? c->typical : c->mean) / 1e3);
	else if (m == TYPICAL)
		fprintf(f, "%*" PRIu64, width, c->typical);
	else
		fprintf(f, "%*.1f", width, c->mean);
}

static void print_diff(FILE *f, const struct cmp_diff *d, enum metric m)
{
	if (!d->comparable)
		fprintf(f, "%14s", "");
	else if (fabs(m == TYPICAL ? d->typical : d->mean) > BIG_DIFF)
		fprintf(f, "%+5.0fk%+7.2f%%",
			(m == TYPICAL ? d->typical : d->mean) / 1e3,
			m == TYPICAL ? d->typical_percent : d->mean_percent);
	else if (m == TYPICAL)
		fprintf(f, "%+6" PRId64 "%+7.2f%%", d->typical,
			d->typical_percent);
	else if (fabs(d->mean) >= 999.95)
		fprintf(f, "%+6.0f%+7.2f%%", d->mean, d->mean_percent);
	else
		fprintf(f, "%+6.1f%+7.2f%%", d->mean, d->mean_percent);
}

/* What a row may claim: exact, or how far its boots are apart. */
static void print_claim(FILE *f, const struct cmp_row *row, size_t nr)
{
	uint64_t spread = 0;
	bool usable = true;

	for (size_t v = 0; v < nr; v++) {
		const struct cmp_cell *c = &row->cell[v];

		usable &= c->usable;
		if (!c->exact && c->typical_max - c->typical >= spread)
			spread = c->typical_max - c->typical + 1;
	}
	if (!usable)
		fprintf(f, "  -");
	else if (spread)
		fprintf(f, "  +-%" PRIu64, spread - 1);
	else
		fprintf(f, "  exact");
}

static void print_block(FILE *f, const struct comparison *c, enum metric m,
			size_t from, size_t to)
{
	fprintf(f, "%-*s%*.*s", NAME_WIDTH, "workload", ref_width(c),
		ref_width(c) - 1, c->variants.item[0]);
	for (size_t v = from; v < to; v++)
		fprintf(f, "%*.*s", VAR_WIDTH, VAR_WIDTH - 1,
			c->variants.item[v]);
	fputc('\n', f);
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_row *row = &c->row[w];

		fprintf(f, "%-*.*s", NAME_WIDTH, NAME_WIDTH - 1,
			row->workload);
		print_value(f, &row->cell[0], m, ref_width(c));
		for (size_t v = from; v < to; v++) {
			print_value(f, &row->cell[v], m, VAR_WIDTH - 14);
			print_diff(f, &row->diff[v], m);
		}
		print_claim(f, row, c->variants.nr);
		fputc('\n', f);
	}
}

static void print_table(FILE *f, const struct comparison *c, enum metric m)
{
	size_t from = 1;

	do {
		/* a wide first column leaves room for one beside it */
		size_t to = from + (ref_width(c) > 9 ? 1 : VARS_A_BLOCK);

		if (to > c->variants.nr)
			to = c->variants.nr;
		print_block(f, c, m, from, to);
		fputc('\n', f);
		from = to;
	} while (from < c->variants.nr);
}

/* Is the whole row skipped, and for one reason? */
static bool row_skipped(const struct comparison *c, const struct cmp_row *row)
{
	for (size_t v = 0; v < c->variants.nr; v++) {
		if (!row->cell[v].skipped ||
		    strcmp(row->cell[v].why, row->cell[0].why))
			return false;
	}
	return true;
}

static void print_reason(FILE *f, const struct comparison *c, size_t w,
			 size_t v)
{
	const struct cmp_cell *cell = &c->row[w].cell[v];

	if (cell->usable && cell->exact)
		return;
	fprintf(f, "%s: %s, %s\n", cell->usable ? "not exact" :
		cell->skipped ? "skipped" : "invalid", c->row[w].workload,
		c->variants.item[v]);
	text__wrapped(f, 4, cell->why);
	if (cell->usable)
		fprintf(f, "    spread over %zu boots: %" PRIu64
			" instructions typical, %.1f mean\n", cell->valid,
			cell->typical_max - cell->typical,
			cell->mean_max - cell->mean);
}

/* Cells that are missing or not exact, each with its reason. */
static void print_reasons(FILE *f, const struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (row_skipped(c, &c->row[w])) {
			fprintf(f, "skipped: %s\n", c->row[w].workload);
			text__wrapped(f, 4, c->row[w].cell[0].why);
			continue;
		}
		for (size_t v = 0; v < c->variants.nr; v++)
			print_reason(f, c, w, v);
	}
}

/* A Linux guest takes no empty sample: no figure, rather than a 0. */
static void print_floor(FILE *f, const struct comparison *c)
{
	const char *sep = "";

	fprintf(f, "floor         ");
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_cell *cell = &c->row[w].cell[0];

		if (!cell->usable)
			continue;
		if (!cell->events)
			fprintf(f, "%s%" PRIu64 " bells (%s)", sep,
				cell->total, c->row[w].workload);
		else if (!strcmp(c->row[w].workload, "exit"))
			fprintf(f, "%s%" PRIu64 " a trivial exit", sep,
				cell->typical);
		else
			continue;
		sep = ", ";
	}
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct cmp_cell *cell = &c->row[w].cell[0];

		if (cell->usable && cell->clock_floor) {
			fprintf(f, "%s%" PRIu64 " an empty sample", sep,
				cell->clock_floor);
			sep = ", ";
			break;
		}
	}
	if (!*sep)
		fprintf(f, "not measured: run the workloads null and exit");
	fprintf(f, "\n              nothing of it is subtracted\n");
}

static void print_methods(FILE *f, const struct comparison *c)
{
	const struct cmp_methods *m = &c->methods;

	if (!m->cells) {
		fprintf(f, "two methods   not compared: run the workload null for the bells' own cost\n");
		return;
	}
	fprintf(f, "two methods   bells/N - mean sample = %.1f .. %.1f, the guest's own loop\n",
		m->least, m->most);
	if (m->disagree)
		fprintf(f, "              DISAGREE in %zu of %zu cells, one is %s: outside 0 .. %d\n",
			m->disagree, m->cells, m->worst, LOOP_LIMIT);
	else
		fprintf(f, "              they agree in %zu of %zu cells (0 .. %d allowed)\n",
			m->cells, m->cells, LOOP_LIMIT);
}

static void print_aa(FILE *f, const struct comparison *c)
{
	if (!c->aa_pairs) {
		fprintf(f, "A/A           none: one boot of %s; --boots 2 gives one\n",
			c->variants.item[0]);
		return;
	}
	fprintf(f, "A/A           %s: bit-equal in %zu of %zu pairs of boots\n",
		c->variants.item[0], c->aa_zero, c->aa_pairs);
	if (c->aa_zero == c->aa_pairs)
		fprintf(f, "              smallest change this run can show: 1 instruction\n");
	else
		fprintf(f, "              largest difference %+" PRId64 ": smaller ones mean nothing\n",
			c->aa_worst);
}

static void print_denominators(FILE *f, const struct comparison *c)
{
	fprintf(f, "denominator   KVM counted what the guest provoked in %zu of %zu cells\n",
		c->usable, c->cells - c->skipped);
}

static bool has_big(const struct comparison *c)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++) {
			if (c->row[w].cell[v].mean >= BIG)
				return true;
		}
	}
	return false;
}

static void print_shares(FILE *f, const struct comparison *c)
{
	double least = 1;
	const char *which = NULL;

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++) {
			const struct cmp_cell *cell = &c->row[w].cell[v];

			if (!cell->usable || cell->share > least)
				continue;
			least = cell->share;
			which = c->row[w].workload;
		}
	}
	if (has_big(c))
		fputs("k             thousands, rounded; --format csv has every digit\n", f);
	if (which)
		fprintf(f, "typical       what most faults share; least shared in %s: %.0f %%\n",
			which, 100 * least);
}

static const char *handler_of(const struct comparison *c, size_t v)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (c->row[w].cell[v].usable)
			return c->row[w].cell[v].handler;
	}
	return "";
}

static void print_identical(FILE *f, const struct comparison *c)
{
	for (size_t a = 0; a < c->variants.nr; a++) {
		for (size_t b = a + 1; b < c->variants.nr; b++) {
			const char *h = handler_of(c, a);

			if (!*h || strcmp(h, handler_of(c, b)))
				continue;
			fprintf(f, "identical     %s and %s: the same handler code,\n"
				   "              %.12s: any difference between them is noise\n",
				c->variants.item[a], c->variants.item[b], h);
		}
	}
}

void report__compare_text(FILE *f, const struct comparison *c,
			  const struct run *run)
{
	char *what = xasprintf("%s, profile %s, rig %s", c->base, c->profile,
			       c->rig);

	text__head(f, run, what);
	free(what);
	if (c->cells && c->skipped == c->cells) {
		fputc('\n', f);
		print_reasons(f, c);
		return;
	}
	fprintf(f, "\nTypical fault, difference to %s\n\n", c->variants.item[0]);
	print_table(f, c, TYPICAL);
	fprintf(f, "Mean over all faults: with page tables, LRU batches, timer ticks\n\n");
	print_table(f, c, MEAN);
	print_reasons(f, c);
	print_shares(f, c);
	print_floor(f, c);
	print_denominators(f, c);
	print_methods(f, c);
	print_aa(f, c);
	print_identical(f, c);
	fprintf(f, "exact         %zu of %zu cells: every boot gave the same figures, bit by bit\n",
		c->exact, c->cells - c->skipped);
	if (c->left_out)
		fprintf(f, "left out      %zu steps and overlays: --steps, --factors or --variants LIST\n",
			c->left_out);
	fprintf(f, "\nInstructions, not cycles. Reproduce: see %s/run.json\n",
		json_string_value(json_object_get(run->meta, "id")) ?: run->dir);
}

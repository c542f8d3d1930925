// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison in cycles as plain text that can be pasted into a mail.
 */
#include <stdlib.h>
#include <string.h>

#include "noisy_text.h"

#define FIGURE	14
#define DIFF	16

static const char *mark_text(const struct noisy_diff *d)
{
	static const char *const text[] = {
		[MARK_NONE] = "", [MARK_BETTER] = "better", [MARK_WORSE] = "worse",
	};

	return d->same_code ? "same" : text[d->mark];
}

/* One variant beside the reference; 0 is the reference alone. */
static void print_block(FILE *f, const struct noisy_comparison *c,
			enum cycles_mode m, size_t v)
{
	fprintf(f, "%-*s%*.*s", NAME_WIDTH, "workload", FIGURE, FIGURE - 1,
		c->variants.item[0]);
	if (v)
		fprintf(f, "%*.*s", FIGURE + DIFF, FIGURE + DIFF - 1,
			c->variants.item[v]);
	fputc('\n', f);
	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct noisy_row *row = &c->row[w];
		const struct noisy_diff *d = &row->diff[m][v];

		text__workload(f, row->workload);
		noisy_text__figure(f, FIGURE, &row->cell[0], m);
		if (v)
			noisy_text__figure(f, FIGURE, &row->cell[v], m);
		if (v && d->by.layouts) {
			noisy_text__value(f, DIFF, &d->by, true);
			noisy_text__percent(f, d->by.percent);
			fprintf(f, "%s%s", *mark_text(d) ? "  " : "",
				mark_text(d));
		}
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void print_mode(FILE *f, const struct noisy_comparison *c,
		       enum cycles_mode m)
{
	if (!c->set.has[m])
		return;
	fprintf(f, "%s, difference to %s\n\n", !c->set.paired ?
		"Faults in a row, as the guest timed them" : m == CYCLES_HOT ?
		"Hot: caches and predictors warm" :
		"Cold: caches and predictors not warm", c->variants.item[0]);
	for (size_t v = c->variants.nr > 1; v < c->variants.nr; v++)
		print_block(f, c, m, v);
}

static void print_own(FILE *f, const struct noisy_comparison *c)
{
	struct strlist said = { 0 };

	noisy_text__own_head(f, &c->set);
	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			noisy_text__own(f, m, &c->row[w].own[m],
					&c->row[w].cell[0]);
	}
	fputc('\n', f);
	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t m = 0; m < NR_CYCLES_MODES; m++)
			noisy_text__whose(f, m, &c->row[w].own[m],
					  &c->row[w].cell[0], &said);
	}
	strlist__free(&said);
}

/* Both have a figure, and it cannot be held against the other, or not all. */
static void print_unpaired(FILE *f, const struct noisy_comparison *c,
			   const struct noisy_row *row, size_t v)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct noisy_value *by = &row->diff[m][v].by;

		if (!v || !row->cell[0].mode[m].layouts ||
		    !row->cell[v].mode[m].layouts ||
		    (by->layouts && !by->unpaired))
			continue;
		fprintf(f, "%s: %s, %s, %s\n", by->layouts ?
			"layouts left out" : "no difference", row->workload,
			c->variants.item[v], cycles_mode_names[m]);
		if (by->unpaired)
			fprintf(f, "    %zu not paired: the blocks are not as many, or of other chunks\n",
				by->unpaired);
		else
			text__wrapped(f, 4, by->why);
	}
}

static void print_reasons(FILE *f, const struct noisy_comparison *c)
{
	const size_t nr = c->nr_rows * c->variants.nr;
	const struct noisy_cell **cell = xcalloc(nr + 1, sizeof(void *));

	for (size_t i = 0; i < nr; i++)
		cell[i] = &c->row[i / c->variants.nr].cell[i % c->variants.nr];
	noisy_text__reasons(f, cell, nr);
	free(cell);
	for (size_t i = 0; i < nr; i++)
		print_unpaired(f, c, &c->row[i / c->variants.nr],
			       i % c->variants.nr);
}

/* What the PMU counted in a cell, "455.5 core cycles, ..."; "" if nothing. */
static char *pmu_text(const struct noisy_cell *c)
{
	static const char *const unit[] = {
		"core cycles", "instructions", "branch misses",
	};
	struct strlist parts = { 0 };
	char *text;

	for (size_t p = 0; p < NR_CYCLES_PMU; p++) {
		if (c->pmu[p] < 0)
			continue;
		text = xasprintf("%.*f %s", c->pmu[p] < 10 ? 3 : 1, c->pmu[p],
				 unit[p]);
		strlist__add(&parts, text);
		free(text);
	}
	text = strlist__join(&parts, ", ");
	strlist__free(&parts);
	return text;
}

static void print_pmu(FILE *f, const struct noisy_comparison *c)
{
	bool any = false;

	for (size_t w = 0; w < c->nr_rows; w++) {
		const struct noisy_cell *cell = &c->row[w].cell[0];
		char *counts = pmu_text(cell);
		char *text = xasprintf("%s: %s", cell->workload, counts);

		if (*counts && !any)
			fprintf(f, "by the PMU, a hot fault of %s\n",
				c->variants.item[0]);
		if (*counts)
			text__wrapped(f, 4, text);
		any |= *counts;
		free(text);
		free(counts);
	}
}

static const char *handler_of(const struct noisy_comparison *c, size_t v)
{
	for (size_t w = 0; w < c->nr_rows; w++) {
		if (c->row[w].cell[v].usable)
			return c->row[w].cell[v].handler;
	}
	return "";
}

static void print_identical(FILE *f, const struct noisy_comparison *c)
{
	for (size_t v = 1; v < c->variants.nr; v++) {
		const char *h = handler_of(c, 0);

		if (*h && !strcmp(h, handler_of(c, v)))
			fprintf(f, "same          %s has the handler code of %s:\n"
				   "              any difference between them is noise\n",
				c->variants.item[v], c->variants.item[0]);
	}
}

void report__noisy_text(FILE *f, const struct noisy_comparison *c,
			const struct run *run)
{
	char *what = xasprintf("%s, profile %s, rig %s", c->base, c->profile,
			       c->set.rig);

	noisy_text__head(f, run, what);
	free(what);
	fputc('\n', f);
	if (!c->set.usable) {
		print_reasons(f, c);
		return;
	}
	for (size_t m = 0; m < NR_CYCLES_MODES; m++)
		print_mode(f, c, m);
	print_own(f, c);
	print_reasons(f, c);
	print_identical(f, c);
	fprintf(f, "better, worse the interval excludes 0, and the difference is larger than\n"
		   "              its row's A/A with all of its interval (shows)\n");
	if (c->left_out)
		fprintf(f, "left out      %zu steps and overlays: --factors or --variants LIST\n",
			c->left_out);
	print_pmu(f, c);
	noisy_text__tail(f, &c->set, c->base, run);
}

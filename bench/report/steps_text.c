// SPDX-License-Identifier: GPL-2.0
/*
 * What each patch of a series added, as plain text: a column a patch.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "text.h"

#define STEPS_A_BLOCK	8
#define STEP_WIDTH	6

static void print_total(FILE *f, const struct cmp_cell *c)
{
	if (c->usable)
		fprintf(f, "%7" PRIu64, c->typical);
	else
		fprintf(f, "%7s", c->skipped ? "skip" : "-");
}

/* "=" is the same handler code, so that +0 is a change that costs nothing. */
static void print_step(FILE *f, const struct cmp_diff *d)
{
	if (!d->comparable)
		fprintf(f, "%*s", STEP_WIDTH, "-");
	else if (d->same_code && !d->typical)
		fprintf(f, "%*s", STEP_WIDTH, "=");
	else
		fprintf(f, "%+*" PRId64, STEP_WIDTH, d->typical);
}

/* From the figure of step from - 1 to that of step to - 1. */
static void print_block(FILE *f, const struct steps *s, size_t from, size_t to)
{
	fprintf(f, "%-*s%6s%d", NAME_WIDTH, "workload", "@",
		s->number[from - 1]);
	for (size_t i = from; i < to; i++)
		fprintf(f, "%*d", STEP_WIDTH, s->number[i]);
	fprintf(f, "%*s%d\n", s->number[to - 1] < 10 ? 6 : 5, "@",
		s->number[to - 1]);
	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *row = &s->row[w];

		fprintf(f, "%-*.*s", NAME_WIDTH, NAME_WIDTH - 1, row->workload);
		print_total(f, &row->cell[from - 1]);
		for (size_t i = from; i < to; i++)
			print_step(f, &row->diff[i]);
		print_total(f, &row->cell[to - 1]);
		fprintf(f, "%s\n", row->exact ? "  exact" : "");
	}
	fputc('\n', f);
}

static void print_titles(FILE *f, const struct steps *s)
{
	for (size_t i = 1; i < s->nr; i++) {
		size_t n = s->number[i];

		if (n && n <= s->titles.nr)
			fprintf(f, "%4zu  %.*s\n", n, REPORT_COLUMNS - 6,
				s->titles.item[n - 1]);
	}
	fputc('\n', f);
}

static void print_reasons(FILE *f, const struct steps *s)
{
	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *row = &s->row[w];

		if (row->cell[0].skipped) {
			fprintf(f, "skipped: %s\n", row->workload);
			text__wrapped(f, 4, row->cell[0].why);
			continue;
		}
		for (size_t i = 0; i < s->nr; i++) {
			char *name = xasprintf("%s@%d", s->variant,
					       s->number[i]);

			text__why(f, &row->cell[i], row->workload, name,
				  s->profile);
			free(name);
		}
	}
}

/* A step that the run lacks makes a column that holds two patches. */
static void print_gaps(FILE *f, const struct steps *s)
{
	for (size_t i = 1; i < s->nr; i++) {
		if (s->number[i] != s->number[i - 1] + 1)
			fprintf(f, "gap           column %d is patches %d to %d together\n",
				s->number[i], s->number[i - 1] + 1,
				s->number[i]);
	}
}

void report__steps_text(FILE *f, const struct steps *s, const struct run *run)
{
	char *what = xasprintf("%s, profile %s, each patch of %s", s->base,
			       s->profile, s->variant);
	size_t patches = s->nr - 1;
	size_t blocks = (patches + STEPS_A_BLOCK - 1) / STEPS_A_BLOCK;
	size_t each = blocks ? (patches + blocks - 1) / blocks : 1;

	text__head(f, run, what);
	free(what);
	fprintf(f, "\nTypical fault; a column is what that patch added\n\n");
	for (size_t from = 1; from < s->nr; from += each)
		print_block(f, s, from, from + each < s->nr ? from + each :
						       s->nr);
	print_titles(f, s);
	print_reasons(f, s);
	print_gaps(f, s);
	fprintf(f, "=             the handler's code is the same as before the patch\n"
		   "exact         %zu of %zu cells\n", s->exact,
		s->cells - s->skipped);
}

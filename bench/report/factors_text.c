// SPDX-License-Identifier: GPL-2.0
/*
 * The factor table as plain text: what the direct call saves, what a
 * retpoline adds, and what the shape of the arguments has to do with it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define SHAPES_A_BLOCK	2
#define SHAPE_WIDTH	18

static void print_figure(FILE *f, const struct cmp_cell *c)
{
	if (c->usable)
		fprintf(f, "%9" PRIu64, c->typical);
	else
		fprintf(f, "%9s", c->skipped ? "skipped" : c->boots ?
			"invalid" : "-");
}

static void print_figures(FILE *f, const struct factors *x, size_t s)
{
	fprintf(f, "%-*s%27s%27s\n%-*s", NAME_WIDTH, x->shapes.item[s],
		"direct call", "indirect call", NAME_WIDTH, "workload");
	for (size_t d = 0; d < NR_DISPATCHES; d++)
		fprintf(f, "%9s%9s%9s", "off", "retpol.", "lfence");
	fputc('\n', f);
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_cells *c = &x->row[w].cells[s];

		fprintf(f, "%-*.*s", NAME_WIDTH, NAME_WIDTH - 1,
			x->row[w].workload);
		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
				print_figure(f, &c->at[d][p]);
		}
		fputc('\n', f);
	}
	fputc('\n', f);
}

static void print_diffs(FILE *f, const struct factors *x, size_t s)
{
	fprintf(f, "%-*s%18s%14s%14s%14s\n", NAME_WIDTH, "",
		"direct call saves", "retp. adds", "lfence adds", "interaction");
	fprintf(f, "%-*s%6s%6s%6s%7s%7s%7s%7s%7s%7s\n", NAME_WIDTH, "workload",
		"off", "retp", "lfen", "direct", "indir.", "direct", "indir.",
		"retp", "lfen");
	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *row = &x->row[w];
		const struct factor_diffs *d = &row->diffs[s];

		if (!row->cells[s].complete)
			continue;
		fprintf(f, "%-*.*s", NAME_WIDTH, NAME_WIDTH - 1, row->workload);
		for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
			fprintf(f, "%+6" PRId64, d->saved[p]);
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++)
			fprintf(f, "%+7" PRId64 "%+7" PRId64,
				d->added[DIRECT][p], d->added[INDIRECT][p]);
		for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++)
			fprintf(f, "%+7" PRId64, d->interaction[p]);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static bool any_usable(const struct factors *x, size_t s)
{
	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t i = 0; i < NR_DISPATCHES * NR_FACTOR_PROFILES; i++) {
			if (x->row[w].cells[s].at[i / NR_FACTOR_PROFILES]
			    [i % NR_FACTOR_PROFILES].usable)
				return true;
		}
	}
	return false;
}

static bool any_complete(const struct factors *x, size_t s)
{
	for (size_t w = 0; w < x->nr_rows; w++) {
		if (x->row[w].cells[s].complete)
			return true;
	}
	return false;
}

static void print_effect_row(FILE *f, const struct factor_row *row,
			     size_t from, size_t to)
{
	const struct main_effects *m = &row->main;

	fprintf(f, "%-*.*s", NAME_WIDTH, NAME_WIDTH - 1, row->workload);
	for (size_t s = from; s < to; s++)
		fprintf(f, "%+*.1f", SHAPE_WIDTH, m->shape[s]);
	if (from <= 1)
		fprintf(f, "%+9.1f%+8.1f%+7.1f", m->indirect,
			m->profile[PROFILE_RETPOLINE],
			m->profile[PROFILE_LFENCE]);
	fputc('\n', f);
}

static void print_main_effects(FILE *f, const struct factors *x)
{
	const struct factor_row *worst = NULL;
	size_t from = 1;

	for (size_t w = 0; w < x->nr_rows; w++) {
		if (x->row[w].main.complete &&
		    (!worst || x->row[w].main.residual > worst->main.residual))
			worst = &x->row[w];
	}
	if (!worst)
		return;
	fprintf(f, "Main effects: each the mean over all levels of the other two factors\n\n");
	do {
		size_t to = from + SHAPES_A_BLOCK;

		if (to > x->shapes.nr)
			to = x->shapes.nr;
		fprintf(f, "%-*s", NAME_WIDTH, "workload");
		for (size_t s = from; s < to; s++)
			fprintf(f, "%*.*s", SHAPE_WIDTH, SHAPE_WIDTH - 1,
				x->shapes.item[s]);
		if (from <= 1)
			fprintf(f, "%9s%8s%7s", "indirect", "retpol.", "lfence");
		fputc('\n', f);
		for (size_t w = 0; w < x->nr_rows; w++) {
			if (x->row[w].main.complete)
				print_effect_row(f, &x->row[w], from, to);
		}
		fputc('\n', f);
		from = to;
	} while (from < x->shapes.nr);
	if (x->shapes.nr > 1)
		fprintf(f, "shape         against %s\n", x->shapes.item[0]);
	fprintf(f, "dispatch      indirect against direct\n"
		   "profile       retpoline and lfence against off\n"
		   "unexplained   at most %.1f of a figure, in %s: the rest adds up\n",
		worst->main.residual, worst->workload);
}

static void print_reasons(FILE *f, const struct factors *x)
{
	static const char *const overlay[] = {
		DISPATCH_DIRECT, DISPATCH_INDIRECT,
	};

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *row = &x->row[w];
		const struct cmp_cell *first = &row->cells[0].at[0][0];

		if (first->skipped) {
			fprintf(f, "skipped: %s\n", row->workload);
			text__wrapped(f, 4, first->why);
			continue;
		}
		for (size_t i = 0; i < x->shapes.nr * NR_DISPATCHES *
				       NR_FACTOR_PROFILES; i++) {
			size_t s = i / NR_FACTOR_PROFILES / NR_DISPATCHES;
			size_t d = i / NR_FACTOR_PROFILES % NR_DISPATCHES;
			size_t p = i % NR_FACTOR_PROFILES;
			const struct cmp_cell *c = &row->cells[s].at[d][p];
			char *name = xasprintf("%s, %s", x->shapes.item[s],
					       overlay[d]);

			if (c->boots)	/* how to get the others is said below */
				text__why(f, c, row->workload, name,
					  x->profiles.item[p]);
			free(name);
		}
	}
}

void report__factors_text(FILE *f, const struct factors *x,
			  const struct run *run)
{
	char *what = xasprintf("%s, dispatch x profile, typical fault", x->base);

	text__head(f, run, what);
	free(what);
	fputc('\n', f);
	for (size_t s = 0; s < x->shapes.nr; s++) {
		if (any_usable(x, s))
			print_figures(f, x, s);
		if (any_complete(x, s))
			print_diffs(f, x, s);
	}
	print_main_effects(f, x);
	print_reasons(f, x);
	if (x->usable + x->skipped < x->cells)
		fprintf(f, "missing       faultline run --base %s --profiles " FACTOR_PROFILES "\n"
			   "              --variants NAME,NAME+" DISPATCH_INDIRECT "\n",
			x->base);
	fprintf(f, "interaction   what the direct call saves more than under off\n"
		   "exact         %zu of %zu cells\n\nInstructions, not cycles: what a retpoline stalls is not in here.\n",
		x->exact, x->cells - x->skipped);
}

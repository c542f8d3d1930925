// SPDX-License-Identifier: GPL-2.0
/*
 * The retpoline table in cycles as plain text: every figure and difference
 * with its interval in the line below.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "noisy_text.h"

#define FIGURE	10
#define NR_DIFFS	9
/* From there on in thousands: of a figure, of a difference. */
#define MOST_FIGURE	999999.5
#define MOST_DIFF	9999.5

/* Of the two lines of a row: the values, or what stands under them. */
enum line { VALUES, INTERVALS };

static void print_number(FILE *f, int width, const struct noisy_value *v,
			 enum line line, bool sign)
{
	double x = line == VALUES ? v->value : v->half;
	double most = width == FIGURE ? MOST_FIGURE : MOST_DIFF;
	const char *unit = fabs(x) >= most ? "k" : "";
	int digits = *unit || fabs(x) >= 999.95 ? 0 : noisy_text__digits(v);
	char text[32];

	x = noisy_text__rounded(*unit ? x / 1000 : x, digits);
	if (!v->layouts)
		snprintf(text, sizeof(text), line == VALUES ? "-" : "");
	else if (line == INTERVALS && !isfinite(x))
		*text = '\0';
	else if (line == INTERVALS)
		snprintf(text, sizeof(text), "+-%.*f%s", digits, x, unit);
	else
		snprintf(text, sizeof(text), sign ? "%+.*f%s" : "%.*f%s",
			 digits, x, unit);
	fprintf(f, "%*s", width, text);
}

static void print_name(FILE *f, const char *workload, enum line line)
{
	text__workload(f, line == VALUES ? workload : "");
}

static bool shape_has(const struct noisy_shape *s, enum cycles_mode m)
{
	for (size_t i = 0; i < NR_DISPATCHES * NR_FACTOR_PROFILES; i++) {
		if (s->at[i / NR_FACTOR_PROFILES][i % NR_FACTOR_PROFILES]
		    .mode[m].layouts)
			return true;
	}
	return false;
}

static void print_figure(FILE *f, const struct noisy_cell *c,
			 enum cycles_mode m, enum line line)
{
	if (line == VALUES && c->boots && !c->usable)
		fprintf(f, "%*s", FIGURE, c->skipped ? "skipped" : "invalid");
	else
		print_number(f, FIGURE, &c->mode[m], line, false);
}

static void print_figures(FILE *f, const struct noisy_factors *x, size_t s,
			  enum cycles_mode m)
{
	fprintf(f, "%s, %s\n%-*s%*s%*s\n%-*s", x->shapes.item[s],
		cycles_mode_names[m], NAME_WIDTH, "", 3 * FIGURE, "direct call",
		3 * FIGURE, "indirect call", NAME_WIDTH, "workload");
	for (size_t d = 0; d < NR_DISPATCHES; d++)
		fprintf(f, "%*s%*s%*s", FIGURE, "off", FIGURE, "retpol.",
			FIGURE, "lfence");
	fputc('\n', f);
	for (size_t i = 0; i < 2 * x->nr_rows; i++) {
		const struct noisy_factor_row *row = &x->row[i / 2];

		if (i % 2 && (!shape_has(&row->shape[s], m) ||
			      x->set.layouts < 2))
			continue;
		print_name(f, row->workload, i % 2);
		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
				print_figure(f, &row->shape[s].at[d][p], m,
					     i % 2);
		}
		fputc('\n', f);
	}
	fputc('\n', f);
}

/* In the order of the table's columns. */
static void collect(const struct noisy_effects *e,
		    const struct noisy_value *v[NR_DIFFS])
{
	size_t n = 0;

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
		v[n++] = &e->saved[p];
	for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++) {
		v[n++] = &e->added[DIRECT][p];
		v[n++] = &e->added[INDIRECT][p];
	}
	for (size_t p = PROFILE_RETPOLINE; p < NR_FACTOR_PROFILES; p++)
		v[n++] = &e->interaction[p];
}

static void print_diffs(FILE *f, const struct noisy_factors *x, size_t s,
			enum cycles_mode m)
{
	static const int width[NR_DIFFS] = { 6, 6, 6, 7, 7, 7, 7, 7, 7 };

	fprintf(f, "%-*s%18s%14s%14s%14s\n", NAME_WIDTH, "",
		"direct call saves", "retp. adds", "lfence adds", "interaction");
	fprintf(f, "%-*s%6s%6s%6s%7s%7s%7s%7s%7s%7s\n", NAME_WIDTH, "workload",
		"off", "retp", "lfen", "direct", "indir.", "direct", "indir.",
		"retp", "lfen");
	for (size_t i = 0; i < 2 * x->nr_rows; i++) {
		const struct noisy_factor_row *row = &x->row[i / 2];
		const struct noisy_value *v[NR_DIFFS];

		if (!shape_has(&row->shape[s], m) ||
		    (i % 2 && x->set.layouts < 2))
			continue;
		collect(&row->shape[s].effect[m], v);
		print_name(f, row->workload, i % 2);
		for (size_t k = 0; k < NR_DIFFS; k++)
			print_number(f, width[k], v[k], i % 2, true);
		fputc('\n', f);
	}
	fputc('\n', f);
}

static const struct noisy_cell *reference_of(const struct noisy_factors *x,
					     size_t w)
{
	return &x->row[w].shape[0].at[DIRECT][PROFILE_OFF];
}

static void print_own(FILE *f, const struct noisy_factors *x)
{
	struct strlist said = { 0 };

	noisy_text__own_head(f, &x->set);
	for (size_t i = 0; i < x->nr_rows * NR_CYCLES_MODES; i++)
		noisy_text__own(f, i % NR_CYCLES_MODES,
				&x->row[i / NR_CYCLES_MODES].own[i % NR_CYCLES_MODES],
				reference_of(x, i / NR_CYCLES_MODES));
	fputc('\n', f);
	for (size_t i = 0; i < x->nr_rows * NR_CYCLES_MODES; i++)
		noisy_text__whose(f, i % NR_CYCLES_MODES,
				  &x->row[i / NR_CYCLES_MODES].own[i % NR_CYCLES_MODES],
				  reference_of(x, i / NR_CYCLES_MODES), &said);
	strlist__free(&said);
}

static void print_reasons(FILE *f, const struct noisy_factors *x)
{
	const size_t cells = NR_DISPATCHES * NR_FACTOR_PROFILES;
	const struct noisy_cell **cell = xcalloc(x->nr_rows * x->shapes.nr *
						 cells + 1, sizeof(void *));
	size_t n = 0;

	for (size_t i = 0; i < x->nr_rows * x->shapes.nr * cells; i++) {
		const struct noisy_shape *s = x->row[i / cells / x->shapes.nr].shape +
					      i / cells % x->shapes.nr;

		cell[n] = &s->at[i % cells / NR_FACTOR_PROFILES]
				[i % NR_FACTOR_PROFILES];
		n += cell[n]->boots > 0;	/* others: said below */
	}
	noisy_text__reasons(f, cell, n);
	free(cell);
}

void report__noisy_factors_text(FILE *f, const struct noisy_factors *x,
				const struct run *run)
{
	char *what = xasprintf("%s, dispatch x profile, rig %s", x->base,
			       x->set.rig);

	noisy_text__head(f, run, what);
	free(what);
	fputc('\n', f);
	for (size_t s = 0; s < x->shapes.nr; s++) {
		for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
			if (!x->set.has[m])
				continue;
			print_figures(f, x, s, m);
			print_diffs(f, x, s, m);
		}
	}
	print_own(f, x);
	print_reasons(f, x);
	if (x->set.usable + x->set.skipped < x->set.cells)
		fprintf(f, "missing       faultline run --rig %s --base %s\n"
			   "              --profiles " FACTOR_PROFILES "\n"
			   "              --variants NAME,NAME+" DISPATCH_INDIRECT "\n",
			x->set.rig, x->base);
	fprintf(f, "interaction   what the direct call saves more than under off\n");
	noisy_text__tail(f, &x->set, x->base, run);
}

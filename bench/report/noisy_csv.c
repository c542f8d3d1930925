// SPDX-License-Identifier: GPL-2.0
/*
 * Noisy judgements as CSV: a line a figure; an empty field has no number.
 */
#include <math.h>

#include "noisy_report.h"
#include "text.h"

#define UNIT	"tsc"

static void number(FILE *f, double x, bool there)
{
	if (there && isfinite(x))
		fprintf(f, "%.6f", x);
	fputc(',', f);
}

static void value(FILE *f, const struct noisy_value *v)
{
	number(f, v->value, v->layouts);
	number(f, v->half, v->layouts);
	number(f, v->least, v->layouts);
	number(f, v->most, v->layouts);
}

static const char *mark_text(const struct noisy_diff *d)
{
	return d->same_code ? "same" : d->mark == MARK_BETTER ? "better" :
	       d->mark == MARK_WORSE ? "worse" : "";
}

static void print_cell(FILE *f, const struct noisy_comparison *c,
		       const struct noisy_row *row, size_t v,
		       enum cycles_mode m)
{
	const struct noisy_cell *cell = &row->cell[v];
	const struct noisy_diff *d = &row->diff[m][v];
	const struct noisy_value *aa = &row->own[m].by;

	fprintf(f, "%s,%s,%s,%s,%s,%s," UNIT ",%zu,%zu,%zu,", c->base,
		c->set.rig, c->profile, row->workload, cell->variant,
		cycles_mode_names[m], cell->boots, cell->valid,
		cell->mode[m].layouts);
	value(f, &cell->mode[m]);
	number(f, cell->floor[m], cell->mode[m].layouts);
	number(f, cell->kept[m], cell->mode[m].layouts);
	value(f, &d->by);
	number(f, d->by.percent, d->by.layouts);
	fprintf(f, "%s,", mark_text(d));
	number(f, aa->value, aa->layouts);
	number(f, aa->half, aa->layouts);
	text__csv(f, cell->mode[m].layouts && *cell->why ? cell->why :
		  cell->mode[m].why);
	fputc('\n', f);
}

void report__noisy_csv(FILE *f, const struct noisy_comparison *c, bool header)
{
	if (header)
		fputs("base,rig,profile,workload,variant,mode,unit,boots,valid,layouts,cycles,interval,least,most,floor,kept,difference,difference_interval,difference_least,difference_most,difference_percent,mark,aa,aa_interval,why\n",
		      f);
	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++) {
			for (size_t m = 0; m < NR_CYCLES_MODES; m++)
				print_cell(f, c, &c->row[w], v, m);
		}
	}
}

static void print_line(FILE *f, const struct noisy_factors *x,
		       const char *workload, const char *shape,
		       enum cycles_mode m, const char *what,
		       const char *dispatch, const char *profile,
		       const struct noisy_value *v)
{
	fprintf(f, "%s,%s,%s,%s,%s,%s,%s,%s," UNIT ",%zu,", x->base,
		x->set.rig, workload, shape, cycles_mode_names[m], what,
		dispatch, profile, v->layouts);
	value(f, v);
	text__csv(f, v->why ?: "");
	fputc('\n', f);
}

static void print_shape(FILE *f, const struct noisy_factors *x, size_t w,
			size_t s, enum cycles_mode m)
{
	const char *workload = x->row[w].workload, *shape = x->shapes.item[s];
	const struct noisy_shape *sh = &x->row[w].shape[s];
	const struct noisy_effects *e = &sh->effect[m];

	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
		const char *profile = x->profiles.item[p];

		for (size_t d = 0; d < NR_DISPATCHES; d++) {
			print_line(f, x, workload, shape, m, "figure",
				   factors_dispatches[d], profile,
				   &sh->at[d][p].mode[m]);
			if (p != PROFILE_OFF)
				print_line(f, x, workload, shape, m,
					   "profile_adds",
					   factors_dispatches[d], profile,
					   &e->added[d][p]);
		}
		print_line(f, x, workload, shape, m, "direct_saves", "",
			   profile, &e->saved[p]);
		if (p != PROFILE_OFF)
			print_line(f, x, workload, shape, m, "interaction", "",
				   profile, &e->interaction[p]);
	}
}

void report__noisy_factors_csv(FILE *f, const struct noisy_factors *x,
			       bool header)
{
	if (header)
		fputs("base,rig,workload,shape,mode,what,dispatch,profile,unit,layouts,cycles,interval,least,most,why\n",
		      f);
	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t s = 0; s < x->shapes.nr; s++) {
			for (size_t m = 0; m < NR_CYCLES_MODES; m++)
				print_shape(f, x, w, s, m);
		}
	}
}

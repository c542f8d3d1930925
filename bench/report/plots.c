// SPDX-License-Identifier: GPL-2.0
/* See plots.h. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "noisy.h"
#include "plots.h"
#include "run_rigs.h"
#include "text.h"

#define MOST_LINES	6	/* in one picture */

/* A name in quotes: what gnuplot or SVG could take for more becomes '?'. */
static void write_name(FILE *f, const char *s)
{
	fputc('"', f);
	for (; *s; s++)
		fputc((unsigned char)*s < ' ' || *s == 0x7f ||
		      strchr("\"\\<>&`$", *s) ? '?' : *s, f);
	fputc('"', f);
}

static bool in_table(const struct judgement *k, const struct picture *p)
{
	return !strcmp(k->base, p->base) && !strcmp(k->profile, p->profile) &&
	       !strcmp(k->rig, p->rig);
}

static bool in_row(const struct judgement *k, const struct picture *p)
{
	return in_table(k, p) && !strcmp(k->workload, p->workload) &&
	       !strcmp(k->mode, p->mode);
}

static void add(struct pictures *p, const struct picture *one)
{
	struct picture *new;

	p->item = xrealloc(p->item, (p->nr + 1) * sizeof(*p->item));
	new = &p->item[p->nr++];
	*new = *one;
	if (one->rigs) {
		new->name = xasprintf("%s-%s", one->name, one->rig);
		new->title = xasprintf("%s, rig %s", one->title, one->rig);
		free(one->name);
		free(one->title);
	}
	/* It goes into an SVG, where no byte that steers may stand. */
	for (char *c = text__clean(new->title); *c; c++)
		*c = *c == '\n' || *c == '\t' ? '?' : *c;
}

static void build_effect(struct pictures *p, const struct run *run,
			 const struct judgements *j, struct picture one)
{
	(void)run;
	for (size_t i = 0; i < j->nr; i++) {
		if (!in_table(&j->item[i], &one))
			continue;
		one.workload = j->item[i].workload;
		one.mode = j->item[i].mode;
		break;
	}
	for (size_t i = 0; i < j->nr; i++)
		one.lines += in_row(&j->item[i], &one);
	one.lines = one.lines > MOST_LINES ? MOST_LINES : one.lines;
	one.name = xasprintf("%s-%s-%s", one.script, one.base,
			     one.profile);
	one.title = xasprintf("What each variant adds to %s per fault: %s, profile %s",
			      *one.mode ? "cycles" : "instructions", one.base,
			      one.profile);
	add(p, &one);
}

/* A row of which a boot has one figure alone has no distribution. */
static bool has_samples(const struct run *run, const struct judgement *k)
{
	for (size_t i = run__first(run, k->base, k->variant, k->profile,
				   k->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];

		if (r->cycles || (r->nr_bins && r->events > 1))
			return true;
	}
	return false;
}

static bool reference_valid(const struct run *run, const struct judgement *k)
{
	for (size_t i = run__first(run, k->base, k->against, k->profile,
				   k->workload);
	     i < run->nr; i = run__next(run, i)) {
		if (record__valid(run->record[i]))
			return true;
	}
	return false;
}

/* A picture of every row that has more than that; of time, or of instructions. */
static void build_rows(struct pictures *p, const struct run *run,
		       const struct judgements *j, struct picture one, bool time)
{
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];
		bool new = in_table(k, &one) && reference_valid(run, k) &&
			   (*k->mode != 0) == time &&
			   has_samples(run, k) &&
			   (!one.workload || strcmp(k->workload, one.workload) ||
			    strcmp(k->mode, one.mode));

		if (!new)
			continue;
		one.workload = k->workload;
		one.mode = k->mode;
		one.lines = 0;
		for (size_t v = i; v < j->nr && in_row(&j->item[v], &one); v++)
			one.lines += one.lines < MOST_LINES;
		one.name = xasprintf("%s-%s-%s%s%s", k->workload, k->base,
				     k->profile, *k->mode ? "-" : "", k->mode);
		one.title = xasprintf("What each variant adds to %s%s%s over %s: %s, profile %s",
				      k->workload, *k->mode ? ", " : "", k->mode,
				      k->against, k->base, k->profile);
		add(p, &one);
	}
}

static void build_distributions(struct pictures *p, const struct run *run,
				const struct judgements *j, struct picture one)
{
	build_rows(p, run, j, one, false);
}

static void build_layouts(struct pictures *p, const struct run *run,
			  const struct judgements *j, struct picture one)
{
	build_rows(p, run, j, one, true);
}

static void effect_data(FILE *f, const struct picture *p, const struct run *run,
			const struct judgements *j)
{
	(void)run;
	const struct judgement *row = NULL;
	size_t n = 0;

	fputs("workload", f);
	for (size_t i = 0; i < j->nr && n < p->lines; i++) {
		if (!in_row(&j->item[i], p))
			continue;
		fputc(' ', f);
		write_name(f, j->item[i].variant);
		n++;
	}
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (!in_table(k, p))
			continue;
		if (!row || strcmp(k->workload, row->workload) ||
		    strcmp(k->mode, row->mode)) {
			char *name = xasprintf("%s%s%s", k->workload,
					       *k->mode ? " " : "", k->mode);

			fputc('\n', f);
			write_name(f, name);
			free(name);
			row = k;
			n = 0;
		}
		if (n++ < p->lines)
			fprintf(f, isnan(k->percent) ? " NaN" : " %.4f",
				k->percent);
	}
	fputc('\n', f);
}

/* The first valid record of a variant of a picture's row, or NULL. */
static const struct record *valid_of(const struct picture *p,
				     const struct run *run, const char *variant)
{
	for (size_t i = run__first(run, p->base, variant, p->profile,
				   p->workload);
	     i < run->nr; i = run__next(run, i)) {
		if (record__valid(run->record[i]))
			return run->record[i];
	}
	return NULL;
}

static uint64_t faults_in(const struct bin *bin, size_t nr)
{
	uint64_t all = 0;

	for (size_t i = 0; i < nr; i++)
		all += bin[i].count;
	return all;
}

/* Pairs in a row that differ by as much. */
struct step {
	uint64_t from, nr;
	int64_t diff;
};

/*
 * What one fault has, or under two in a thousand, is left out: where two classes of
 * fault meet, one more of the one is a pair of both; and a timer tick is larger
 * than all that is to be seen.
 */
static void write_step(FILE *f, const struct step *s, uint64_t all)
{
	if ((s->nr > 1 || all == 1) && s->nr * 500 >= all)
		fprintf(f, "%.6f %" PRId64 "\n%.6f %" PRId64 "\n",
			100.0 * s->from / all, s->diff,
			100.0 * (s->from + s->nr) / all, s->diff);
}

/* Fault by fault in order of cost, how much more than the reference's. */
static void pairs_data(FILE *f, const struct record *ref, const struct record *r)
{
	size_t nr_a, nr_b, i = 0, k = 0;
	struct bin *a = record__fault_bins(ref, &nr_a);
	struct bin *b = record__fault_bins(r, &nr_b);
	const uint64_t all = faults_in(a, nr_a);
	struct step s = { 0 };

	fputs("0 NaN\n", f);		/* a block is never empty */
	/* Other faults, or from bell to bell, do not pair. */
	if (!all || all != faults_in(b, nr_b))
		goto out;
	while (i < nr_a && k < nr_b) {
		const uint64_t n = a[i].count < b[k].count ? a[i].count : b[k].count;
		const int64_t diff = (int64_t)(b[k].ticks - a[i].ticks);

		if (diff != s.diff) {
			write_step(f, &s, all);
			s = (struct step) { s.from + s.nr, 0, diff };
		}
		s.nr += n;
		a[i].count -= n;
		b[k].count -= n;
		i += !a[i].count;
		k += !b[k].count;
	}
	write_step(f, &s, all);
out:
	free(a);
	free(b);
}

/* A dot a layout: what it adds there, block by block. */
static void layouts_data(FILE *f, const struct picture *p, const struct run *run,
			 const char *against, const char *variant, int place)
{
	const enum cycles_mode m = strcmp(p->mode, "cold") ? CYCLES_HOT :
							     CYCLES_COLD;
	struct noisy_cell ref = noisy__cell(run, p->base, p->profile, against,
					    p->workload);
	struct noisy_cell cell = noisy__cell(run, p->base, p->profile, variant,
					     p->workload);
	const struct noisy_term term[] = { { &cell, 1 }, { &ref, -1 } };
	double *v = xcalloc(run->nr + 1, sizeof(*v));
	size_t unpaired, nr = noisy__each(run, m, term, ARRAY_SIZE(term), v, &unpaired);

	for (size_t i = 0; i < nr; i++)
		fprintf(f, "%.3f %.2f\n", place - 0.3 + 0.6 * (i % 25) / 24, v[i]);
	if (!nr)
		fputs("0 NaN\n", f);
	free(v);
}

/* A variant's difference and its interval, a row. */
static void interval_data(FILE *f, const struct judgement *k, int place)
{
	if (isnan(k->diff) || isnan(k->low))
		fputs("0 NaN NaN NaN\n", f);
	else
		fprintf(f, "%d %.2f %.2f %.2f\n", place, k->diff, k->low, k->high);
}

/* A block of a picture's row: a name, and what follows. */
static void begin_block(FILE *f, bool first, const char *name)
{
	fputs(first ? "" : "\n\n", f);
	write_name(f, name);
	fputc('\n', f);
}

static void distribution_data(FILE *f, const struct picture *p,
			      const struct run *run, const struct judgements *j)
{
	size_t n = 0;

	for (size_t i = 0; i < j->nr && n < p->lines; i++) {
		const struct judgement *k = &j->item[i];
		const struct record *ref, *r;

		if (!in_row(k, p))
			continue;
		begin_block(f, !n++, k->variant);
		ref = valid_of(p, run, k->against);
		r = valid_of(p, run, k->variant);
		if (ref && r)
			pairs_data(f, ref, r);
		else
			fputs("0 NaN\n", f);
	}
}

/* Blocks of dots, a variant each, then as many of their intervals. */
static void layout_rows_data(FILE *f, const struct picture *p,
			     const struct run *run, const struct judgements *j)
{
	for (int intervals = 0; intervals < 2; intervals++) {
		size_t n = 0;

		for (size_t i = 0; i < j->nr && n < p->lines; i++) {
			const struct judgement *k = &j->item[i];

			if (!in_row(k, p))
				continue;
			begin_block(f, !n && !intervals, k->variant);
			if (intervals)
				interval_data(f, k, n);
			else
				layouts_data(f, p, run, k->against, k->variant, n);
			n++;
		}
	}
}

/* Every plot there is: what bench/report/<script>.gp draws. To add one: a script and a row. */
static const struct plot {
	const char *script;
	/* Add the pictures of a base and profile, which one names. */
	void (*build)(struct pictures *p, const struct run *run,
		      const struct judgements *j, struct picture one);
	/* What the script reads. */
	void (*data)(FILE *f, const struct picture *p, const struct run *run,
		     const struct judgements *j);
} plots[] = {
	{ "effect", build_effect, effect_data },
	{ "distribution", build_distributions, distribution_data },
	{ "layouts", build_layouts, layout_rows_data },
};

/* The pictures of one rig; its records are the run's. */
static void add_pictures(struct pictures *p, const struct run *run,
			 const struct judgements *j)
{
	struct picture one = { .mode = "", .rigs = j->rigs };

	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (strcmp(k->rig, run__rig(run)))
			continue;
		one.base = k->base;
		one.profile = k->profile;
		one.rig = k->rig;
		if (!strcmp(k->base, DEFAULT_BASE))
			break;
	}
	if (!one.base)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(plots); i++) {
		one.plot = &plots[i];
		one.script = plots[i].script;
		plots[i].build(p, run, j, one);
	}
}

void pictures__of(struct pictures *p, const struct run *run,
		  const struct judgements *j)
{
	struct run_views v;

	*p = (struct pictures) { 0 };
	run__views(&v, run);
	for (size_t i = 0; i < v.nr; i++)
		add_pictures(p, &v.item[i], j);
	run__free_views(&v);
}

void pictures__free(struct pictures *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free(p->item[i].name);
		free(p->item[i].title);
	}
	free(p->item);
	*p = (struct pictures) { 0 };
}

void picture__data(FILE *f, const struct picture *p, const struct run *run,
		   const struct judgements *j)
{
	struct run view;

	run__view(&view, run, p->rig);
	p->plot->data(f, p, &view, j);
	run__free_view(&view);
}

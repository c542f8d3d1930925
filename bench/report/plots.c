// SPDX-License-Identifier: GPL-2.0
/* See plots.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
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
		one.lines = 1;		/* the reference */
		for (size_t v = i; v < j->nr && in_row(&j->item[v], &one); v++)
			one.lines += one.lines < MOST_LINES;
		one.name = xasprintf("%s-%s-%s%s%s", k->workload, k->base,
				     k->profile, *k->mode ? "-" : "", k->mode);
		one.title = xasprintf("%s%s%s: %s, profile %s", k->workload,
				      *k->mode ? ", " : "", k->mode, k->base,
				      k->profile);
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

/* How large a share of the first valid boot's faults cost so much or more. */
static void distribution_data(FILE *f, const struct record *r)
{
	uint64_t all = 0, left;
	size_t nr;
	struct bin *bin = record__fault_bins(r, &nr);

	for (size_t i = 0; i < nr; i++)
		all += bin[i].count;
	left = all;
	for (size_t i = 0; i < nr; i++) {
		fprintf(f, "%llu %.8f\n", (unsigned long long)bin[i].ticks,
			(double)left / all);
		left -= bin[i].count;
	}
	free(bin);
	/* Nothing else: from bell to bell it is one figure. */
	if (!all)
		fprintf(f, "%llu 1\n", (unsigned long long)r->total);
}

static void layout_data(FILE *f, const struct record *r, int place, size_t nr,
			enum cycles_mode m)
{
	const struct cycles_series *s = &r->cycles->mode[m];

	if (s->nr)
		fprintf(f, "%.3f %.2f\n", place - 0.3 + 0.6 * (nr % 25) / 24,
			noisy__layout(s));
}

/* One variant of a picture's row, as a block of its own. */
static void line_data(FILE *f, const struct picture *p, const struct run *run,
		      const char *variant, int place)
{
	const enum cycles_mode m = strcmp(p->mode, "cold") ? CYCLES_HOT :
							     CYCLES_COLD;
	size_t nr = 0;

	fputs(place ? "\n\n" : "", f);
	write_name(f, variant);
	fputc('\n', f);
	for (size_t i = run__first(run, p->base, variant, p->profile,
				   p->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];

		if (!record__valid(r))
			continue;
		if (r->cycles)
			layout_data(f, r, place, nr++, m);
		else if (!nr++)
			distribution_data(f, r);
	}
	if (!nr)
		fputs("0 NaN\n", f);
}

/* The row of a picture: a block of data for each of its variants. */
static void row_data(FILE *f, const struct picture *p, const struct run *run,
		     const struct judgements *j)
{
	struct strlist order = { 0 };
	struct err ignored;
	size_t n = 0;

	/* The reference is in no judgement of its own. */
	if (!compare__order(run, p->base, p->profile, j->against, NULL, &order,
			    &ignored))
		line_data(f, p, run, order.item[0], n++);
	strlist__free(&order);
	for (size_t i = 0; i < j->nr && n < p->lines; i++) {
		if (in_row(&j->item[i], p))
			line_data(f, p, run, j->item[i].variant, n++);
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
	{ "distribution", build_distributions, row_data },
	{ "layouts", build_layouts, row_data },
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

// SPDX-License-Identifier: GPL-2.0
/*
 * Whole boots by the wall clock, as plain text, as CSV and as gnuplot's data.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "boot_times_report.h"
#include "catalog.h"
#include "hyperfine.h"
#include "rigs.h"
#include "text.h"

#define VARIANT_WIDTH	24

/* What the guest does, in the catalog's words; "" where it is not known. */
static char *class_of(const struct boot_time *t)
{
	struct workload *w;
	char *class;
	struct err e;

	w = catalog__workload(DEFAULT_BASE, t->workload, &e);
	if (!w)
		return xstrdup("");
	class = xasprintf(": %s", w->class);
	workload__free(w);
	return class;
}

static void print_row(FILE *f, const struct boot_times *b,
		      const struct boot_time *t)
{
	const bool reference = !strcmp(t->variant, b->against) && !t->again;
	char *name = xasprintf("%s%s", t->variant, t->again ? " again" : "");

	fprintf(f, "%-*.*s%9.3f", VARIANT_WIDTH, VARIANT_WIDTH - 1, name,
		t->median);
	if (!reference)
		fprintf(f, "%+9.3f%+8.2f%%", t->word.value, t->percent);
	if (!reference && !isnan(t->word.low))
		fprintf(f, "%+9.3f ..%+7.3f", t->word.low, t->word.high);
	else if (!reference)
		fprintf(f, "%19s", "-");
	fprintf(f, "%*zu\n", reference ? 42 : 5, t->rounds);
	free(name);
}

static void print_table(FILE *f, const struct boot_times *b, size_t from,
			size_t to)
{
	const struct boot_time *t = &b->item[from];
	char *class = class_of(t);
	char *head = xasprintf("%s%s", t->workload, class);

	fputc('\n', f);
	text__wrapped(f, 0, text__clean(head));
	fprintf(f, "%-*s%9s%9s%9s%19s%7s\n", VARIANT_WIDTH, "", "seconds",
		"diff", "", "95 % of diff", "rounds");
	for (size_t i = from; i < to; i++)
		print_row(f, b, &b->item[i]);
	for (size_t i = from; i < to; i++) {
		char *why;

		if (!b->item[i].reason)
			continue;
		why = xasprintf("%s: %s", b->item[i].variant, b->item[i].reason);
		text__wrapped(f, 2, text__clean(why));
		free(why);
	}
	free(class);
	free(head);
}

void report__boot_times_text(FILE *f, const struct boot_times *b,
			     const struct run *run)
{
	const char *version = json_string_value(json_object_get(
			json_object_get(run->meta, "rig"), RIG_HYPERFINE));

	fprintf(f, "Whole boots: %s, profile %s, seconds of the wall clock under rig %s\n%s\n",
		b->item[0].base, b->item[0].profile, rigs__default()->name,
		version ?: RIG_HYPERFINE);
	for (size_t i = 0, end; i < b->nr; i = end) {
		for (end = i; end < b->nr &&
		     boot_times__same_table(&b->item[i], &b->item[end]); end++)
			;
		print_table(f, b, i, end);
	}
	fputs("\nseconds       median over rounds, QEMU's start to its end\n"
	      "diff          to the reference's boot in the same round; Hodges-Lehmann,\n"
	      "              an interval needs 6 rounds\n"
	      "again         the reference once more in every round (A/A)\n"
	      "\nIt is the time of an emulated machine: it tells what a user of this suite\n"
	      "waits for, and of the handler only what instructions tell exactly.\n", f);
}

void report__boot_times_csv(FILE *f, const struct run *run)
{
	fputs("base,profile,workload,variant,again,round,seconds\n", f);
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		const char *const text[] = { r->base, r->profile, r->workload,
					     r->variant };
		const struct selected is = { .part = {
			[BY_BASE] = r->base, [BY_PROFILE] = r->profile,
			[BY_WORKLOAD] = r->workload, [BY_VARIANT] = r->variant,
		} };

		if (!rigs__times_boots(r->rig) ||
		    (run->shown && !selection__has(run->shown, &is)))
			continue;
		for (size_t k = 0; k < ARRAY_SIZE(text); k++) {
			text__csv(f, text[k]);
			fputc(',', f);
		}
		fprintf(f, "%s,%llu,%.6f\n",
			hyperfine__again(r->boot) ? "yes" : "no",
			(unsigned long long)hyperfine__round(r->boot), r->wall_s);
	}
}

static size_t place_of(const struct strlist *l, const char *name)
{
	size_t i = 0;

	while (i < l->nr && strcmp(l->item[i], name))
		i++;
	return i;
}

/* Column i of a workload: next to the others, its rounds side by side. */
static void print_points(FILE *f, const struct boot_times *b, const char *name,
			 size_t column, size_t columns,
			 const struct strlist *workloads)
{
	for (size_t i = 0; i < b->nr; i++) {
		const struct boot_time *t = &b->item[i];
		const double width = 0.8 / columns;

		for (size_t k = 0; k < t->rounds; k++) {
			double x = -0.4 + width * (column + 0.15 + 0.7 *
						   (k + 0.5) / t->rounds);

			if (!t->again && !strcmp(t->variant, name))
				fprintf(f, "%.4f %.6f\n",
					place_of(workloads, t->workload) + x,
					t->seconds[k]);
		}
	}
}

size_t report__boot_times_data(FILE *f, const struct boot_times *b)
{
	struct strlist variants = { 0 }, workloads = { 0 };
	size_t nr;

	for (size_t i = 0; i < b->nr; i++) {
		const struct boot_time *t = &b->item[i];

		if (!strlist__has(&variants, t->variant))
			strlist__add(&variants, t->variant);
		if (!strlist__has(&workloads, t->workload))
			strlist__add(&workloads, t->workload);
	}
	for (size_t i = 0; i < workloads.nr; i++)
		fprintf(f, "%zu \"%s\"\n", i, workloads.item[i]);
	for (size_t v = 0; v < variants.nr; v++) {
		fprintf(f, "\n\n\"%s\"\n", variants.item[v]);
		print_points(f, b, variants.item[v], v, variants.nr, &workloads);
	}
	nr = variants.nr;
	strlist__free(&variants);
	strlist__free(&workloads);
	return nr;
}

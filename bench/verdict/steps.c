// SPDX-License-Identifier: GPL-2.0
/*
 * The steps of a series; see steps.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "steps.h"

static bool is_step_of(const char *name, const char *variant)
{
	size_t n = strlen(variant);

	return !strncmp(name, variant, n) && name[n] == '@' &&
	       !strchr(name, '+');
}

void steps__series(const struct run *run, const char *base,
		   const char *profile, struct strlist *names)
{
	struct strlist all = { 0 }, once = { 0 };

	compare__variants(run, base, profile, &all);
	for (size_t i = 0; i < all.nr; i++) {
		char *plain = variant_plain_name(all.item[i]);

		if (is_step_of(all.item[i], plain)) {
			if (!strlist__has(&once, plain))
				strlist__add(&once, plain);
			else if (!strlist__has(names, plain))
				strlist__add(names, plain);
		}
		free(plain);
	}
	strlist__free(&once);
	strlist__free(&all);
}

static int by_number(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}

static void find_steps(const struct run *run, struct steps *s)
{
	struct strlist all = { 0 };

	compare__variants(run, s->base, s->profile, &all);
	s->number = xcalloc(all.nr, sizeof(*s->number));
	for (size_t i = 0; i < all.nr; i++) {
		if (is_step_of(all.item[i], s->variant))
			s->number[s->nr++] = variant_step(all.item[i]);
	}
	qsort(s->number, s->nr, sizeof(*s->number), by_number);
	strlist__free(&all);
}

static void find_titles(const struct run *run, struct steps *s)
{
	json_t *series = json_object_get(run->meta, "series"), *v;
	char *key = xasprintf("%s/%s", s->base, s->variant);
	size_t i;

	json_array_foreach(json_object_get(series, key), i, v) {
		strlist__add(&s->titles, json_string_value(v) ?: "");
	}
	free(key);
}

static void fill_row(const struct run *run, struct steps *s,
		     struct step_row *row)
{
	row->cell = xcalloc(s->nr, sizeof(*row->cell));
	row->diff = xcalloc(s->nr, sizeof(*row->diff));
	row->usable = row->exact = true;
	for (size_t i = 0; i < s->nr; i++) {
		char *name = xasprintf("%s@%d", s->variant, s->number[i]);

		row->cell[i] = compare__cell(run, s->base, s->profile, name,
					     row->workload);
		row->diff[i] = compare__diff(&row->cell[i ? i - 1 : 0],
					     &row->cell[i]);
		row->usable &= row->cell[i].usable;
		row->exact &= row->cell[i].exact;
		s->cells++;
		s->usable += row->cell[i].usable;
		s->exact += row->cell[i].exact;
		s->skipped += row->cell[i].skipped;
		free(name);
	}
}

struct steps steps__make(const struct run *run, const char *base,
			 const char *profile, const char *variant)
{
	struct steps s = {
		.base = base, .profile = profile, .variant = xstrdup(variant),
	};
	struct strlist workloads = { 0 };

	find_steps(run, &s);
	find_titles(run, &s);
	compare__workloads(run, base, profile, &workloads);
	s.row = xcalloc(workloads.nr, sizeof(*s.row));
	for (size_t w = 0; w < workloads.nr; w++) {
		s.row[s.nr_rows].workload = xstrdup(workloads.item[w]);
		fill_row(run, &s, &s.row[s.nr_rows++]);
	}
	strlist__free(&workloads);
	return s;
}

void steps__free(struct steps *s)
{
	for (size_t w = 0; w < s->nr_rows; w++) {
		free((char *)s->row[w].workload);
		free(s->row[w].cell);
		free(s->row[w].diff);
	}
	free(s->row);
	free(s->number);
	free(s->variant);
	strlist__free(&s->titles);
}

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

/* The commits of a run, the start first. */
static json_t *commits_of(const struct run *run)
{
	return json_object_get(run->meta, "commits");
}

static const char *text_of(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

static size_t count_commits(const struct run *run, const char *base)
{
	size_t i, nr = 0;
	json_t *o;

	json_array_foreach(commits_of(run), i, o) {
		nr += !strcmp(text_of(o, "base"), base);
	}
	return nr;
}

void steps__series(const struct run *run, const char *base,
		   const char *profile, struct strlist *names)
{
	struct strlist all = { 0 }, once = { 0 };

	if (count_commits(run, base) > 1)
		strlist__add(names, STEPS_COMMITS);
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
	const struct series_step *x = a, *y = b;

	return x->number - y->number;
}

/* The patches of a series, with their subjects. */
static void find_patches(const struct run *run, struct steps *s)
{
	json_t *series = json_object_get(run->meta, "series"), *titles;
	char *key = xasprintf("%s/%s", s->base, s->variant);
	struct strlist all = { 0 };

	titles = json_object_get(series, key);
	compare__variants(run, s->base, s->profile, &all);
	s->step = xcalloc(all.nr, sizeof(*s->step));
	for (size_t i = 0; i < all.nr; i++) {
		struct series_step *step = &s->step[s->nr];

		if (!is_step_of(all.item[i], s->variant))
			continue;
		*step = (struct series_step) {
			.variant = xstrdup(all.item[i]), .id = "",
			.number = variant_step(all.item[i]),
		};
		step->title = step->number < 1 ? "" :
			json_string_value(json_array_get(titles, step->number - 1)) ?: "";
		s->nr++;
	}
	if (s->nr)
		qsort(s->step, s->nr, sizeof(*s->step), by_number);
	strlist__free(&all);
	free(key);
}

/* Why a kernel of that run does not build, or NULL. */
static const char *failed(const struct run *run, const char *base,
			  const char *variant, const char *profile)
{
	json_t *o;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, o) {
		if (!strcmp(text_of(o, "base"), base) &&
		    !strcmp(text_of(o, "variant"), variant) &&
		    !strcmp(text_of(o, "profile"), profile))
			return json_string_value(json_object_get(o, "failed"));
	}
	return NULL;
}

static void find_commits(const struct run *run, struct steps *s)
{
	json_t *o, *name;
	size_t i, k;

	s->step = xcalloc(count_commits(run, s->base), sizeof(*s->step));
	json_array_foreach(commits_of(run), i, o) {
		struct series_step *step = &s->step[s->nr];

		if (strcmp(text_of(o, "base"), s->base))
			continue;
		*step = (struct series_step) {
			.variant = xstrdup(text_of(o, "variant")),
			.number = s->nr++, .id = text_of(o, "variant"),
			.title = text_of(o, "subject"),
			.failed = failed(run, s->base, text_of(o, "variant"), s->profile),
		};
		json_array_foreach(json_object_get(o, "functions"), k, name) {
			strlist__add(&step->functions, json_string_value(name) ?: "");
		}
	}
}

/* The one before, or where that has no figure the last that has. */
static void fill_row(const struct run *run, struct steps *s,
		     struct step_row *row)
{
	size_t last = 0;

	row->cell = xcalloc(s->nr, sizeof(*row->cell));
	row->diff = xcalloc(s->nr, sizeof(*row->diff));
	row->against = xcalloc(s->nr, sizeof(*row->against));
	row->usable = row->exact = true;
	for (size_t i = 0; i < s->nr; i++) {
		const struct series_step *step = &s->step[i];
		struct cmp_cell *c = &row->cell[i];

		*c = compare__cell(run, s->base, s->profile, step->variant,
				   row->workload);
		row->against[i] = last;
		row->diff[i] = compare__diff(&row->cell[last], c);
		if (c->usable || !row->cell[last].usable)
			last = i;
		row->usable &= c->usable || step->failed;
		row->exact &= c->exact || step->failed;
		s->cells++;
		s->usable += c->usable;
		s->exact += c->exact;
		s->skipped += c->skipped;
	}
}

struct steps steps__make(const struct run *run, const char *base,
			 const char *profile, const char *variant)
{
	struct steps s = {
		.base = base, .profile = profile, .variant = xstrdup(variant),
		.commits = !strcmp(variant, STEPS_COMMITS),
	};
	struct strlist workloads = { 0 };

	if (s.commits)
		find_commits(run, &s);
	else
		find_patches(run, &s);
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
		free(s->row[w].against);
	}
	for (size_t i = 0; i < s->nr; i++) {
		free(s->step[i].variant);
		strlist__free(&s->step[i].functions);
	}
	free(s->row);
	free(s->step);
	free(s->variant);
}

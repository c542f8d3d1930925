// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a run; see matrix.h.
 */
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "factors.h"
#include "matrix.h"

static void copy_list(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; from && i < from->nr; i++) {
		if (!strlist__has(to, from->item[i]))
			strlist__add(to, from->item[i]);
	}
}

/* The names, with "all" put in place; everything where there are none. */
static void fill(struct strlist *to, const struct strlist *from,
		 void (*all)(struct strlist *))
{
	if (!from || !from->nr || strlist__has(from, ALL))
		all(to);
	else
		copy_list(to, from);
}

/* All but those that only another rig has, or that are asked for by name. */
static void all_workloads(const struct matrix *m, const char *base,
			  struct strlist *to)
{
	struct strlist names = { 0 };

	catalog__workloads(&names);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = catalog__workload(base, names.item[i]);

		if (!w->threads && (!*w->rig || !strcmp(w->rig, m->rig)))
			strlist__add(to, names.item[i]);
		workload__free(w);
	}
	strlist__free(&names);
}

static struct section *new_section(struct matrix *m, const char *base)
{
	struct section *s;

	m->item = xrealloc(m->item, (m->nr + 1) * sizeof(*m->item));
	s = &m->item[m->nr++];
	*s = (struct section) { .base = xstrdup(base) };
	return s;
}

void matrix__add(struct matrix *m, const char *base,
		 const struct strlist *variants,
		 const struct strlist *profiles,
		 const struct strlist *workloads)
{
	struct section *s = new_section(m, base);

	copy_list(&s->variants, variants);
	if (!s->variants.nr)
		strlist__add(&s->variants, ALL);
	catalog__expand_variants(base, &s->variants);
	if (!profiles || !profiles->nr)
		strlist__add(&s->profiles, DEFAULT_PROFILE);
	else
		fill(&s->profiles, profiles, catalog__profiles);
	if (!workloads || !workloads->nr || strlist__has(workloads, ALL))
		all_workloads(m, base, &s->workloads);
	else
		copy_list(&s->workloads, workloads);
}

static void add_indirect(struct matrix *m, const char *base)
{
	struct strlist variants = { 0 }, overlays = { 0 }, plain = { 0 };
	struct strlist profiles = { 0 };

	catalog__overlays(base, &overlays);
	catalog__variants(base, &plain);
	for (size_t i = 0; i < plain.nr; i++) {
		char *name = xasprintf("%s+%s", plain.item[i], DISPATCH_INDIRECT);

		strlist__add(&variants, name);
		free(name);
	}
	strlist__split(&profiles, FACTOR_PROFILES, ',');
	if (strlist__has(&overlays, DISPATCH_INDIRECT))
		matrix__add(m, base, &variants, &profiles, NULL);
	strlist__free(&profiles);
	strlist__free(&plain);
	strlist__free(&overlays);
	strlist__free(&variants);
}

static void add_also(struct matrix *m, const char *base)
{
	char *also = catalog__base_value(base, "also");
	struct strlist variants = { 0 };

	strlist__split(&variants, also, ' ');
	if (variants.nr)
		matrix__add(m, base, &variants, NULL, NULL);
	strlist__free(&variants);
	free(also);
}

void matrix__add_everything(struct matrix *m)
{
	struct strlist bases = { 0 }, all = { 0 };

	strlist__add(&all, ALL);
	catalog__bases(&bases);
	for (size_t i = 0; i < bases.nr; i++) {
		matrix__add(m, bases.item[i], NULL, &all, NULL);
		add_indirect(m, bases.item[i]);
		add_also(m, bases.item[i]);
	}
	strlist__free(&bases);
	strlist__free(&all);
}

static json_t *list_to_json(const struct strlist *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->nr; i++)
		json_array_append_new(a, json_string(l->item[i]));
	return a;
}

static void list_from_json(struct strlist *l, json_t *a)
{
	json_t *v;
	size_t i;

	json_array_foreach(a, i, v) {
		if (json_is_string(v))
			strlist__add(l, json_string_value(v));
	}
}

json_t *matrix__to_json(const struct matrix *m)
{
	json_t *a = json_array();

	for (size_t i = 0; i < m->nr; i++) {
		const struct section *s = &m->item[i];

		json_array_append_new(a, json_pack("{ss so so so}",
			"base", s->base,
			"variants", list_to_json(&s->variants),
			"profiles", list_to_json(&s->profiles),
			"workloads", list_to_json(&s->workloads)));
	}
	return a;
}

int matrix__from_json(struct matrix *m, const json_t *sections)
{
	json_t *o, *variants, *profiles, *workloads;
	const char *base;
	size_t i;

	json_array_foreach(sections, i, o) {
		struct section *s;

		if (json_unpack(o, "{ss so so so}", "base", &base,
				"variants", &variants, "profiles", &profiles,
				"workloads", &workloads))
			return -1;
		s = new_section(m, base);
		list_from_json(&s->variants, variants);
		list_from_json(&s->profiles, profiles);
		list_from_json(&s->workloads, workloads);
	}
	return m->nr ? 0 : -1;
}

void matrix__free(struct matrix *m)
{
	for (size_t i = 0; i < m->nr; i++) {
		free(m->item[i].base);
		strlist__free(&m->item[i].variants);
		strlist__free(&m->item[i].profiles);
		strlist__free(&m->item[i].workloads);
	}
	free(m->item);
	*m = (struct matrix) { 0 };
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The sections of a run; see matrix.h.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "factors.h"
#include "matrix.h"
#include "need.h"

static void copy_list(struct strlist *to, const struct strlist *from)
{
	for (size_t i = 0; from && i < from->nr; i++) {
		if (!strlist__has(to, from->item[i]))
			strlist__add(to, from->item[i]);
	}
}

/* By name, by that of a group, or all that are in none. */
static void add_profiles(const struct strlist *names, struct strlist *to)
{
	for (size_t i = 0; i < names->nr; i++) {
		const char *name = names->item[i];
		struct strlist group = { 0 };

		need_profiles_in(strcmp(name, ALL) ? name : "", &group);
		if (group.nr)
			copy_list(to, &group);
		else if (!strlist__has(to, name))
			strlist__add(to, name);
		strlist__free(&group);
	}
}

/*
 * Those of a group; of ALL, those that are in none and that no other rig has
 * first. A row with threads is asked for by name.
 */
static bool is_in(const struct workload *w, const char *group, const char *rig)
{
	return !w->threads && !strcmp(workload__group(w), group) &&
	       (*group ? workload__fits(w, rig) : workload__is_among_all(w, rig));
}

/* Of group "", which is ALL, or another. */
static void add_group(const struct matrix *m, const char *base,
		      const char *group, struct strlist *to)
{
	struct strlist names = { 0 };

	need_workloads(&names);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = need_workload(base, names.item[i]);

		if (is_in(w, group, m->rig) && !strlist__has(to, w->name))
			strlist__add(to, w->name);
		workload__free(w);
	}
	strlist__free(&names);
}

void matrix__workloads(const struct matrix *m, const char *base,
		       struct strlist *to)
{
	add_group(m, base, "", to);
}

static struct section *new_section(struct matrix *m, const char *base)
{
	struct section *s;

	m->item = xrealloc(m->item, (m->nr + 1) * sizeof(*m->item));
	s = &m->item[m->nr++];
	*s = (struct section) { .base = xstrdup(base) };
	copy_list(&s->rigs, &m->rigs);
	if (!s->rigs.nr)
		strlist__add(&s->rigs, m->rig);
	return s;
}

/* Of a workload, with perf around it or without? */
static bool is_workload(const char *name)
{
	char *plain = workload_plain_name(name);
	struct strlist names = { 0 };
	bool is;

	need_workloads(&names);
	is = strlist__has(&names, plain);
	strlist__free(&names);
	free(plain);
	return is;
}

/* By name, or by the group's; all where none is named. */
static void add_workloads(const struct matrix *m, const char *base,
			  const struct strlist *names, struct strlist *to)
{
	if (!names || !names->nr)
		add_group(m, base, "", to);
	for (size_t i = 0; names && i < names->nr; i++) {
		const char *name = names->item[i];
		struct strlist group = { 0 };

		if (!is_workload(name))
			add_group(m, base, strcmp(name, ALL) ? name : "", &group);
		if (group.nr)
			copy_list(to, &group);
		else if (!strlist__has(to, name))
			strlist__add(to, name);
		strlist__free(&group);
	}
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
	need_expanded_variants(base, &s->variants);
	if (!profiles || !profiles->nr)
		strlist__add(&s->profiles, DEFAULT_PROFILE);
	else
		add_profiles(profiles, &s->profiles);
	add_workloads(m, base, workloads, &s->workloads);
}

static struct section *section_of(const struct matrix *m, const char *base)
{
	for (size_t i = 0; i < m->nr; i++) {
		if (!strcmp(m->item[i].base, base))
			return &m->item[i];
	}
	return NULL;
}

void matrix__add_one(struct matrix *m, const char *base, const char *variant,
		     const char *profile, const struct strlist *workloads)
{
	struct section *s = section_of(m, base);
	bool is_new = !s;

	if (is_new)
		s = new_section(m, base);
	if (!strlist__has(&s->variants, variant))
		strlist__add(&s->variants, variant);
	if (!strlist__has(&s->profiles, profile))
		strlist__add(&s->profiles, profile);
	if (!is_new)
		return;
	if (m->nr > 1)
		copy_list(&s->workloads, &m->item[0].workloads);
	else
		add_workloads(m, base, workloads, &s->workloads);
}

static void add_indirect(struct matrix *m, const char *base)
{
	struct strlist variants = { 0 }, overlays = { 0 }, plain = { 0 };
	struct strlist profiles = { 0 };

	need_overlays(base, &overlays);
	need_variants_in(base, "", &plain);
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
	char *also = need_base_value(base, "also");
	struct strlist variants = { 0 };

	strlist__split(&variants, also, ' ');
	if (variants.nr)
		matrix__add(m, base, &variants, NULL, NULL);
	strlist__free(&variants);
	free(also);
}

/* The groups of workloads, but for the Linux guests, which take seconds each. */
static void add_groups(struct matrix *m, const char *base)
{
	struct strlist names = { 0 }, groups = { 0 };

	need_workloads(&names);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = need_workload(base, names.item[i]);
		const char *group = workload__group(w);

		/* No kernel of the default profile has what another backing needs. */
		if (*group && strcmp(group, LINUX_GROUP) &&
		    w->cell.backing == BACKING_ANONYMOUS &&
		    workload__fits(w, m->rig) && !strlist__has(&groups, group))
			strlist__add(&groups, group);
		workload__free(w);
	}
	if (groups.nr)
		matrix__add(m, base, NULL, NULL, &groups);
	strlist__free(&groups);
	strlist__free(&names);
}

static bool has_source(const char *base)
{
	char *package = need_base_value(base, "package");
	char *tree = need_base_value(base, "tree");
	bool has = *package || *tree || getenv("KERNEL_SRC");

	free(tree);
	free(package);
	return has;
}

bool matrix__leaves_out(const char *base)
{
	char *get;

	if (has_source(base))
		return false;
	get = need_base_value(base, "get");
	fprintf(stderr, "  %-7s %s: %s\n", "SKIP", base, get);
	free(get);
	return true;
}

void matrix__add_everything(struct matrix *m)
{
	struct strlist bases = { 0 }, all = { 0 };

	strlist__add(&all, ALL);
	catalog__bases(&bases);
	for (size_t i = 0; i < bases.nr; i++) {
		if (matrix__leaves_out(bases.item[i]))
			continue;
		matrix__add(m, bases.item[i], NULL, &all, NULL);
		add_indirect(m, bases.item[i]);
		add_also(m, bases.item[i]);
		add_groups(m, bases.item[i]);
	}
	strlist__free(&bases);
	strlist__free(&all);
}

void matrix__rigs(const struct matrix *m, struct strlist *to)
{
	for (size_t i = 0; i < m->nr; i++)
		copy_list(to, &m->item[i].rigs);
}

void matrix__add_suffix(struct matrix *m, const char *suffix)
{
	for (size_t i = 0; i < m->nr; i++) {
		struct strlist *l = &m->item[i].workloads;

		for (size_t w = 0, nr = l->nr; w < nr; w++) {
			char *name = xasprintf("%s%s", l->item[w], suffix);

			if (!workload_has_perf(l->item[w]) &&
			    !strlist__has(l, name))
				strlist__add(l, name);
			free(name);
		}
	}
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

/* Of the rig's plain name alone nothing is said, as before there were models. */
static bool is_plain(const struct matrix *m, const struct section *s)
{
	return s->rigs.nr == 1 && !strcmp(s->rigs.item[0], m->rig);
}

json_t *matrix__to_json(const struct matrix *m)
{
	json_t *a = json_array();

	for (size_t i = 0; i < m->nr; i++) {
		const struct section *s = &m->item[i];
		json_t *o = json_pack("{ss so so so}",
			"base", s->base,
			"variants", list_to_json(&s->variants),
			"profiles", list_to_json(&s->profiles),
			"workloads", list_to_json(&s->workloads));

		if (!is_plain(m, s))
			json_object_set_new(o, "rigs", list_to_json(&s->rigs));
		json_array_append_new(a, o);
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
		if (json_object_get(o, "rigs")) {
			strlist__free(&s->rigs);
			list_from_json(&s->rigs, json_object_get(o, "rigs"));
		}
	}
	return m->nr ? 0 : -1;
}

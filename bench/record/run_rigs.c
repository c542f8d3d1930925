// SPDX-License-Identifier: GPL-2.0
/* See run_rigs.h. */
#include <stdlib.h>
#include <string.h>

#include "rigs.h"
#include "run_rigs.h"

static json_t *sections_of(const struct run *run)
{
	return json_object_get(json_object_get(run->meta, "plan"), "sections");
}

const char *run__rig(const struct run *run)
{
	json_t *plan = json_object_get(run->meta, "plan");

	return run->nr ? run->record[0]->rig :
	       json_string_value(json_object_get(plan, "rig")) ?: "";
}

static bool has_record(const struct run *run, const char *rig)
{
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->rig, rig))
			return true;
	}
	return false;
}

static void add_once(struct strlist *l, const char *name)
{
	if (!strlist__has(l, name))
		strlist__add(l, name);
}

void run__rigs(const struct run *run, struct strlist *rigs)
{
	json_t *section, *rig;
	size_t i, k;

	json_array_foreach(sections_of(run), i, section) {
		json_array_foreach(json_object_get(section, "rigs"), k, rig) {
			const char *name = json_string_value(rig);

			if (name && has_record(run, name))
				add_once(rigs, name);
		}
	}
	for (i = 0; i < run->nr; i++)
		add_once(rigs, run->record[i]->rig);
}

bool run__one_rig(const struct run *run, const char **other)
{
	for (size_t i = 1; i < run->nr; i++) {
		const char *a = run->record[0]->rig, *b = run->record[i]->rig;
		const struct rig_facts *row = rigs__facts(a);

		/* A rig that is not known here has no models here. */
		if (!strcmp(a, b) || (*row->name && row == rigs__facts(b)))
			continue;
		if (other)
			*other = b;
		return false;
	}
	return true;
}

json_t *run__rig_object(const struct run *run, const char *rig)
{
	json_t *o = json_object_get(run->meta, "rig");

	return json_is_object(json_object_get(o, rig)) ?
	       json_object_get(o, rig) : o;
}

/* Is a section of the plan of that rig? One that names none is of all. */
static bool section_has(json_t *section, const char *rig)
{
	json_t *rigs = json_object_get(section, "rigs"), *name;
	size_t i;

	json_array_foreach(rigs, i, name) {
		if (json_string_value(name) && !strcmp(json_string_value(name), rig))
			return true;
	}
	return !rigs;
}

/* run.json as it would be of this rig alone. */
static json_t *meta_of(const struct run *run, const char *rig)
{
	json_t *meta = json_copy(run->meta), *plan, *sections, *section;
	json_t *one = run__rig_object(run, rig);
	size_t i;

	if (one)
		json_object_set(meta, "rig", one);
	plan = json_copy(json_object_get(run->meta, "plan"));
	if (!json_is_object(plan) || !sections_of(run)) {
		json_decref(plan);
		return meta;
	}
	sections = json_array();
	json_array_foreach(sections_of(run), i, section) {
		if (section_has(section, rig))
			json_array_append(sections, section);
	}
	json_object_set_new(plan, "sections", sections);
	json_object_set_new(meta, "plan", plan);
	return meta;
}

void run__view(struct run *view, const struct run *run, const char *rig)
{
	*view = *run;
	view->index = NULL;
	view->meta = meta_of(run, rig);
	view->nr = 0;
	view->record = xcalloc(run->nr + 1, sizeof(struct record *));
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->rig, rig))
			view->record[view->nr++] = run->record[i];
	}
}

void run__free_view(struct run *view)
{
	run__forget_index(view);
	json_decref(view->meta);
	free(view->record);
	*view = (struct run) { 0 };
}

void run__views(struct run_views *v, const struct run *run)
{
	struct strlist rigs = { 0 };

	run__rigs(run, &rigs);
	if (!rigs.nr)
		strlist__add(&rigs, run__rig(run));
	v->item = xcalloc(rigs.nr, sizeof(*v->item));
	v->nr = rigs.nr;
	for (size_t i = 0; i < rigs.nr; i++)
		run__view(&v->item[i], run, rigs.item[i]);
	strlist__free(&rigs);
}

void run__free_views(struct run_views *v)
{
	for (size_t i = 0; i < v->nr; i++)
		run__free_view(&v->item[i]);
	free(v->item);
	*v = (struct run_views) { 0 };
}

char *run__emulator(const struct run *run)
{
	static const char *const keys[][2] = {
		{ "qemu", "" },		/* as it calls itself */
		{ "bochs", "Bochs " },	/* its version */
	};
	json_t *rig = json_object_get(run->meta, "rig");

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const char *is = json_string_value(json_object_get(rig, keys[i][0]));

		if (is && *is)
			return xasprintf("%s%s", keys[i][1], is);
	}
	return NULL;
}

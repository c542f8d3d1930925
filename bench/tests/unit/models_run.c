// SPDX-License-Identifier: GPL-2.0
/*
 * A run of several CPU models made from a committed run of one: every record
 * once a model, under the name of its rig. No test, but a helper of models.bats.
 *
 *	models_run FROM TO BASE RIG:ADD[:VARIANT=MORE]...
 *
 * BASE		the base whose records are taken
 * RIG:ADD	"bochs-intel:127": the rig, and instructions more in every fault
 * VARIANT=MORE	and more on top of that in the cells of this variant
 */
#include <stdlib.h>
#include <string.h>

#include "attribution.h"
#include "record.h"
#include "rigs.h"
#include "run_rigs.h"

struct model {
	const char *rig;
	int64_t add;
	const char *variant;	/* whose faults have more, or NULL */
	int64_t more;
};

static void copy_attribution(const struct run *from, const struct record *old,
			     const struct run *to, const struct record *r)
{
	char *new = run__attribution(to, r);
	struct attribution a;
	char err[512];

	if (attribution__there(from, old)) {
		if (attribution__load(&a, from, old, err, sizeof(err)) ||
		    attribution__write(&a, new))
			die(EXIT_STORAGE, "cannot make %s", new);
		attribution__free(&a);
	}
	free(new);
}

static void copy_record(const struct run *from, struct run *to,
			const struct record *old, const struct model *m)
{
	struct err e;
	struct record *r = record__copy(old, &e);
	int64_t add = m->add;

	if (!r)
		die_err(&e);
	if (m->variant && !strcmp(m->variant, r->variant))
		add += m->more;
	free(r->rig);
	r->rig = xstrdup(m->rig);
	r->total += add * r->events;
	for (size_t i = 0; i < r->nr_bins; i++)
		r->bin[i].ticks += add;
	copy_attribution(from, old, to, r);
	if (run__append(to, r))
		die(EXIT_STORAGE, "cannot write into %s", to->dir);
}

static json_t *rig_object(const char *rig)
{
	const struct rig_model *m = rigs__model(rig);

	return json_pack("{ss ss ss ss}", "name", rig,
			 "bochs", "2.7",
			 "cpu", m ? m->cpu : "of tomorrow",
			 "host_cpio_sha256", "00");
}

static void set_meta(struct run *to, const struct model *m, size_t nr,
		     const char *base)
{
	json_t *plan = json_object_get(to->meta, "plan"), *section;
	json_t *rigs = json_array(), *objects = json_object();
	json_t *sections = json_array();
	size_t i;

	for (i = 0; i < nr; i++) {
		json_array_append_new(rigs, json_string(m[i].rig));
		json_object_set_new(objects, m[i].rig, rig_object(m[i].rig));
	}
	json_array_foreach(json_object_get(plan, "sections"), i, section) {
		if (strcmp(json_string_value(json_object_get(section, "base")), base))
			continue;
		json_object_set(section, "rigs", rigs);
		json_array_append(sections, section);
	}
	json_object_set_new(plan, "sections", sections);
	json_object_set_new(plan, "rig", json_string("bochs"));
	json_object_set_new(to->meta, "rig", nr > 1 ? objects :
			    rig_object(m[0].rig));
}

static struct model parse_model(char *arg)
{
	struct model m = { .rig = strsep(&arg, ":") };
	char *variant;

	if (!arg)
		die(EXIT_USAGE, "%s: RIG:ADD[:VARIANT=MORE]", m.rig);
	m.add = strtoll(strsep(&arg, ":"), NULL, 10);
	if (!arg)
		return m;
	variant = strsep(&arg, "=");
	m.variant = variant;
	m.more = strtoll(arg ?: "", NULL, 10);
	return m;
}

int main(int argc, char **argv)
{
	struct model model[8] = { 0 };
	struct run from, to = { 0 };
	size_t nr = 0;
	struct err e;
	char *dir;

	if (argc < 5 || argc > 12)
		die(EXIT_USAGE, "models_run FROM TO BASE RIG:ADD...");
	for (char **arg = argv + 4; *arg; arg++) {
		model[nr++] = parse_model(*arg);
	}
	if (run__read(&from, argv[1], &e))
		die_err(&e);
	to = (struct run) { .dir = argv[2], .meta = json_deep_copy(from.meta) };
	set_meta(&to, model, nr, argv[3]);
	dir = run__path(&to, "attribution");
	if (path_make(dir) || run__save_meta(&to))
		die(EXIT_STORAGE, "cannot make %s", dir);
	for (size_t i = 0; i < from.nr * nr; i++) {
		const struct record *r = from.record[i / nr];

		if (!strcmp(r->base, argv[3]))
			copy_record(&from, &to, r, &model[i % nr]);
	}
	return 0;
}

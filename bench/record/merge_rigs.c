// SPDX-License-Identifier: GPL-2.0
/* See merge_rigs.h. */
#include "merge_rigs.h"

/* The objects of "rig" by the names that cells have, of one or of several. */
static json_t *rigs_of(const struct run *run)
{
	json_t *rig = json_object_get(run->meta, "rig"), *all;
	const char *name = json_string_value(json_object_get(rig, "name"));

	if (!name)
		return json_incref(rig);
	all = json_object();
	json_object_set(all, name, rig);
	return all;
}

/* Of one program, though with another CPU model? */
static bool same_program(json_t *a, json_t *b)
{
	static const char *const of_model[] = { "name", "cpu" };
	json_t *x = json_copy(a), *y = json_copy(b);
	bool equal;

	for (size_t i = 0; i < ARRAY_SIZE(of_model); i++) {
		json_object_del(x, of_model[i]);
		json_object_del(y, of_model[i]);
	}
	equal = json_equal(x, y);
	json_decref(x);
	json_decref(y);
	return equal;
}

bool merge__same_programs(const struct run *a, const struct run *b)
{
	json_t *of_a = rigs_of(a), *of_b = rigs_of(b), *rig, *other;
	bool all = true;
	const char *name, *its;

	json_object_foreach(of_b, name, rig) {
		json_t *have = json_object_get(of_a, name);
		bool one = have && json_equal(have, rig);

		if (!have) {
			json_object_foreach(of_a, its, other)
				one |= same_program(other, rig);
		}
		all &= one;
	}
	json_decref(of_a);
	json_decref(of_b);
	return all;
}

json_t *merge__all_rigs(const struct run *part, size_t nr)
{
	json_t *all = json_object(), *one;

	for (size_t i = 0; i < nr; i++) {
		json_t *rigs = rigs_of(&part[i]);

		json_object_update(all, rigs);
		json_decref(rigs);
	}
	if (json_object_size(all) != 1)
		return all;
	one = json_incref(json_object_iter_value(json_object_iter(all)));
	json_decref(all);
	return one;
}

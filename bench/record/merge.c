// SPDX-License-Identifier: GPL-2.0
/*
 * What several runs say, as one run; see merge.h. The folder is merge_write.c's.
 */
#include <stdlib.h>
#include <string.h>
#include <openssl/evp.h>

#include "merge.h"
#include "merge_rigs.h"

static const char *text_in(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

static json_t *in_plan(const struct run *run, const char *key)
{
	return json_object_get(json_object_get(run->meta, "plan"), key);
}

static bool same(const json_t *a, const json_t *b)
{
	return a == b || (a && b && json_equal(a, b));
}

static int check_whole(const struct run *part, struct err *err)
{
	const char *state = text_in(part->meta, "state");

	if (part->bad)
		return err__set(err, EXIT_BAD_RECORD, "%zu lines are no records; measure them again: faultline run --resume %s\n%s",
				part->bad, part->dir, part->bad_text);
	if (strcmp(state, "finished"))
		return err__set(err, EXIT_NO_DATA, "%s is not finished (it is %s); go on with it first: faultline run --resume %s",
				part->dir, *state ? state : "of no state", part->dir);
	if (!*text_in(part->meta, "id") || !*text_in(part->meta, "started") ||
	    !json_is_array(in_plan(part, "sections")))
		return err__set(err, EXIT_BAD_RECORD, "%s/run.json has no id, start or plan; only a run that 'faultline run' made can be merged",
				part->dir);
	return 0;
}

/* What must be the same in all parts, and how it is called. */
static int check_programs(const struct run *a, const struct run *b,
			  struct err *err)
{
	static const char *const plan[] = { "rig", "boots", "boot_limit_s",
					    "attribute", "perturb", "seconds" };

	for (size_t i = 0; i < ARRAY_SIZE(plan); i++) {
		if (!same(in_plan(a, plan[i]), in_plan(b, plan[i])))
			return err__set(err, EXIT_CHANGED, "%s and %s are no parts of one run: their plans differ in '%s'",
					a->dir, b->dir, plan[i]);
	}
	if (!same(json_object_get(a->meta, "rig"), json_object_get(b->meta, "rig")) &&
	    !merge__same_programs(a, b))
		return err__set(err, EXIT_CHANGED, "%s and %s were measured with other programs: 'rig' of their run.json differs; measure one of them again where the other was",
				a->dir, b->dir);
	if (strcmp(text_in(json_object_get(a->meta, "tool"), "revision"),
		   text_in(json_object_get(b->meta, "tool"), "revision")))
		return err__set(err, EXIT_CHANGED, "%s and %s are of other revisions of Faultline; measure one of them again with the other's",
				a->dir, b->dir);
	return 0;
}

/* A cell of a noisy rig is compared with what ran with it on one machine. */
static int check_machines(const struct run *a, const struct run *b,
			  struct err *err)
{
	static const char *const key[] = { "cpu", "cpus", "arch" };
	json_t *ma = json_object_get(a->meta, "machine");
	json_t *mb = json_object_get(b->meta, "machine");

	for (size_t i = 0; i < ARRAY_SIZE(key); i++) {
		if (!same(json_object_get(ma, key[i]), json_object_get(mb, key[i])))
			return err__set(err, EXIT_CHANGED, "%s and %s are cycles of two machines: their '%s' differs",
					a->dir, b->dir, key[i]);
	}
	return 0;
}

static int check_bases(const struct run *a, const struct run *b,
		       struct err *err)
{
	for (size_t i = 0; i < a->nr; i++) {
		for (size_t k = 0; k < b->nr; k++) {
			if (!strcmp(a->record[i]->base, b->record[k]->base))
				return err__set(err, EXIT_DISAGREE, "base %s is in %s and in %s: cells of rig %s are paired within a process, so a base is in one part as a whole",
						a->record[i]->base, a->dir, b->dir,
						a->record[i]->rig);
		}
	}
	return 0;
}

static bool is_noisy(const struct run *run)
{
	for (size_t i = 0; i < run->nr; i++) {
		if (record__noisy(run->record[i]))
			return true;
	}
	return false;
}

/* Of one base one source and one compiler; of one cell one kernel. */
static int check_kernel(json_t *a, json_t *b, const char *dir,
			struct err *err)
{
	static const char *const of_base[] = { "source_sha256", "compiler" };
	static const char *const of_cell[] = { "vmlinux_sha256",
					       "handler_sha256" };
	bool cell = !strcmp(text_in(a, "variant"), text_in(b, "variant")) &&
		    !strcmp(text_in(a, "profile"), text_in(b, "profile"));

	if (strcmp(text_in(a, "base"), text_in(b, "base")))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(of_base); i++) {
		if (strcmp(text_in(a, of_base[i]), text_in(b, of_base[i])))
			return err__set(err, EXIT_CHANGED, "%s: base %s has another %s than in the parts before it; measure it again with theirs",
					dir, text_in(a, "base"), of_base[i]);
	}
	for (size_t i = 0; cell && i < ARRAY_SIZE(of_cell); i++) {
		if (strcmp(text_in(a, of_cell[i]), text_in(b, of_cell[i])))
			return err__set(err, EXIT_CHANGED, "%s: the kernel of %s/%s, profile %s has another %s than in the parts before it",
					dir, text_in(a, "base"), text_in(a, "variant"),
					text_in(a, "profile"), of_cell[i]);
	}
	return 0;
}

static bool same_kernel(json_t *a, json_t *b)
{
	return !strcmp(text_in(a, "base"), text_in(b, "base")) &&
	       !strcmp(text_in(a, "variant"), text_in(b, "variant")) &&
	       !strcmp(text_in(a, "profile"), text_in(b, "profile"));
}

static int add_kernels(json_t *all, const struct run *part, struct err *err)
{
	json_t *k, *have;
	size_t i, n;

	json_array_foreach(json_object_get(part->meta, "kernels"), i, k) {
		bool there = false;

		json_array_foreach(all, n, have) {
			if (check_kernel(have, k, part->dir, err))
				return -1;
			there |= same_kernel(have, k);
		}
		if (!there)
			json_array_append(all, k);
	}
	return 0;
}

static int add_series(json_t *all, const struct run *part, struct err *err)
{
	const char *key;
	json_t *titles;

	json_object_foreach(json_object_get(part->meta, "series"), key, titles) {
		json_t *have = json_object_get(all, key);

		if (have && !json_equal(have, titles))
			return err__set(err, EXIT_CHANGED, "%s: the series of %s is another than in the parts before it",
					part->dir, key);
		json_object_set(all, key, titles);
	}
	return 0;
}

static bool list_has(json_t *list, const char *s)
{
	json_t *v;
	size_t i;

	json_array_foreach(list, i, v) {
		if (json_is_string(v) && !strcmp(json_string_value(v), s))
			return true;
	}
	return false;
}

static void list_add(json_t *list, json_t *more)
{
	json_t *v;
	size_t i;

	json_array_foreach(more, i, v) {
		if (json_is_string(v) && !list_has(list, json_string_value(v)))
			json_array_append(list, v);
	}
}

/*
 * Two products of lists that differ in one list are the product of the union of
 * that list: is b in a now?
 */
static bool join_sections(json_t *a, json_t *b)
{
	static const char *const key[] = { "variants", "profiles", "workloads",
					   "rigs" };
	const char *other = NULL;

	if (strcmp(text_in(a, "base"), text_in(b, "base")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(key); i++) {
		if (same(json_object_get(a, key[i]), json_object_get(b, key[i])))
			continue;
		if (other || !json_object_get(a, key[i]) ||
		    !json_object_get(b, key[i]))
			return false;
		other = key[i];
	}
	if (other)
		list_add(json_object_get(a, other), json_object_get(b, other));
	return true;
}

/* Sections that were split are one again, from the last one back. */
static void add_sections(json_t *all, const struct run *part)
{
	json_t *sec;
	size_t i;

	json_array_foreach(in_plan(part, "sections"), i, sec) {
		size_t n;

		json_array_append_new(all, json_deep_copy(sec));
		while ((n = json_array_size(all)) > 1 &&
		       join_sections(json_array_get(all, n - 2),
				     json_array_get(all, n - 1)))
			json_array_remove(all, n - 1);
	}
}

/* 1: it is there, the very same; 0: it is not; -1: with other figures. */
static int is_there(const struct run *out, const struct record *r,
		    const struct run *part, struct err *err)
{
	for (size_t i = 0; i < out->nr; i++) {
		const struct record *have = out->record[i];

		if (have->boot != r->boot || !record__same_cell(have, r))
			continue;
		if (have->outcome != r->outcome || !record__bit_equal(have, r) ||
		    strcmp(have->vmlinux_sha256, r->vmlinux_sha256))
			return err__set(err, EXIT_DISAGREE, "%s: boot %llu of %s/%s, profile %s, %s is in a part before it as well, with other figures; leave one of the two out",
					part->dir, (unsigned long long)r->boot,
					r->base, r->variant, r->profile, r->workload);
		return 1;
	}
	return 0;
}

static int add_records(struct run *out, const struct run *part,
		       struct err *err)
{
	for (size_t i = 0; i < part->nr; i++) {
		int there = is_there(out, part->record[i], part, err);

		if (there < 0)
			return -1;
		if (there)
			continue;
		out->record = xrealloc(out->record, (out->nr + 1) *
				       sizeof(struct record *));
		out->record[out->nr] = record__copy(part->record[i], err);
		if (!out->record[out->nr])
			return -1;
		out->nr++;
	}
	return 0;
}

/* What a part says of where it comes from. */
static json_t *origin_of(const struct run *part)
{
	static const char *const keep[] = { "id", "started", "finished",
					    "command", "tool", "machine", "parts" };
	char *sha256 = run__records_sha256(part);
	json_t *o = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(keep); i++) {
		json_t *v = json_object_get(part->meta, keep[i]);

		if (v)
			json_object_set(o, keep[i], v);
	}
	json_object_set_new(o, "records_sha256", json_string(sha256));
	free(sha256);
	return o;
}

/* "20261122T201210Z-1a2b3": the first start, and the parts in five digits. */
static char *id_of(const char *started, json_t *parts)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char stamp[32] = "", *digest, *id;
	json_t *p;
	size_t i, n = 0;

	for (const char *s = started; *s && n < sizeof(stamp) - 1; s++) {
		if (*s != '-' && *s != ':')
			stamp[n++] = *s == '/' ? '_' : *s;
	}
	EVP_DigestInit_ex(md, EVP_sha256(), NULL);
	json_array_foreach(parts, i, p) {
		const char *of = text_in(p, "id");

		EVP_DigestUpdate(md, of, strlen(of) + 1);
		of = text_in(p, "records_sha256");
		EVP_DigestUpdate(md, of, strlen(of) + 1);
	}
	digest = sha256_text(md);
	id = xasprintf("%s-%.5s", stamp, digest);
	free(digest);
	EVP_MD_CTX_free(md);
	return id;
}

/* One machine's words, or how many there were. */
static json_t *machine_of(const struct run *part, size_t nr)
{
	json_t *m = json_deep_copy(json_object_get(part[0].meta, "machine"));
	struct strlist cpus = { 0 };

	for (size_t i = 0; i < nr; i++) {
		const char *cpu = text_in(json_object_get(part[i].meta,
							  "machine"), "cpu");

		if (!strlist__has(&cpus, cpu))
			strlist__add(&cpus, cpu);
	}
	if (m && cpus.nr > 1) {
		char *all = strlist__join(&cpus, "; ");

		json_object_set_new(m, "cpu", json_string(all));
		free(all);
	}
	strlist__free(&cpus);
	return m ?: json_object();
}

static json_t *tool_of(const struct run *part, size_t nr)
{
	json_t *tool = json_deep_copy(json_object_get(part[0].meta, "tool"));

	/* Changed where one part is, not known where one is not known. */
	for (size_t i = 0; i < nr; i++) {
		json_t *changed = json_object_get(json_object_get(part[i].meta,
						  "tool"), "changed");

		if (json_is_true(changed) || (json_is_null(changed) &&
		    !json_is_true(json_object_get(tool, "changed"))))
			json_object_set(tool, "changed", changed);
	}
	return tool ?: json_object();
}

/* The first or the last of a time that all parts have. */
static const char *time_of(const struct run *part, size_t nr, const char *key,
			   int sign)
{
	const char *t = text_in(part[0].meta, key);

	for (size_t i = 1; i < nr; i++) {
		if (strcmp(text_in(part[i].meta, key), t) * sign > 0)
			t = text_in(part[i].meta, key);
	}
	return t;
}

/* The lists of all parts, each once; whoever calls frees them. */
struct lists {
	json_t *parts, *kernels, *series, *sections;
};

static int add_lists(struct lists *l, const struct run *part, size_t nr,
		     struct err *err)
{
	*l = (struct lists) { json_array(), json_array(), json_object(),
			      json_array() };
	for (size_t i = 0; i < nr; i++) {
		if (add_kernels(l->kernels, &part[i], err) ||
		    add_series(l->series, &part[i], err))
			return -1;
		add_sections(l->sections, &part[i]);
		json_array_append_new(l->parts, origin_of(&part[i]));
	}
	return 0;
}

static void free_lists(struct lists *l)
{
	json_decref(l->parts);
	json_decref(l->kernels);
	json_decref(l->series);
	json_decref(l->sections);
}

static json_t *meta_of(const struct lists *l, const struct run *part, size_t nr)
{
	json_t *plan = json_deep_copy(json_object_get(part[0].meta, "plan"));
	const char *started = time_of(part, nr, "started", -1);
	char *id = id_of(started, l->parts);
	json_t *meta;

	json_object_set(plan, "sections", l->sections);
	meta = json_pack("{si ss ss ss ss so so so sO sO sO so}",
			 "schema", RUN_SCHEMA, "id", id, "started", started,
			 "finished", time_of(part, nr, "finished", 1),
			 "state", "finished", "tool", tool_of(part, nr),
			 "machine", machine_of(part, nr), "plan", plan,
			 "kernels", l->kernels, "series", l->series,
			 "parts", l->parts,
			 "rig", merge__all_rigs(part, nr));
	free(id);
	return meta;
}

static int check_parts(const struct run *part, size_t nr, struct err *err)
{
	for (size_t i = 0; i < nr; i++) {
		if (check_whole(&part[i], err) ||
		    (i && check_programs(&part[0], &part[i], err)))
			return -1;
		for (size_t k = 0; k < i; k++) {
			if (!is_noisy(&part[i]) && !is_noisy(&part[k]))
				continue;
			if (check_machines(&part[k], &part[i], err) ||
			    check_bases(&part[k], &part[i], err))
				return -1;
		}
	}
	return 0;
}

int run__merge(struct run *out, const struct run *part, size_t nr,
	       struct err *err)
{
	struct lists l;
	int r;

	*out = (struct run) { 0 };
	if (check_parts(part, nr, err))
		return -1;
	r = add_lists(&l, part, nr, err);
	if (!r)
		out->meta = meta_of(&l, part, nr);
	free_lists(&l);
	for (size_t i = 0; i < nr && !r; i++)
		r = add_records(out, &part[i], err);
	if (r)
		run__free(out);
	return r;
}

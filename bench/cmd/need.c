// SPDX-License-Identifier: GPL-2.0
/*
 * Library calls that end the program where they fail; see need.h.
 */
#include <stdlib.h>
#include <string.h>

#include "need.h"

/* 0 of a call that may have set e: go on. */
static void must(int r, const struct err *e)
{
	if (r)
		die_err(e);
}

static void *must_have(void *p, const struct err *e)
{
	if (!p)
		die_err(e);
	return p;
}

void need_name(const char *kind, const char *name, const struct strlist *known)
{
	struct err e;

	must(catalog__check_name(kind, name, known, &e), &e);
}

void need_variants(const char *base, struct strlist *names)
{
	struct err e;

	must(catalog__variants(base, names, &e), &e);
}

void need_variants_in(const char *base, const char *group,
		      struct strlist *names)
{
	struct err e;

	must(catalog__variants_in(base, group, names, &e), &e);
}

void need_overlays(const char *base, struct strlist *names)
{
	struct err e;

	must(catalog__overlays(base, names, &e), &e);
}

void need_profiles(struct strlist *names)
{
	struct err e;

	must(catalog__profiles(names, &e), &e);
}

void need_profiles_in(const char *group, struct strlist *names)
{
	struct err e;

	must(catalog__profiles_in(group, names, &e), &e);
}

void need_workloads(struct strlist *names)
{
	struct err e;

	must(catalog__workloads(names, &e), &e);
}

void need_expanded_variants(const char *base, struct strlist *names)
{
	struct err e;

	must(catalog__expand_variants(base, names, &e), &e);
}

char *need_base_value(const char *base, const char *key)
{
	struct err e;

	return must_have(catalog__base_value(base, key, &e), &e);
}

char *need_overlay_title(const char *base, const char *overlay)
{
	struct err e;

	return must_have(catalog__overlay_title(base, overlay, &e), &e);
}

struct variant *need_variant(const char *base, const char *name)
{
	struct err e;

	return must_have(catalog__variant(base, name, &e), &e);
}

char *need_stock(const char *base)
{
	struct strlist names = { 0 };
	char *stock = NULL;

	need_variants(base, &names);
	for (size_t i = 0; i < names.nr && !stock; i++) {
		struct variant *v = need_variant(base, names.item[i]);

		if (v->stock)
			stock = xstrdup(v->name);
		variant__free(v);
	}
	if (!stock)
		die(EXIT_UNKNOWN_NAME, "base %s has no variant with an empty series to compare the others with; add one: scripts/new variant",
		    base);
	strlist__free(&names);
	return stock;
}

struct profile *need_profile(const char *base, const char *name)
{
	struct err e;

	return must_have(catalog__profile(base, name, &e), &e);
}

struct workload *need_workload(const char *base, const char *name)
{
	struct err e;

	return must_have(catalog__workload(base, name, &e), &e);
}

void need_selftests(struct selftests *list, const char *base,
		    const struct strlist *only)
{
	struct err e;

	must(selftests__read(list, base, only, &e), &e);
}

void need_judgements(struct judgements *j, const struct run *run,
		     const struct judge_options *o)
{
	struct err e;

	must(judge__run(j, run, o, &e), &e);
}

struct history *need_history(const char *path, enum history_mode mode)
{
	struct err e;

	return must_have(history__open(path, mode, &e), &e);
}

void need_no_error(const struct history *h)
{
	const struct err *e = history__error(h);

	if (e)
		die_err(e);
}

struct attr_cmp need_attributions(const struct run *run, const char *base,
				  const char *profile, const char *workload,
				  const char *class, const char *against,
				  const struct strlist *variants)
{
	struct attr_cmp c;
	struct err e;

	must(attribute__compare(&c, run, base, profile, workload, class,
				against, variants, &e), &e);
	return c;
}

void need_run(struct run *run, const char *dir)
{
	struct err e;

	must(run__read(run, dir, &e), &e);
}

void need_new_run(struct run *run, const char *parent, json_t *meta)
{
	struct err e;

	must(run__create(run, parent, meta, &e), &e);
}

struct record *need_copy(const struct record *r)
{
	struct err e;

	return must_have(record__copy(r, &e), &e);
}

void need_lock(void)
{
	struct err e;

	must(lock__take_checkout(&e), &e);
}

void die_script(const char *script, int code)
{
	if (code == EXIT_INTERRUPTED)
		die(code, "interrupted in scripts/%s; what it has compiled is kept, and the same command goes on from there",
		    script);
	if (code > 128)
		die(EXIT_INTERNAL, "scripts/%s was killed by signal %d; the same command goes on from there",
		    script, code - 128);
	exit(code);
}

char *need_script(const char *const *argv)
{
	const char *name = strrchr(argv[0], '/');
	int code;
	char *said = spawn__script(argv, &code);

	if (code)
		die_script(name ? name + 1 : argv[0], code);
	said[strcspn(said, "\n")] = '\0';
	return said;
}

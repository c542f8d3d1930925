// SPDX-License-Identifier: GPL-2.0
/*
 * A night of its own made from a committed run: another id, start and revision,
 * and what is planted. No test, but a helper of alert.bats.
 *
 *	alert_run FROM TO ID STARTED REVISION [PLANT...]
 *
 * VARIANT WORKLOAD FUNCTION N [same]	N instructions more in every fault of the
 *	cells that both globs match, in one function of their attribution; `same`:
 *	the handler's code is the same nevertheless
 * profile=GLOB	the plants that follow are of cells of those profiles alone
 * only=BASE	the cells of the others are left out
 * rename=OLD/NEW	a variant has another name
 * release=R, compiler=C, linker=L, source=SHA256	of every kernel
 * qemu=VERSION		of the emulator
 * hist=VARIANT/WORKLOAD/TICKS:COUNT,...	the samples of those cells
 */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attribution.h"
#include "run.h"

#define PLANTS	16

static struct plant {
	const char *variant, *workload, *profile, *function, *bins;
	int64_t more;
	bool same_code;
} plant[PLANTS];
static size_t plants;
static const char *profile = "*", *only, *old_name = "", *new_name;

/* The last one for this cell, or NULL. */
static const struct plant *plant_of(const struct record *r)
{
	for (size_t i = plants; i; i--) {
		if (!fnmatch(plant[i - 1].variant, r->variant, 0) &&
		    !fnmatch(plant[i - 1].workload, r->workload, 0) &&
		    !fnmatch(plant[i - 1].profile, r->profile, 0))
			return &plant[i - 1];
	}
	return NULL;
}

/* "12261:471,15801:379": the samples of every boot of the cell. */
static void set_bins(struct record *r, const char *text)
{
	struct strlist l = { 0 };

	strlist__split(&l, text, ',');
	r->bin = xrealloc(r->bin, l.nr * sizeof(*r->bin));
	r->nr_bins = l.nr;
	for (size_t i = 0; i < l.nr; i++) {
		char *count = strchr(l.item[i], ':');

		if (!count)
			die(EXIT_USAGE, "'%s' is not TICKS:COUNT", l.item[i]);
		r->bin[i] = (struct bin) { strtoull(l.item[i], NULL, 10),
					   strtoull(count + 1, NULL, 10) };
	}
	strlist__free(&l);
}

static void plant_in(struct record *r, const struct plant *p)
{
	if (p->bins) {
		set_bins(r, p->bins);
		return;
	}
	r->total += p->more * r->events;
	for (size_t i = 0; i < r->nr_bins; i++)
		r->bin[i].ticks += p->more;
	if (p->same_code)
		return;
	free(r->handler_sha256);
	r->handler_sha256 = xstrdup("a slow handler");
}

/* The file itself where nothing was planted; it counts before what is packed. */
static void take_attribution(const struct run *from, const struct run *to,
			     const struct record *r, const struct plant *p)
{
	char *path = run__attribution(from, r), *new = run__attribution(to, r);
	struct attribution a;
	char err[512];

	/* Of a packed run one boot has it for all. */
	if (!attribution__there(from, r))
		goto out;
	if (!p || p->bins) {
		if (path_exists(path) && symlink(path, new))
			die(EXIT_STORAGE, "cannot make %s", new);
		goto out;
	}
	if (attribution__load(&a, from, r, err, sizeof(err)))
		die(EXIT_BAD_RECORD, "%s", err);
	for (size_t c = 0; c < a.nr; c++) {
		struct attr_class *class = &a.item[c];

		class->figures.insns += p->more;
		for (size_t i = 0; i < class->func.nr; i++) {
			if (!strcmp(class->func.item[i].name, p->function))
				class->func.item[i].cost.insns += p->more;
		}
	}
	if (attribution__write(&a, new))
		die(EXIT_STORAGE, "cannot write %s", new);
	attribution__free(&a);
out:
	free(new);
	free(path);
}

/* What is packed, both runs have. */
static void share_archive(const struct run *from, const struct run *to)
{
	char *path = run__attributions(from), *new = run__attributions(to);

	if (path_exists(path) && symlink(path, new))
		die(EXIT_STORAGE, "cannot make %s", new);
	free(new);
	free(path);
}

static void set_kernels(json_t *meta, const char *key, const char *value)
{
	json_t *kernel;
	size_t i;

	json_array_foreach(json_object_get(meta, "kernels"), i, kernel) {
		json_object_set_new(kernel, key, json_string(value));
	}
}

/* "key=value": true where arg is one of this key. */
static bool is_set(const char *arg, const char *key, const char **value)
{
	size_t n = strlen(key);

	*value = arg + n + 1;
	return !strncmp(arg, key, n) && arg[n] == '=';
}

static void set(json_t *meta, const char *arg)
{
	struct strlist l = { 0 };
	const char *value;

	if (is_set(arg, "release", &value)) {
		set_kernels(meta, "release", value);
	} else if (is_set(arg, "compiler", &value)) {
		set_kernels(meta, "compiler", value);
	} else if (is_set(arg, "qemu", &value)) {
		char *text = xasprintf("QEMU emulator version %s (made)", value);

		json_object_set_new(json_object_get(meta, "rig"), "qemu",
				    json_string(text));
		free(text);
	} else if (is_set(arg, "hist", &value) && plants < PLANTS) {
		strlist__split(&l, value, '/');
		if (l.nr != 3)
			die(EXIT_USAGE, "'%s' is not VARIANT/WORKLOAD/BINS", value);
		/* lives as long as the program */
		plant[plants++] = (struct plant) { .variant = l.item[0],
			.workload = l.item[1], .profile = profile,
			.bins = l.item[2] };
	} else if (is_set(arg, "profile", &value)) {
		profile = value;
	} else if (is_set(arg, "only", &value)) {
		only = value;
	} else if (is_set(arg, "linker", &value)) {
		set_kernels(meta, "linker", value);
	} else if (is_set(arg, "source", &value)) {
		set_kernels(meta, "source_sha256", value);
	} else if (is_set(arg, "series", &value)) {
		set_kernels(meta, "series_sha256", value);
	} else if (is_set(arg, "rename", &value) && strchr(value, '/')) {
		old_name = value;
		new_name = strchr(value, '/') + 1;
	} else {
		die(EXIT_USAGE, "what is '%s'?", arg);
	}
}

static void parse_plants(json_t *meta, char **arg)
{
	while (*arg) {
		if (strchr(*arg, '=')) {
			set(meta, *arg++);
			continue;
		}
		if (!arg[1] || !arg[2] || !arg[3] || plants == PLANTS)
			die(EXIT_USAGE, "VARIANT WORKLOAD FUNCTION N [same]");
		plant[plants++] = (struct plant) { arg[0], arg[1], profile, arg[2],
			.more = strtoll(arg[3], NULL, 10),
			.same_code = arg[4] && !strcmp(arg[4], "same") };
		arg += 4 + plant[plants - 1].same_code;
	}
}

static bool is_renamed(const char *variant)
{
	size_t n = strlen(variant);

	return new_name && !strncmp(variant, old_name, n) && old_name[n] == '/';
}

static void rename_kernels(json_t *meta)
{
	json_t *kernel;
	size_t i;

	json_array_foreach(json_object_get(meta, "kernels"), i, kernel) {
		if (is_renamed(json_string_value(json_object_get(kernel, "variant"))))
			json_object_set_new(kernel, "variant",
					    json_string(new_name));
	}
}

static void copy_record(const struct run *from, struct run *to,
			const struct record *old)
{
	struct err e;
	struct record *r = record__copy(old, &e);
	const struct plant *p = plant_of(r);

	if (p)
		plant_in(r, p);
	take_attribution(from, to, r, p);
	if (is_renamed(r->variant)) {
		free(r->variant);
		r->variant = xstrdup(new_name);
	}
	if (run__append(to, r))
		die(EXIT_STORAGE, "cannot write into %s", to->dir);
}

int main(int argc, char **argv)
{
	struct run from, to = { 0 };
	struct err e;
	char *dir;

	if (argc < 6)
		die(EXIT_USAGE, "alert_run FROM TO ID STARTED REVISION [PLANT...]");
	if (run__read(&from, argv[1], &e))
		die_err(&e);
	to = (struct run) { .dir = argv[2], .meta = json_deep_copy(from.meta) };
	json_object_set_new(to.meta, "id", json_string(argv[3]));
	json_object_set_new(to.meta, "started", json_string(argv[4]));
	json_object_set_new(json_object_get(to.meta, "tool"), "revision",
			    json_string(argv[5]));
	parse_plants(to.meta, argv + 6);
	rename_kernels(to.meta);
	dir = run__path(&to, "attribution");
	if (path_make(dir) || run__save_meta(&to))
		die(EXIT_STORAGE, "cannot make %s", dir);
	share_archive(&from, &to);
	for (size_t i = 0; i < from.nr; i++) {
		if (!only || !strcmp(from.record[i]->base, only))
			copy_record(&from, &to, from.record[i]);
	}
	return 0;
}

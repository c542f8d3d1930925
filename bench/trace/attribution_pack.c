// SPDX-License-Identifier: GPL-2.0
/*
 * The attributions of a run, each once; see attribution__pack().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attribution.h"

/* The attributions of one cell that differ, and the files they were in. */
struct kept {
	struct attribution *item;
	size_t nr;
	struct strlist files;
};

static void add_boot(struct attribution *a, uint64_t boot)
{
	size_t i = a->nr_boots;

	for (size_t k = 0; k < a->nr_boots; k++) {
		if (a->boots[k] == boot)
			return;
	}
	a->boots = xrealloc(a->boots, (a->nr_boots + 1) * sizeof(*a->boots));
	for (; i && a->boots[i - 1] > boot; i--)
		a->boots[i] = a->boots[i - 1];
	a->boots[i] = boot;
	a->nr_boots++;
}

static void add_boots(struct attribution *to, const struct attribution *from)
{
	add_boot(to, to->boot);
	add_boot(to, from->boot);
	for (size_t i = 0; i < from->nr_boots; i++)
		add_boot(to, from->boots[i]);
}

/* Takes @a. Of equal ones the lowest boot is kept. */
static void keep(struct kept *k, struct attribution *a)
{
	for (size_t i = 0; i < k->nr; i++) {
		struct attribution *have = &k->item[i], later;

		if (!attribution__equal(have, a))
			continue;
		later = a->boot < have->boot ? *have : *a;
		if (a->boot < have->boot)
			*have = *a;
		add_boots(have, &later);
		attribution__free(&later);
		return;
	}
	k->item = xrealloc(k->item, (k->nr + 1) * sizeof(*k->item));
	k->item[k->nr++] = *a;
}

/* Of every boot of the record's cell. Return: 0, or -EINVAL with @err. */
static int read_cell(struct kept *k, const struct run *run,
		     const struct record *of, char *err, size_t errlen)
{
	for (size_t i = run__first(run, of->base, of->variant, of->profile,
				   of->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];
		char *path = run__attribution(run, r);
		struct attribution a;

		if (!record__same_cell(r, of) || !record__valid(r) ||
		    r->measured_as || !path_exists(path)) {
			free(path);
			continue;
		}
		if (attribution__read(&a, path, err, errlen)) {
			free(path);
			return -EINVAL;
		}
		keep(k, &a);
		strlist__add(&k->files, path);
		free(path);
	}
	return 0;
}

/* Write what is kept, then remove what it stands for. */
static int write_cell(const struct kept *k, const struct run *run, const char *rig,
		      char *err, size_t errlen)
{
	struct strlist written = { 0 };
	int r = 0;

	for (size_t i = 0; i < k->nr && !r; i++) {
		const struct attribution *a = &k->item[i];
		char *name = run__boot_name(a->base, a->variant, a->profile,
					    a->workload, rig, a->boot);
		char *path = run__path(run, "attribution/%s.json.xz", name);

		r = attribution__write(a, path);
		if (r)
			snprintf(err, errlen, "%s: %s", path, strerror(-r));
		strlist__add(&written, path);
		free(path);
		free(name);
	}
	for (size_t i = 0; i < k->files.nr && !r; i++) {
		const char *path = k->files.item[i];

		if (strlist__has(&written, path) || !unlink(path))
			continue;
		r = -errno;
		snprintf(err, errlen, "%s: %s", path, strerror(errno));
	}
	strlist__free(&written);
	return r;
}

static void free_kept(struct kept *k)
{
	for (size_t i = 0; i < k->nr; i++)
		attribution__free(&k->item[i]);
	free(k->item);
	strlist__free(&k->files);
}

/* Of its cell; a run may have the same names of several CPU models. */
static bool is_first(const struct run *run, size_t i)
{
	const struct record *of = run->record[i];
	size_t k = run__first(run, of->base, of->variant, of->profile, of->workload);

	while (!record__same_cell(run->record[k], of))
		k = run__next(run, k);
	return k == i;
}

int attribution__pack(struct run *run, size_t *files, char *err, size_t errlen)
{
	int r = 0;

	*files = 0;
	for (size_t i = 0; i < run->nr && !r; i++) {
		const struct record *of = run->record[i];
		struct kept k = { 0 };

		if (!is_first(run, i))
			continue;
		r = read_cell(&k, run, of, err, errlen);
		if (!r)
			r = write_cell(&k, run, of->rig, err, errlen);
		*files += k.nr;
		free_kept(&k);
	}
	return r;
}

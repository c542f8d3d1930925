// SPDX-License-Identifier: GPL-2.0
/*
 * The attributions of a run, each once, in one file; see attribution__pack().
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attribution.h"
#include "attribution_archive.h"

/* The attributions of one cell that differ. */
struct kept {
	struct attribution *item;
	size_t nr;
};

/* What the archive is to have, and what that stands for. */
struct packing {
	struct archived *item;
	size_t nr;
	bool traces;
	struct strlist files, names;	/* of their own, in the archive that there was */
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

/* Without a list of the functions that repeat, their number is in the trace alone. */
static void drop_traces(struct attribution *a)
{
	for (size_t i = 0; i < a->nr; i++) {
		struct attr_class *c = &a->item[i];

		if (!attr_class__rep_by_function(c))
			continue;
		free(c->trace.insn);
		free(c->trace.step);
		strlist__free(&c->trace.func);
		c->trace = (struct attr_trace) { 0 };
	}
}

/* Of every boot of the record's cell. Return: 0, or -EINVAL with @err. */
static int read_cell(struct kept *k, struct packing *p, const struct run *run,
		     const struct record *of, char *err, size_t errlen)
{
	for (size_t i = run__first(run, of->base, of->variant, of->profile,
				   of->workload);
	     i < run->nr; i = run__next(run, i)) {
		const struct record *r = run->record[i];
		struct attribution a;
		char *file, *name;

		if (!record__same_cell(r, of) || !record__valid(r) ||
		    r->measured_as || !attribution__there(run, r))
			continue;
		if (attribution__load(&a, run, r, err, errlen))
			return -EINVAL;
		if (!p->traces)
			drop_traces(&a);
		keep(k, &a);
		file = run__attribution(run, r);
		name = run__attribution_name(r);
		if (path_exists(file))
			strlist__add(&p->files, file);
		strlist__add(&p->names, name);
		free(name);
		free(file);
	}
	return 0;
}

/* Takes name and text. */
static void add_item(struct packing *p, char *name, char *text)
{
	p->item = xrealloc(p->item, (p->nr + 1) * sizeof(*p->item));
	p->item[p->nr++] = (struct archived) { name, text, strlen(text) };
}

static void add_cell(struct packing *p, struct kept *k, const char *rig)
{
	for (size_t i = 0; i < k->nr; i++) {
		const struct attribution *a = &k->item[i];

		add_item(p, run__boot_name(a->base, a->variant, a->profile,
					   a->workload, rig, a->boot),
			 attribution__text(a));
		attribution__free(&k->item[i]);
	}
	free(k->item);
}

/* What the archive has of boots that the run has no valid record of stays. */
static void add_others(struct packing *p, const struct archive *had)
{
	for (size_t i = 0; had && i < had->nr; i++) {
		const struct archived *one = &had->item[i];

		if (strlist__has(&p->names, one->name))
			continue;
		strlist__add(&p->names, one->name);
		add_item(p, xstrdup(one->name), strndup(one->text, one->size));
	}
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

/* All that has a place in the archive. Return: 0, or -EINVAL with @err. */
static int collect(struct packing *p, const struct run *run, char *err,
		   size_t errlen)
{
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *of = run->record[i];
		struct kept k = { 0 };
		int r;

		if (!is_first(run, i))
			continue;
		r = read_cell(&k, p, run, of, err, errlen);
		add_cell(p, &k, of->rig);
		if (r)
			return r;
	}
	add_others(p, archive__of(run));
	return 0;
}

/* Write it, then remove what it stands for. */
static int write_all(struct packing *p, const struct run *run, char *err,
		     size_t errlen)
{
	char *path = run__attributions(run), *folder = run__path(run, "attribution");
	int r = archive__write(run, p->item, p->nr);

	if (r)
		snprintf(err, errlen, "%s: %s", path, strerror(-r));
	for (size_t i = 0; i < p->files.nr && !r; i++) {
		if (!unlink(p->files.item[i]))
			continue;
		r = -errno;
		snprintf(err, errlen, "%s: %s", p->files.item[i], strerror(errno));
	}
	if (!r)
		rmdir(folder);		/* where nothing else is in it */
	free(folder);
	free(path);
	return r;
}

static void free_packing(struct packing *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free(p->item[i].name);
		free((char *)p->item[i].text);
	}
	free(p->item);
	strlist__free(&p->files);
	strlist__free(&p->names);
}

int attribution__pack(struct run *run, bool traces, size_t *files, char *err,
		      size_t errlen)
{
	const struct archive *had = archive__of(run);
	struct packing p = { .traces = traces };
	int r;

	*files = 0;
	if (had && *had->wrong) {
		snprintf(err, errlen, "%s", had->wrong);
		return -EINVAL;
	}
	r = collect(&p, run, err, errlen);
	if (!r && p.nr && (p.files.nr || !traces))
		r = write_all(&p, run, err, errlen);
	*files = p.nr;
	free_packing(&p);
	return r;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * From a run to points of the history; see points.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "noisy.h"
#include "points.h"
#include "rigs.h"

static const char *text_in(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

/* "QEMU emulator version 7.2.22 (Debian ...)" -> "QEMU 7.2.22, <cpu>" */
static char *qemu_machine(json_t *rig)
{
	static const char before[] = "QEMU emulator version ";
	const char *version = text_in(rig, "qemu");
	const char *cpu = text_in(rig, "cpu");

	if (!*version)
		return xstrdup("unknown");
	if (strncmp(version, before, strlen(before)))
		return xasprintf("%s, %s", version, cpu);
	version += strlen(before);
	return xasprintf("QEMU %.*s, %s", (int)strcspn(version, " "), version,
			 cpu);
}

static char *cpu_machine(json_t *machine)
{
	json_int_t cpus = json_integer_value(json_object_get(machine, "cpus"));
	const char *cpu = text_in(machine, "cpu");

	if (!*cpu)
		return xstrdup("unknown");
	return xasprintf("%s, %lld CPUs, %s", cpu, (long long)cpus,
			 text_in(machine, "arch"));
}

static json_t *kernel_of(const struct run *run, const struct record *r)
{
	json_t *k;
	size_t i;

	json_array_foreach(json_object_get(run->meta, "kernels"), i, k) {
		if (!strcmp(text_in(k, "base"), r->base) &&
		    !strcmp(text_in(k, "variant"), r->variant) &&
		    !strcmp(text_in(k, "profile"), r->profile))
			return k;
	}
	return NULL;
}

/* One metric of the cell that r belongs to. */
static void add(struct points *p, const struct run *run, const struct record *r,
		const char *metric, const char *unit,
		struct history_point point)
{
	json_t *meta = run->meta, *kernel = kernel_of(run, r);

	point.handler_sha256 = xstrdup(r->handler_sha256);
	point.release = xstrdup(text_in(kernel, "release"));
	point.source_sha256 = xstrdup(text_in(kernel, "source_sha256"));
	p->item = xrealloc(p->item, (p->nr + 1) * sizeof(*p->item));
	p->item[p->nr++] = (struct history_new) {
		.key = {
			.rig = r->rig,
			.machine = record__noisy(r) ?
				cpu_machine(json_object_get(meta, "machine")) :
				qemu_machine(json_object_get(meta, "rig")),
			.base = r->base, .variant = r->variant,
			.profile = r->profile, .workload = r->workload,
			.metric = metric,
		},
		.unit = unit,
		.point = point,
	};
}

/* Boots that differ: value +- spread has all of them. */
static double spread_of(const struct cmp_cell *c, double least, double most)
{
	return c->exact || c->valid < 2 ? NAN : most - least;
}

static void add_exact(struct points *p, const struct run *run,
		      const struct record *r, const struct cmp_cell *c)
{
	struct history_point point = {
		.value = c->typical, .boots = c->valid, .exact = c->exact,
		.spread = spread_of(c, c->typical, c->typical_max),
	};

	add(p, run, r, "instructions", "instructions", point);
	if (isnan(c->mean))		/* several vCPUs have no mean */
		return;
	point.value = c->mean;
	/* A tick is in the one mean and not in the other; the cell is exact. */
	point.exact = c->exact && c->mean == c->mean_max;
	point.spread = point.exact || c->valid < 2 ? NAN : c->mean_max - c->mean;
	add(p, run, r, "instructions_mean", "instructions", point);
}

static void add_noisy(struct points *p, const struct run *run,
		      const struct record *r, const struct noisy_cell *c)
{
	static const char *const metric[NR_CYCLES_MODES] = {
		[CYCLES_HOT] = "cycles_hot", [CYCLES_COLD] = "cycles_cold",
	};

	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct noisy_value *v = &c->mode[m];

		if (v->layouts)
			add(p, run, r, metric[m], "TSC cycles",
			    (struct history_point) {
				.value = v->value, .spread = v->half,
				.boots = v->layouts,
			});
	}
}

/* Count the cell of boots b, and take its points where one of them is valid. */
static size_t first_of(const struct run *run, const struct record *r)
{
	return run__first(run, r->base, r->variant, r->profile, r->workload);
}

static void take_cell(struct points *p, const struct run *rig_run,
		      const struct record *any)
{
	const struct record *valid = NULL;
	size_t boots = 0, good = 0, skips = 0;

	for (size_t i = first_of(rig_run, any); i < rig_run->nr;
	     i = run__next(rig_run, i)) {
		const struct record *r = rig_run->record[i];

		boots++;
		skips += r->outcome == OUTCOME_SKIP;
		if (record__valid(r) && !good++)
			valid = r;
	}
	p->cells++;
	p->partly += good && good < boots;
	p->skipped += boots == skips;
	p->invalid += !good && boots != skips;
	if (!valid)
		return;
	if (record__noisy(valid)) {
		struct noisy_cell c = noisy__cell(rig_run, any->base,
			any->profile, any->variant, any->workload);

		add_noisy(p, rig_run, valid, &c);
	} else {
		struct cmp_cell c = compare__cell(rig_run, any->base,
			any->profile, any->variant, any->workload);

		add_exact(p, rig_run, valid, &c);
	}
}

/* Cells of one rig: a figure is of the records of one rig alone. */
static void take_rig(struct points *p, const struct run *run, const char *rig)
{
	struct run part = { .dir = run->dir, .meta = run->meta };

	part.record = xcalloc(run->nr, sizeof(struct record *));
	for (size_t i = 0; i < run->nr; i++) {
		if (!strcmp(run->record[i]->rig, rig) &&
		    !workload_has_perf(run->record[i]->workload))
			part.record[part.nr++] = run->record[i];
	}
	for (size_t i = 0; i < part.nr; i++) {
		if (first_of(&part, part.record[i]) == i)
			take_cell(p, &part, part.record[i]);
	}
	run__forget_index(&part);
	free(part.record);
}

static int check_whole(const struct run *run, struct err *err)
{
	const char *state = text_in(run->meta, "state");

	if (!*text_in(run->meta, "id") || !*text_in(run->meta, "started"))
		return err__set(err, EXIT_BAD_RECORD, "%s/run.json has no %s; only a run that 'faultline run' made can be told from others",
				run->dir,
				*text_in(run->meta, "id") ? "started" : "id");
	if (!strcmp(state, "running") || !strcmp(state, "interrupted"))
		return err__set(err, EXIT_NO_DATA, "%s is not finished (it is %s), and a run is added once; go on with it first: faultline run --resume %s",
				run->dir, state, run->dir);
	return 0;
}

/* As it stands in the history: below the checkout relative to it. */
static char *path_of(const struct run *run)
{
	size_t n = strlen(path_root());

	return xstrdup(!strncmp(run->dir, path_root(), n) &&
		       run->dir[n] == '/' ? run->dir + n + 1 : run->dir);
}

static void describe(struct points *p, const struct run *run)
{
	json_t *tool = json_object_get(run->meta, "tool");
	bool changed = json_is_true(json_object_get(tool, "changed"));

	p->run = (struct history_run) {
		.id = text_in(run->meta, "id"),
		.started = text_in(run->meta, "started"),
		.path = path_of(run),
		.revision = xasprintf("%s%s", text_in(tool, "revision"),
				      changed ? "+" : ""),
		.records_sha256 = run__records_sha256(run),
	};
}

int points__of_run(struct points *p, const struct run *run, struct err *err)
{
	struct strlist rigs = { 0 };

	*p = (struct points) { 0 };
	if (check_whole(run, err))
		return -1;
	describe(p, run);
	for (size_t i = 0; i < run->nr; i++) {
		if (!strlist__has(&rigs, run->record[i]->rig))
			strlist__add(&rigs, run->record[i]->rig);
	}
	for (size_t i = 0; i < rigs.nr; i++) {
		if (!rigs__times_boots(rigs.item[i]))
			take_rig(p, run, rigs.item[i]);
	}
	strlist__free(&rigs);
	return 0;
}

void points__free(struct points *p)
{
	for (size_t i = 0; i < p->nr; i++) {
		free((char *)p->item[i].key.machine);
		free(p->item[i].point.handler_sha256);
		free(p->item[i].point.release);
		free(p->item[i].point.source_sha256);
	}
	free(p->item);
	free((char *)p->run.path);
	free((char *)p->run.revision);
	free((char *)p->run.records_sha256);
	*p = (struct points) { 0 };
}

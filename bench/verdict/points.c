// SPDX-License-Identifier: GPL-2.0
/*
 * From a run to points of the history; see points.h.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "noisy.h"
#include "points_priv.h"
#include "rigs.h"
#include "run_rigs.h"

static const char *text_in(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key)) ?: "";
}

struct history_new *points__add(struct points *p, const struct run *run,
				const struct record *r,
				const struct record *against,
				const char *metric, const char *unit,
				struct history_point point)
{
	struct history_new *new;

	p->item = xrealloc(p->item, (p->nr + 1) * sizeof(*p->item));
	new = &p->item[p->nr++];
	*new = (struct history_new) {
		.key = {
			.rig = r->rig,
			.machine = against && !record__noisy(r) ?
				   xstrdup(POINTS_ANY_INSTRUMENT) :
				   points__machine(run, r),
			.base = r->base, .variant = r->variant,
			.profile = r->profile, .workload = r->workload,
			.metric = metric,
		},
		.unit = unit,
		.point = point,
	};
	if (!against || !*r->handler_sha256 || !*against->handler_sha256)
		new->point.handler_sha256 =
			xstrdup(against ? "" : r->handler_sha256);
	else
		new->point.handler_sha256 =
			xasprintf("%s%s%s", r->handler_sha256, POINTS_OVER,
				  against->handler_sha256);
	points__describe(p, run, r, &new->point);
	return new;
}

/* "2362:1023 19140:1" */
static char *samples_text(const struct record *r)
{
	const size_t most = 2 * sizeof("18446744073709551615");
	char *text = xcalloc(r->nr_bins + 1, most), *to = text;

	for (size_t i = 0; i < r->nr_bins; i++)
		to += snprintf(to, most, "%s%" PRIu64 ":%" PRIu64,
			       i ? " " : "", r->bin[i].ticks, r->bin[i].count);
	return text;
}

static void add_exact(struct points *p, const struct run *run,
		      const struct record *r, const struct cmp_cell *c)
{
	struct history_point point = {
		.value = c->typical, .boots = c->valid, .exact = c->exact,
		.spread = c->exact || c->valid < 2 ? NAN : points__spread(c),
	};

	if (c->late)			/* it shows who ran when */
		return;
	points__add(p, run, r, NULL, "instructions", "instructions", point);
	if (isnan(c->mean))		/* several vCPUs have no mean */
		return;
	if (c->exact && r->nr_bins)
		p->item[p->nr - 1].samples = samples_text(r);
	point.value = c->mean;
	/* A tick is in the one mean and not in the other; the cell is exact. */
	point.exact = c->exact && c->mean == c->mean_max;
	point.spread = point.exact || c->valid < 2 ? NAN : c->mean_max - c->mean;
	points__add(p, run, r, NULL, "instructions_mean", "instructions", point);
}

static const char *const cycles_metric[NR_CYCLES_MODES] = {
	[CYCLES_HOT] = "cycles_hot", [CYCLES_COLD] = "cycles_cold",
};

static void add_noisy(struct points *p, const struct run *run,
		      const struct record *r, const struct noisy_cell *c)
{
	for (size_t m = 0; m < NR_CYCLES_MODES; m++) {
		const struct noisy_value *v = &c->mode[m];

		if (v->layouts)
			points__add(p, run, r, NULL, cycles_metric[m], "TSC cycles",
			    (struct history_point) {
				.value = v->value, .spread = v->half,
				.boots = v->layouts,
			});
	}
}

static size_t first_of(const struct run *run, const struct record *r)
{
	return run__first(run, r->base, r->variant, r->profile, r->workload);
}

/* Count a cell, and take its points where one of its boots is valid. */
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
	points__add_over(p, rig_run, valid);
}

/* Cells of one rig: a figure is of the records of one rig alone. */
static void take_rig(struct points *p, const struct run *run, const char *rig)
{
	struct run part;
	size_t nr = 0;

	run__view(&part, run, rig);
	for (size_t i = 0; i < part.nr; i++) {
		if (!workload_has_perf(part.record[i]->workload))
			part.record[nr++] = part.record[i];
	}
	part.nr = nr;
	for (size_t i = 0; i < part.nr; i++) {
		if (first_of(&part, part.record[i]) == i)
			take_cell(p, &part, part.record[i]);
	}
	run__free_view(&part);
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
	const json_t *changed = json_object_get(tool, "changed");

	p->run = (struct history_run) {
		.id = text_in(run->meta, "id"),
		.started = text_in(run->meta, "started"),
		.path = path_of(run),
		.revision = xasprintf("%s%s", text_in(tool, "revision"),
				      json_is_true(changed) ? "+" :
				      json_is_null(changed) ? "?" : ""),
		.records_sha256 = run__records_sha256(run),
	};
}

int points__begin(struct points *p, const struct run *run, struct err *err)
{
	*p = (struct points) { 0 };
	if (check_whole(run, err))
		return -1;
	describe(p, run);
	return 0;
}

int points__of_run(struct points *p, const struct run *run, struct err *err)
{
	struct strlist rigs = { 0 };

	if (points__begin(p, run, err))
		return -1;
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
		free(p->item[i].samples);
		free((char *)p->item[i].point.handler_sha256);
		free((char *)p->item[i].point.release);
		free((char *)p->item[i].point.source_sha256);
	}
	for (size_t i = 0; i < p->nr_setups; i++) {
		free((char *)p->setup[i]->instrument);
		free((char *)p->setup[i]->program);
		free((char *)p->setup[i]->compiler);
		free(p->setup[i]);
	}
	free(p->setup);
	strlist__free(&p->metrics);
	free(p->item);
	free((char *)p->run.path);
	free((char *)p->run.revision);
	free((char *)p->run.records_sha256);
	*p = (struct points) { 0 };
}

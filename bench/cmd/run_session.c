// SPDX-License-Identifier: GPL-2.0
/*
 * From kernels to the last record; see run_session.h.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boots.h"
#include "exact.h"
#include "host_tuning.h"
#include "need.h"
#include "perf_parse.h"
#include "plugin.h"
#include "provenance.h"
#include "run_choose.h"
#include "run_session.h"

#define DEFAULT_BOOT_LIMIT_S	120

/* The plan as run.json keeps it, so that --resume needs no other option. */
static json_t *plan_to_json(const struct session *s)
{
	json_t *plan = json_pack("{ss so si sf sb}", "rig", s->rig->name,
			 "sections", matrix__to_json(&s->matrix),
			 "boots", (int)s->boots, "boot_limit_s", s->limit_s,
			 "attribute", s->attribute);

	if (s->perturb)
		json_object_set_new(plan, "perturb", json_true());
	if (s->seconds)
		json_object_set_new(plan, "seconds", json_real(s->seconds));
	if (s->events)
		json_object_set_new(plan, "events", json_string(s->events));
	return plan;
}

/* Set the run's state; storage errors are told by the caller. */
static int save_state(struct session *s, const char *state)
{
	char *now = time_text();

	json_object_set_new(s->run.meta, "state", json_string(state));
	json_object_set_new(s->run.meta, "finished", json_string(now));
	free(now);
	return run__save_meta(&s->run);
}

/* What a rig's cells came to; skipped ones are among them. */
static void say_cells(FILE *f, size_t skipped, const char *fmt, ...) PRINTF(3, 4);

static void say_cells(FILE *f, size_t skipped, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(f, fmt, ap);
	va_end(ap);
	if (skipped)
		fprintf(f, ", %zu skipped with their reason", skipped);
}

/*
 * A cell is exact when all its boots are valid and bit-equal; one of a noisy
 * rig is measured or not. Returns the worst outcome among the records of the
 * plan.
 */
static enum outcome sum_up(const struct session *s)
{
	/* Where another command has a table on stdout, this is no part of it. */
	FILE *f = s->again ? stderr : stdout;
	enum outcome worst = OUTCOME_OK;
	size_t valid = 0, skipped = 0;
	struct exactness e;
	char *layouts;

	for (size_t i = 0; i < s->run.nr; i++) {
		const struct record *r = s->run.record[i];

		valid += record__valid(r);
		skipped += r->outcome == OUTCOME_SKIP;
		if (r->outcome < worst)
			worst = r->outcome;
	}
	e = exact__count(&s->run);
	layouts = perturb__layouts_text(e.seeds);
	fprintf(f, "%s: %zu records, %zu valid", s->run.dir, s->run.nr, valid);
	if (skipped)
		fprintf(f, ", %zu skipped", skipped);
	if (e.cells || !e.noisy)
		say_cells(f, e.skipped, e.seeds > 1 ?
			  "; %zu of %zu cells exact, over %s" :
			  "; %zu of %zu cells exact", e.exact, e.cells, layouts);
	free(layouts);
	if (e.noisy)
		say_cells(f, e.noisy_skipped, "; %zu of %zu cells measured in %zu %s%s",
			  e.measured, e.noisy, e.layouts, rig__facts(s->rig)->unit,
			  e.layouts == 1 ? "" : "s");
	fputc('\n', f);
	return worst;
}

/*
 * What identifies the rig's programs, as run.json keeps it under "rig": an object
 * of one rig's cells, or of several models one each by the name that cells have.
 */
static void describe_rig(const struct session *s, json_t *meta)
{
	struct strlist rigs = { 0 };
	json_t *all = json_object();

	matrix__rigs(&s->matrix, &rigs);
	for (size_t i = 0; i < rigs.nr; i++) {
		json_t *rig;

		s->rig->describe(meta, rigs__model(rigs.item[i]));
		rig = json_object_get(meta, "rig");
		json_object_set_new(rig, "name", json_string(rigs.item[i]));
		json_object_set(all, rigs.item[i], rig);
	}
	if (rigs.nr > 1)
		json_object_set(meta, "rig", all);
	json_decref(all);
	strlist__free(&rigs);
}

/* Boots of one run must be of the same programs, or they are not its boots. */
static void need_unchanged(const struct session *s)
{
	json_t *now = json_object();

	describe_rig(s, now);
	if (!json_equal(json_object_get(now, "rig"),
			json_object_get(s->run.meta, "rig")))
		die(EXIT_CHANGED, "%s was measured with another emulator, host program or guest than is here; begin a new run",
		    s->run.dir);
	json_decref(now);
	kernels__need_unchanged(&s->kernels, &s->run);
}

/* A run goes on with another kernel: its plan and kernels are one more. */
static void note_running(struct session *s)
{
	json_object_set_new(s->run.meta, "plan", plan_to_json(s));
	kernels__note(&s->kernels, s->run.meta);
}

static void need_plugin(void)
{
	char *plugin = plugin__path();

	if (!path_exists(plugin))
		die(EXIT_MISSING, "%s is missing; run: make", plugin);
	free(plugin);
}

/* Some workload wants perf in a host that is booted: have it packed. */
static void need_perf(const struct session *s)
{
	bool wanted = false;
	int code;

	for (size_t i = 0; i < s->nr_rows; i++) {
		for (size_t w = 0; w < s->rows[i].nr_workloads; w++)
			wanted |= perf_parse__wanted(s->rows[i].workload[w]);
	}
	code = wanted && !s->running ? perf_parse__prepare() : 0;
	if (code)
		die_script("build-perf", code);
}

static void make_attribution_folder(const struct session *s)
{
	char *dir = run__path(&s->run, "attribution");
	int e = path_make(dir);

	if (e)
		die(EXIT_STORAGE, "%s: %s", dir, strerror(-e));
	free(dir);
}

static json_t *texts_to_json(const struct strlist *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->nr; i++)
		json_array_append_new(a, json_string(l->item[i]));
	return a;
}

/* What was set stands in run.json; what was not is also said. */
static void quiet_host(struct session *s)
{
	struct strlist set = { 0 }, not_set = { 0 };
	char err[512];
	int code = host_tuning__quiet(&set, &not_set, err, sizeof(err));

	if (code)
		die(code, "%s", err);
	for (size_t i = 0; i < set.nr; i++)
		fprintf(stderr, "  %-7s %s\n", "QUIET", set.item[i]);
	for (size_t i = 0; i < not_set.nr; i++)
		warn("--quiet-host: %s", not_set.item[i]);
	if (!set.nr && !not_set.nr)
		fprintf(stderr, "  %-7s this machine has nothing to set, or all of it is set\n",
			"QUIET");
	json_object_set_new(s->run.meta, "quiet_host", json_pack("{so so}",
			    "set", texts_to_json(&set),
			    "not_set", texts_to_json(&not_set)));
	strlist__free(&set);
	strlist__free(&not_set);
}

static void put_back_stale(void)
{
	bool ok;
	char *said = host_tuning__put_back_stale(&ok);

	if (said)
		warn("%s", said);
	free(said);
}

/* Boots that are there anyway; an attributed one has the plain kernel's symbols. */
static bool will_perturb(const struct session *s, const struct run_options *o)
{
	bool can = rig__facts(s->rig)->perturbs;

	if (o->perturb == PERTURB_ON && !can)
		die(EXIT_USAGE, "--perturb is of rigs that can vary a boot; %s cannot",
		    s->rig->name);
	if (o->perturb == PERTURB_ON && o->attribute)
		die(EXIT_USAGE, "--perturb cannot be used with --attribute, which names functions of the plain kernel");
	return can && o->perturb != PERTURB_OFF && !o->attribute;
}

void session__options(struct session *s, const struct run_options *o)
{
	s->rig = run_choose__rig(o);
	s->matrix.rig = s->rig->name;
	run_choose__models(s, o);
	s->boots = o->boots ?: rig__facts(s->rig)->boots;
	s->seconds = o->seconds;
	s->limit_s = o->limit_s ?: DEFAULT_BOOT_LIMIT_S;
	s->attribute = o->attribute;
	s->quiet = o->quiet_host;
	s->perturb = will_perturb(s, o);
	s->workers = rig__facts(s->rig)->alone ? 1 : o->jobs ?: sysconf(_SC_NPROCESSORS_ONLN);
}

void session__one_model(const struct session *s, const char *what)
{
	const struct strlist *rigs = &s->matrix.rigs;

	if (rigs->nr > 1)
		die(EXIT_USAGE, "%s is of one CPU model, and --rig %s has several by default: name one, as --rig %s",
		    what, s->rig->name, rigs->item[0]);
}

/* The programs that every boot needs. */
static void need_parts(const struct session *s)
{
	s->rig->need();
	need_perf(s);
	if (s->attribute && !rig__facts(s->rig)->watcher)
		die(EXIT_USAGE, "--attribute does not work with the rig %s: nothing sees what it executes; use --rig %s",
		    s->rig->name, rigs__first(RIG_INSTRUCTIONS)->name);
	if (s->attribute)
		need_plugin();
}

void session__begin(struct session *s, const struct run_options *o, int argc,
		    char **argv)
{
	int e;

	put_back_stale();
	s->results = o->out ? xstrdup(o->out) : path_in_results("%s", "");
	s->argc = argc;
	s->argv = argv;
	e = path_make(s->results);
	if (e)
		die(EXIT_STORAGE, "%s: %s", s->results, strerror(-e));
	s->seconds_a_boot = jobs__seconds_a_boot(s->results, rig__facts(s->rig));
}

void session__build(struct session *s)
{
	jobs__resolve(s);
	need_parts(s);
	jobs__build_kernels(s);
	if (stop__asked())
		die(EXIT_INTERRUPTED, "interrupted before the first boot; the kernels are built, and the same command goes on from there");
}

/* What of the plan stands in run.json. */
static void note_plan(struct session *s, json_t *meta)
{
	json_object_set_new(meta, "plan", plan_to_json(s));
	json_object_set_new(meta, "series", jobs__series(s));
	if (s->commits)
		json_object_set(meta, "commits", s->commits);
}

void session__open(struct session *s)
{
	json_t *meta = provenance__new(s->argc, s->argv);

	note_plan(s, meta);
	json_object_set_new(meta, "kernels", kernels__to_json(&s->kernels));
	json_object_set_new(meta, "state", json_string("running"));
	describe_rig(s, meta);
	need_new_run(&s->run, s->results, meta);
}

void session__reopen(struct session *s)
{
	struct err err;

	need_unchanged(s);
	if (run__reopen(&s->run, &err))
		die_err(&err);
	if (s->running)
		note_running(s);
}

void session__note(struct session *s)
{
	int e;

	note_plan(s, s->run.meta);
	kernels__note(&s->kernels, s->run.meta);
	e = run__save_meta(&s->run);
	if (e)
		die(EXIT_STORAGE, "%s/run.json: %s", s->run.dir, strerror(-e));
}

void session__boot(struct session *s)
{
	size_t kept;

	if (s->quiet && !json_object_get(s->run.meta, "quiet_host")) {
		quiet_host(s);
		run__save_meta(&s->run);
	}
	if (s->attribute)
		make_attribution_folder(s);
	jobs__plan(s);
	kept = s->keep_boots ? boots__take_kept(s) : 0;
	if (kept)
		fprintf(stderr, "  %-7s %zu boots were done before, with this kernel, guest and emulator\n",
			"KEPT", kept);
	if (s->nr_jobs || !kept)
		jobs__estimate(s);
	boots__all(s);
}

void session__add(struct session *s, const char *base,
		  const struct strlist *variants, const struct strlist *profiles,
		  const struct strlist *workloads)
{
	const char *default_profile = DEFAULT_PROFILE;
	const struct strlist one = { (char **)&default_profile, 1 };
	const struct strlist *p = profiles && profiles->nr ? profiles : &one;

	for (size_t k = 0; k < p->nr * variants->nr; k++)
		matrix__add_one(&s->matrix, base, variants->item[k % variants->nr],
				p->item[k / variants->nr], workloads);
	session__build(s);
	if (s->run.dir)
		session__note(s);
	else
		session__open(s);
	session__boot(s);
}

const char *session__failed(const struct session *s, const char *base,
			    const char *variant, const char *profile)
{
	const struct kernel *k = kernels__of(&s->kernels, base, variant, profile);

	return k ? k->failed : NULL;
}

int session__end(struct session *s)
{
	const bool stopped = stop__asked() || s->storage_error || s->rig_failed;
	int e = save_state(s, stopped ? "interrupted" : "finished");
	const char *again = s->again ?: "faultline run --resume";
	const char *run = s->again ? "" : s->run.dir;

	if (s->storage_error || e)
		die(EXIT_STORAGE, "%s: %s; %zu records are kept; free some room, then: %s %s",
		    s->run.dir, strerror(s->storage_error ?: -e), s->run.nr,
		    again, run);
	if (stop__asked())
		die(EXIT_INTERRUPTED, "interrupted; %zu records are kept; go on with: %s %s",
		    s->run.nr, again, run);
	if (s->rig_failed)
		return s->rig_failed;
	return outcome__exit_code(sum_up(s));
}

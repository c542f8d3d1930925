// SPDX-License-Identifier: GPL-2.0
/*
 * faultline run: build what is not built, boot every cell as often as asked,
 * keep every record. A cell is base x variant x profile x workload x rig.
 */
#include <argp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boots.h"
#include "cmd.h"
#include "exact.h"
#include "host_tuning.h"
#include "jobs.h"
#include "need.h"
#include "perf_parse.h"
#include "plugin.h"
#include "provenance.h"
#include "run_choose.h"
#include "run_options.h"

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

static void plan_from_json(struct session *s, struct run_options *o)
{
	json_t *plan = json_object_get(s->run.meta, "plan"), *sections;
	const char *rig;
	double limit;
	int boots;

	if (json_unpack(plan, "{ss so si sF}", "rig", &rig,
			"sections", &sections, "boots", &boots,
			"boot_limit_s", &limit) ||
	    matrix__from_json(&s->matrix, sections))
		die(EXIT_BAD_RECORD, "%s/run.json holds no plan to go on with",
		    s->run.dir);
	o->rig = xstrdup(rig);
	o->boots = boots;
	if (!o->seconds)
		o->seconds = json_number_value(json_object_get(plan, "seconds"));
	o->attribute = json_is_true(json_object_get(plan, "attribute"));
	o->perturb = json_is_true(json_object_get(plan, "perturb")) ?
		     PERTURB_ON : PERTURB_OFF;
	if (json_object_get(plan, "events"))
		s->events = xstrdup(json_string_value(
				json_object_get(plan, "events")) ?: "");
	if (!o->limit_s)
		o->limit_s = limit;
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
static void say_cells(size_t skipped, const char *fmt, ...) PRINTF(2, 3);

static void say_cells(size_t skipped, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	if (skipped)
		printf(", %zu skipped with their reason", skipped);
}

/*
 * A cell is exact when all its boots are valid and bit-equal; one of a noisy
 * rig is measured or not. Returns the worst outcome among the records of the
 * plan.
 */
static enum outcome sum_up(const struct session *s)
{
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
	printf("%s: %zu records, %zu valid", s->run.dir, s->run.nr, valid);
	if (skipped)
		printf(", %zu skipped", skipped);
	if (e.cells || !e.noisy)
		say_cells(e.skipped, e.seeds > 1 ?
			  "; %zu of %zu cells exact, over %s" :
			  "; %zu of %zu cells exact", e.exact, e.cells, layouts);
	free(layouts);
	if (e.noisy)
		say_cells(e.noisy_skipped, "; %zu of %zu cells measured in %zu %s%s",
			  e.measured, e.noisy, e.layouts, rig__facts(s->rig)->unit,
			  e.layouts == 1 ? "" : "s");
	putchar('\n');
	return worst;
}

/* Boots of one run must be of the same programs, or they are not its boots. */
static void need_unchanged(const struct session *s)
{
	json_t *now = json_object();

	s->rig->describe(now);
	if (!json_equal(json_object_get(now, "rig"),
			json_object_get(s->run.meta, "rig")))
		die(EXIT_CHANGED, "%s was measured with another QEMU, host program or guest than is here; begin a new run",
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
		exit(code);
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

/* The options, and of a run that goes on its plan, as the session's fields. */
static void take_options(struct session *s, struct run_options *o)
{
	if (o->resume) {
		need_run(&s->run, o->resume);
		plan_from_json(s, o);
		if (s->run.bad)
			fprintf(stderr, "faultline: warning: %zu damaged lines are measured again:\n%s",
				s->run.bad, s->run.bad_text);
	}
	s->rig = run_choose__rig(o);
	s->matrix.rig = s->rig->name;
	s->boots = o->boots ?: rig__facts(s->rig)->boots;
	if (s->rig->running) {
		s->running = s->rig->running();
		if (s->running->failed)
			die_err(&s->running->err);
		run_choose__running(s, o);
	} else if (!o->resume) {
		run_choose__cells(s, o);
	}
	if (o->counters && !o->resume)
		run_choose__counters(s, o->counters);
	s->seconds = o->seconds;
	s->limit_s = o->limit_s ?: DEFAULT_BOOT_LIMIT_S;
	s->attribute = o->attribute;
	s->perturb = will_perturb(s, o);
	s->workers = rig__facts(s->rig)->alone ? 1 : o->jobs ?: sysconf(_SC_NPROCESSORS_ONLN);
}

/* All that the boots need: programs, kernels, and no wish to stop. */
static void need_parts(struct session *s)
{
	s->rig->need();
	need_perf(s);
	if (s->attribute && !rig__facts(s->rig)->attributes)
		die(EXIT_USAGE, "--attribute does not work with the rig %s: no plugin sees what it executes; use --rig %s",
		    s->rig->name, rigs__first(RIG_INSTRUCTIONS)->name);
	if (s->attribute)
		need_plugin();
	jobs__build_kernels(s);
	if (stop__asked())
		exit(EXIT_INTERRUPTED);
}

/* The run's folder: the one that goes on, or a new one. */
static void open_run(struct session *s, const char *results, bool resume,
		     int argc, char **argv)
{
	json_t *meta;
	struct err err;

	if (resume) {
		need_unchanged(s);
		if (run__reopen(&s->run, &err))
			die_err(&err);
		if (s->running)
			note_running(s);
		return;
	}
	meta = provenance__new(argc, argv);
	json_object_set_new(meta, "plan", plan_to_json(s));
	json_object_set_new(meta, "kernels", kernels__to_json(&s->kernels));
	json_object_set_new(meta, "series", jobs__series(s));
	json_object_set_new(meta, "state", json_string("running"));
	s->rig->describe(meta);
	need_new_run(&s->run, results, meta);
}

static void start_session(struct session *s, struct run_options *o, int argc,
			  char **argv)
{
	char *results = o->out ? xstrdup(o->out) : path_in_results("%s", "");
	int e = path_make(results);
	double seconds;

	if (e)
		die(EXIT_STORAGE, "%s: %s", results, strerror(-e));
	need_lock();
	take_options(s, o);
	jobs__resolve(s);
	need_parts(s);
	seconds = jobs__seconds_a_boot(results);
	open_run(s, results, o->resume, argc, argv);
	if (o->quiet_host) {
		quiet_host(s);
		run__save_meta(&s->run);
	}
	if (s->attribute)
		make_attribution_folder(s);
	jobs__plan(s);
	jobs__estimate(s, seconds);
	free(results);
}

/* One list of options a line, words separated by tabs. */
static void print_part(const struct run_options *o, const char *rig,
		       const struct section *sec, const char *variants,
		       const char *profiles)
{
	char *workloads = strlist__join(&sec->workloads, ",");

	printf("--rig\t%s\t--base\t%s\t--variants\t%s\t--profiles\t%s\t--workloads\t%s",
	       rig, sec->base, variants, profiles, workloads);
	if (o->boots)
		printf("\t--boots\t%u", o->boots);
	if (o->limit_s)
		printf("\t--boot-limit\t%.0f", o->limit_s);
	if (o->seconds)
		printf("\t--seconds\t%g", o->seconds);
	if (o->perturb == PERTURB_OFF)
		fputs("\t--no-perturb", stdout);
	if (o->counters)
		printf("\t--counters\t%s", o->counters);
	fputs(o->attribute ? "\t--attribute\n" : "\n", stdout);
	free(workloads);
}

/*
 * A part is base x variant x profile: what shares a kernel. Cells of a rig that
 * measures in turns stay together: all of a section, and a base has but one.
 */
static void print_split(struct session *s, struct run_options *o)
{
	const struct rig *rig = run_choose__rig(o);
	struct strlist bases = { 0 };

	s->matrix.rig = rig->name;
	run_choose__cells(s, o);
	if (o->counters)
		run_choose__counters(s, o->counters);
	jobs__resolve(s);
	for (size_t i = 0; i < s->matrix.nr; i++) {
		const struct section *sec = &s->matrix.item[i];
		size_t nv = sec->variants.nr, np = sec->profiles.nr;

		if (rig->boot_together) {
			char *variants = strlist__join(&sec->variants, ",");
			char *profiles = strlist__join(&sec->profiles, ",");

			if (strlist__has(&bases, sec->base))
				die(EXIT_USAGE, "rig %s measures all cells of %s in one process, and these are no product of lists; name --base, --variants and --profiles",
				    rig->name, sec->base);
			strlist__add(&bases, sec->base);
			print_part(o, rig->name, sec, variants, profiles);
			free(variants);
			free(profiles);
			continue;
		}
		for (size_t k = 0; k < nv * np; k++)
			print_part(o, rig->name, sec, sec->variants.item[k / np],
				   sec->profiles.item[k % np]);
	}
	strlist__free(&bases);
}

int cmd_run(int argc, char **argv)
{
	struct session s = { 0 };
	struct run_options o;
	enum outcome worst;
	int e;

	run_options__parse(&o, argc, argv);
	if (o.split) {
		print_split(&s, &o);
		return EXIT_OK;
	}
	stop__listen();
	put_back_stale();
	start_session(&s, &o, argc, argv);
	boots__all(&s);

	e = save_state(&s, stop__asked() || s.storage_error || s.rig_failed ?
		       "interrupted" : "finished");
	if (s.storage_error || e)
		die(EXIT_STORAGE, "%s: %s; %zu records are kept; free some room, then: faultline run --resume %s",
		    s.run.dir, strerror(s.storage_error ?: -e), s.run.nr,
		    s.run.dir);
	if (stop__asked())
		die(EXIT_INTERRUPTED, "interrupted; %zu records are kept; go on with: faultline run --resume %s",
		    s.run.nr, s.run.dir);
	if (s.rig_failed)
		return s.rig_failed;
	worst = sum_up(&s);
	return outcome__exit_code(worst);
}

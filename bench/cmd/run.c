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

#include "catalog.h"
#include "cmd.h"
#include "exact.h"
#include "jobs.h"
#include "need.h"
#include "options.h"
#include "select.h"
#include "host_tuning.h"
#include "perf_parse.h"
#include "plugin.h"
#include "provenance.h"

#define DEFAULT_BOOT_LIMIT_S	120

struct options {
	char *rig, *out, *resume;
	struct select_cells cells;
	bool everything, attribute, split, quiet_host;
	char *counters;
	unsigned int boots, jobs;
	double limit_s, seconds;
};

enum { OPT_RIG = 256, OPT_LIMIT, OPT_SECONDS, OPT_OUT, OPT_RESUME, OPT_EVERYTHING,
       OPT_ATTRIBUTE, OPT_SPLIT, OPT_QUIET_HOST, OPT_COUNTERS };

static const struct argp_option option_table[] = {
	{ "everything", OPT_EVERYTHING, NULL, 0, "Every base, variant and profile, both dispatches, the steps", 0 },
	{ "attribute", OPT_ATTRIBUTE, NULL, 0, "Record which functions the instructions are in (takes longer)", 0 },
	{ "counters", OPT_COUNTERS, "LIST", 0, "Boot each workload once more with perf in the host: LIST has events of perf, or the words default, exits (perf kvm stat) and profile (perf record)", 0 },
	{ "quiet-host", OPT_QUIET_HOST, NULL, 0, "During the run, set governor, turbo, SMT, ASLR, NMI watchdog, THP and KSM for measuring cycles; they are put back afterwards, even after a kill (needs root)", 0 },
	{ "boots", 'n', "N", 0, "Boots per cell (default 2); under vitro, link layouts (default 24)", 0 },
	{ "jobs", 'j', "N", 0, "Boots at a time (default: one per CPU)", 0 },
	{ "rig", OPT_RIG, "RIG", 0, "How to run (default tcg)", 0 },
	{ "boot-limit", OPT_LIMIT, "SECONDS", 0, "A host that is still up after this hangs (default 120)", 0 },
	{ "seconds", OPT_SECONDS, "S", 0, "vitro: how long each workload is measured hot, and again cold (default 1)", 0 },
	{ "out", OPT_OUT, "DIR", 0, "Where to make the run's folder (default results)", 0 },
	{ "resume", OPT_RESUME, "RUN", 0, "Go on with a run: boots that have no valid record", 0 },
	{ "split", OPT_SPLIT, NULL, 0, "Run nothing: print the options of parts that can be run apart and merged", 0 },
	{ 0 }
};

static const char doc[] =
	"Build the kernels that are asked for, boot each cell, keep the records.\v"
	"A variant is NAME, NAME@STEP (its first STEP patches), NAME@all (every step)\n"
	"or NAME+OVERLAY. NAME may be a glob.\n\n"
	"Examples:\n"
	"  faultline run\n"
	"  faultline run --workloads touch-write,mmio --boots 3\n"
	"  faultline run --variants baseline,mine --profiles off,retpoline\n"
	"  faultline run --select 'tcg/v6.1/const-*/off/touch-*'\n"
	"  faultline run --base v5.10 --variants struct-by-pointer@all\n"
	"  faultline run --variants const-fields,const-fields+indirect --profiles all\n"
	"  faultline run --attribute --workloads touch-write\n"
	"  faultline run --counters default,exits,profile --workloads touch-write\n"
	"  faultline run --counters kvm:kvm_exit,page-faults --workloads linux-mix\n"
	"  faultline run --rig vitro --workloads touch-write --profiles off,retpoline\n"
	"  faultline run --resume results/latest\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'n':
		o->boots = options__count(state, "boots", arg, 100000);
		break;
	case 'j':
		o->jobs = options__count(state, "jobs", arg, 100000);
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case OPT_LIMIT:
		o->limit_s = options__count(state, "boot-limit", arg, 100000);
		break;
	case OPT_SECONDS:
		o->seconds = options__number(state, "seconds", arg, 3600);
		if (!(o->seconds > 0))
			argp_error(state, "--seconds: 0 is no time to measure in");
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_EVERYTHING:
		o->everything = true;
		break;
	case OPT_ATTRIBUTE:
		o->attribute = true;
		break;
	case OPT_COUNTERS:
		o->counters = arg;
		break;
	case OPT_QUIET_HOST:
		o->quiet_host = true;
		break;
	case OPT_RESUME:
		o->resume = arg;
		break;
	case OPT_SPLIT:
		o->split = true;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->cells;
		break;
	case ARGP_KEY_ARG:
		options__no_argument(state, arg);
		break;
	case ARGP_KEY_END:
		if (o->everything && !selection__empty(&o->cells.s))
			argp_error(state, "--everything leaves nothing to choose");
		if (o->split && o->resume)
			argp_error(state, "--split cannot be used with --resume");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_CELLS, { 0 } };
static const struct argp argp = { option_table, parse, NULL, doc, children, 0, 0 };

/* What runs is what is measured: there is nothing to choose but workloads. */
static void choose_running(struct session *s, const struct options *o)
{
	const struct running *r = s->running;
	const struct strlist *names = o->cells.s.names;

	if (o->everything || names[BY_BASE].nr || names[BY_VARIANT].nr ||
	    names[BY_PROFILE].nr || o->cells.s.patterns.nr ||
	    (o->boots && !o->resume) || o->attribute)
		die(EXIT_USAGE, "rig %s measures the kernel that runs here, %s/%s, once a boot of the machine; --workloads is what it takes. Boot another (scripts/install-variant), then: faultline run --resume RUN",
		    s->rig->name, r->base, r->variant);
	matrix__add_one(&s->matrix, r->base, r->variant, r->profile,
			&names[BY_WORKLOAD]);
	s->running_boot = jobs__running_boot(&s->run, r);
	s->boots = s->running_boot;
	fprintf(stderr, "  %-7s %s/%s, profile %s, boot %llu of it\n", "KERNEL",
		r->base, r->variant, r->profile,
		(unsigned long long)s->running_boot);
	if (r->note)
		warn("%s: called by its release", r->note);
}

/*
 * The workloads that are named. A glob is of the rig's ordinary ones where it
 * matches one of them, else of all that the rig has.
 */
static void choose_workloads(const struct session *s,
			     const struct select_cells *c, const char *base,
			     struct strlist *names)
{
	struct strlist wanted = { 0 }, ordinary = { 0 }, every = { 0 };

	select__wanted(c, BY_WORKLOAD, &wanted);
	matrix__workloads(&s->matrix, base, false, &ordinary);
	need_workloads(&every);
	for (size_t i = 0; i < wanted.nr; i++) {
		const char *name = wanted.item[i];

		if (!selection__is_glob(name))
			strlist__add(names, name);
		else if (!select__matching(name, &ordinary, names) &&
			 !select__matching(name, &every, names))
			select__die_unknown("workload", name, &every);
	}
	strlist__free(&every);
	strlist__free(&ordinary);
	strlist__free(&wanted);
}

static void choose_base(struct session *s, const struct select_cells *c,
			const char *base)
{
	struct strlist have = { 0 }, variants = { 0 }, profiles = { 0 };
	struct strlist workloads = { 0 };

	need_variants(base, &have);
	select__given(c, BY_VARIANT, &have, &variants);
	strlist__free(&have);
	need_profiles(&have);
	select__given(c, BY_PROFILE, &have, &profiles);
	strlist__free(&have);
	choose_workloads(s, c, base, &workloads);
	matrix__add(&s->matrix, base, &variants, &profiles, &workloads);
	strlist__free(&workloads);
	strlist__free(&profiles);
	strlist__free(&variants);
}

static void choose_cells(struct session *s, const struct select_cells *c)
{
	struct strlist have = { 0 }, bases = { 0 };

	catalog__bases(&have);
	select__given(c, BY_BASE, &have, &bases);
	for (size_t i = 0; i < bases.nr; i++) {
		if (strcmp(bases.item[i], ALL))
			choose_base(s, c, bases.item[i]);
		for (size_t k = 0; k < have.nr && !strcmp(bases.item[i], ALL); k++)
			choose_base(s, c, have.item[k]);
	}
	strlist__free(&bases);
	strlist__free(&have);
}

/* A section for each pattern, or one of what the lists choose. */
static void choose(struct session *s, const struct options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	struct select_cells one = o->cells;

	if (o->everything) {
		matrix__add_everything(&s->matrix);
		return;
	}
	if (!patterns->nr)
		choose_cells(s, &o->cells);
	for (size_t i = 0; i < patterns->nr; i++) {
		const struct selected is = { .part = { [BY_RIG] = s->matrix.rig } };

		if (!selection__pattern_matches(patterns->item[i], &is))
			die(EXIT_USAGE, "--select %s: a run is of one rig, and this one of %s",
			    patterns->item[i], s->matrix.rig);
		one.s.patterns = (struct strlist) { &patterns->item[i], 1 };
		choose_cells(s, &one);
	}
}

/* The rig of a run: by its option, or as the first pattern has it. */
static const struct rig *chosen_rig(const struct options *o)
{
	const struct strlist *patterns = &o->cells.s.patterns;
	char *name = o->rig ? xstrdup(o->rig) : !patterns->nr ? NULL :
		     selection__part(patterns->item[0], BY_RIG);
	const struct rig *rig;
	struct err e;

	if (!name || (!o->rig && selection__is_glob(name)))
		rig = rig__default();
	else
		rig = rig__find(name, &e);
	if (!rig)
		die_err(&e);
	free(name);
	return rig;
}

/*
 * The workloads once more with perf: each word is a kind of it, all else is
 * together a list of events for perf stat.
 */
static void add_counters(struct session *s, const char *list)
{
	static const struct {
		const char *word, *suffix;
	} kinds[] = {
		{ PERF_DEFAULT, WITH_PERF }, { PERF_EXITS, WITH_EXITS },
		{ PERF_PROFILE, WITH_PROFILE },
	};
	struct strlist words = { 0 }, events = { 0 };
	struct plan_cell cell;

	strlist__split(&words, list, ',');
	for (size_t i = 0; i < words.nr; i++) {
		const char *suffix = NULL;

		for (size_t k = 0; k < ARRAY_SIZE(kinds); k++) {
			if (!strcmp(words.item[i], kinds[k].word))
				suffix = kinds[k].suffix;
		}
		if (suffix)
			matrix__add_suffix(&s->matrix, suffix);
		else
			strlist__add(&events, words.item[i]);
	}
	if (events.nr && strlist__has(&words, PERF_DEFAULT))
		die(EXIT_USAGE, "--counters %s: " PERF_DEFAULT " is a list of events, name it or events of your own", list);
	if (events.nr) {
		s->events = strlist__join(&events, ",");
		if (plan__set(&cell, "perf", s->events))
			die(EXIT_USAGE, "--counters %s: invalid event list: at most %zu characters, no spaces",
			    list, sizeof(cell.perf) - 1);
		matrix__add_suffix(&s->matrix, WITH_PERF);
	}
	if (!words.nr)
		die(EXIT_USAGE, "--counters: an empty list");
	strlist__free(&events);
	strlist__free(&words);
}

/* The plan as run.json keeps it, so that --resume needs no other option. */
static json_t *plan_to_json(const struct session *s)
{
	json_t *plan = json_pack("{ss so si sf sb}", "rig", s->rig->name,
			 "sections", matrix__to_json(&s->matrix),
			 "boots", (int)s->boots, "boot_limit_s", s->limit_s,
			 "attribute", s->attribute);

	if (s->seconds)
		json_object_set_new(plan, "seconds", json_real(s->seconds));
	if (s->events)
		json_object_set_new(plan, "events", json_string(s->events));
	return plan;
}

static void plan_from_json(struct session *s, struct options *o)
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

	for (size_t i = 0; i < s->run.nr; i++) {
		const struct record *r = s->run.record[i];

		valid += record__valid(r);
		skipped += r->outcome == OUTCOME_SKIP;
		if (r->outcome < worst)
			worst = r->outcome;
	}
	e = exact__count(&s->run);
	printf("%s: %zu records, %zu valid", s->run.dir, s->run.nr, valid);
	if (skipped)
		printf(", %zu skipped", skipped);
	if (e.cells || !e.noisy)
		say_cells(e.skipped, "; %zu of %zu cells exact", e.exact, e.cells);
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

static void start_session(struct session *s, struct options *o, int argc,
			  char **argv)
{
	char *results = o->out ? xstrdup(o->out) : path_in_results("%s", "");
	int e = path_make(results);
	double seconds;
	json_t *meta;
	struct err err;

	if (e)
		die(EXIT_STORAGE, "%s: %s", results, strerror(-e));
	need_lock();
	if (o->resume) {
		need_run(&s->run, o->resume);
		plan_from_json(s, o);
		if (s->run.bad)
			fprintf(stderr, "faultline: warning: %zu damaged lines are measured again:\n%s",
				s->run.bad, s->run.bad_text);
	}
	s->rig = chosen_rig(o);
	s->matrix.rig = s->rig->name;
	s->boots = o->boots ?: rig__facts(s->rig)->boots;
	if (s->rig->running) {
		s->running = s->rig->running();
		if (s->running->failed)
			die_err(&s->running->err);
		choose_running(s, o);
	} else if (!o->resume) {
		choose(s, o);
	}
	if (o->counters && !o->resume)
		add_counters(s, o->counters);
	s->seconds = o->seconds;
	s->limit_s = o->limit_s ?: DEFAULT_BOOT_LIMIT_S;
	s->attribute = o->attribute;
	s->workers = rig__facts(s->rig)->alone ? 1 : o->jobs ?: sysconf(_SC_NPROCESSORS_ONLN);
	jobs__resolve(s);
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
	seconds = jobs__seconds_a_boot(results);
	if (o->resume) {
		need_unchanged(s);
		if (run__reopen(&s->run, &err))
			die_err(&err);
		if (s->running)
			note_running(s);
	} else {
		meta = provenance__new(argc, argv);
		json_object_set_new(meta, "plan", plan_to_json(s));
		json_object_set_new(meta, "kernels", kernels__to_json(&s->kernels));
		json_object_set_new(meta, "series", jobs__series(s));
		json_object_set_new(meta, "state", json_string("running"));
		s->rig->describe(meta);
		need_new_run(&s->run, results, meta);
	}
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
static void print_part(const struct options *o, const char *rig,
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
	if (o->counters)
		printf("\t--counters\t%s", o->counters);
	fputs(o->attribute ? "\t--attribute\n" : "\n", stdout);
	free(workloads);
}

/*
 * A part is base x variant x profile: what shares a kernel. Cells of a rig that
 * measures in turns stay together: all of a section, and a base has but one.
 */
static void print_split(struct session *s, struct options *o)
{
	const struct rig *rig = chosen_rig(o);
	struct strlist bases = { 0 };

	s->matrix.rig = rig->name;
	choose(s, o);
	if (o->counters)
		add_counters(s, o->counters);
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
	struct options o = {
		.cells.otherwise = { [BY_BASE] = DEFAULT_BASE, [BY_VARIANT] = ALL,
				     [BY_PROFILE] = DEFAULT_PROFILE,
				     [BY_WORKLOAD] = ALL },
	};
	enum outcome worst;
	int e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (o.split) {
		print_split(&s, &o);
		return EXIT_OK;
	}
	stop__listen();
	put_back_stale();
	start_session(&s, &o, argc, argv);
	jobs__boot_all(&s);

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

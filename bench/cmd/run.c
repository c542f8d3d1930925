// SPDX-License-Identifier: GPL-2.0
/*
 * faultline run: build what is not built, boot every cell as often as asked,
 * keep every record. A cell is base x variant x profile x workload x rig; each
 * boot measures one cell, so no cell depends on what else was run.
 */
#include <argp.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd.h"
#include "exact.h"
#include "kernels.h"
#include "provenance.h"
#include "rig.h"
#include "run.h"

#define DEFAULT_BOOTS		2
#define DEFAULT_BOOT_LIMIT_S	120

struct options {
	char *base, *rig, *out, *resume;
	struct strlist variants, profiles, workloads;
	unsigned int boots, jobs;
	double limit_s;
};

/* One run under way; the lock guards run, next, progress and failure. */
struct session {
	struct options opt;
	const struct rig *rig;
	struct run run;
	struct kernels kernels;
	struct profile **profile;
	struct workload **workload;
	struct boot_job *job;
	size_t nr_jobs, next;
	struct progress progress;
	int storage_error;		/* errno of a failed append */
	pthread_mutex_t lock;
};

enum { OPT_RIG = 256, OPT_LIMIT, OPT_OUT, OPT_RESUME };

static const struct argp_option option_table[] = {
	{ "base", 'b', "BASE", 0, "Kernel base (default " DEFAULT_BASE ")", 0 },
	{ "variants", 'v', "LIST", 0, "Variants, separated by commas (default all of the base)", 0 },
	{ "profiles", 'p', "LIST", 0, "Mitigation profiles (default " DEFAULT_PROFILE ")", 0 },
	{ "workloads", 'w', "LIST", 0, "Workloads (default all)", 0 },
	{ "boots", 'n', "N", 0, "Boots a cell (default 2)", 0 },
	{ "jobs", 'j', "N", 0, "Boots at a time (default: one a CPU)", 0 },
	{ "rig", OPT_RIG, "RIG", 0, "How to run (default tcg)", 0 },
	{ "boot-limit", OPT_LIMIT, "SECONDS", 0, "A host still up then hangs (default 120)", 0 },
	{ "out", OPT_OUT, "DIR", 0, "Where to make the run's folder (default results)", 0 },
	{ "resume", OPT_RESUME, "RUN", 0, "Go on with a run: boots that have no valid record", 0 },
	{ 0 }
};

static const char doc[] =
	"Build the kernels that are asked for, boot each cell, keep the records.\v"
	"Examples:\n"
	"  faultline run\n"
	"  faultline run --workloads touch-write,mmio --boots 3\n"
	"  faultline run --variants baseline,mine --profiles off,retpoline\n"
	"  faultline run --resume results/latest\n";

static unsigned int positive(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long n = strtoul(arg, &end, 10);

	if (*end || !n || n > 100000)
		argp_error(state, "'%s' is not a number from 1 to 100000", arg);
	return n;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'b':
		o->base = arg;
		break;
	case 'v':
		strlist__split(&o->variants, arg, ',');
		break;
	case 'p':
		strlist__split(&o->profiles, arg, ',');
		break;
	case 'w':
		strlist__split(&o->workloads, arg, ',');
		break;
	case 'n':
		o->boots = positive(arg, state);
		break;
	case 'j':
		o->jobs = positive(arg, state);
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case OPT_LIMIT:
		o->limit_s = positive(arg, state);
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_RESUME:
		o->resume = arg;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': run takes options only", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, NULL, doc, 0, 0, 0 };

static volatile sig_atomic_t interrupted;

static void on_signal(int sig)
{
	interrupted = sig;
}

static bool stop_now(void)
{
	return interrupted;
}

static void defaults(struct options *o)
{
	if (!o->base)
		o->base = DEFAULT_BASE;
	if (!o->rig)
		o->rig = "tcg";
	if (!o->variants.nr)
		catalog__variants(o->base, &o->variants);
	if (!o->profiles.nr)
		strlist__add(&o->profiles, DEFAULT_PROFILE);
	if (!o->workloads.nr)
		catalog__workloads(&o->workloads);
	if (!o->boots)
		o->boots = DEFAULT_BOOTS;
	if (!o->limit_s)
		o->limit_s = DEFAULT_BOOT_LIMIT_S;
	if (!o->jobs)
		o->jobs = sysconf(_SC_NPROCESSORS_ONLN);
}

static json_t *list_to_json(const struct strlist *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->nr; i++)
		json_array_append_new(a, json_string(l->item[i]));
	return a;
}

static void list_from_json(struct strlist *l, json_t *a)
{
	json_t *v;
	size_t i;

	strlist__free(l);
	json_array_foreach(a, i, v) {
		if (json_is_string(v))
			strlist__add(l, json_string_value(v));
	}
}

/* The plan as run.json keeps it, so that --resume needs no other option. */
static json_t *plan_to_json(const struct options *o)
{
	return json_pack("{ss ss so so so si sf}", "base", o->base,
			 "rig", o->rig, "variants", list_to_json(&o->variants),
			 "profiles", list_to_json(&o->profiles),
			 "workloads", list_to_json(&o->workloads),
			 "boots", (int)o->boots, "boot_limit_s", o->limit_s);
}

static void plan_from_json(struct options *o, const struct run *run)
{
	json_t *plan = json_object_get(run->meta, "plan");
	const char *base, *rig;
	json_t *v, *p, *w;
	double limit;
	int boots;

	if (json_unpack(plan, "{ss ss so so so si sF}", "base", &base,
			"rig", &rig, "variants", &v, "profiles", &p,
			"workloads", &w, "boots", &boots,
			"boot_limit_s", &limit))
		die(EXIT_BAD_RECORD, "%s/run.json holds no plan to go on with",
		    run->dir);
	o->base = xstrdup(base);
	o->rig = xstrdup(rig);
	list_from_json(&o->variants, v);
	list_from_json(&o->profiles, p);
	list_from_json(&o->workloads, w);
	o->boots = boots;
	if (!o->limit_s)
		o->limit_s = limit;
}

/* Every name is looked up before anything is built or booted. */
static void resolve(struct session *s)
{
	struct options *o = &s->opt;

	s->rig = rig__find(o->rig);
	for (size_t i = 0; i < o->variants.nr; i++)
		variant__free(catalog__variant(o->base, o->variants.item[i]));
	s->profile = xcalloc(o->profiles.nr, sizeof(*s->profile));
	for (size_t i = 0; i < o->profiles.nr; i++)
		s->profile[i] = catalog__profile(o->profiles.item[i]);
	s->workload = xcalloc(o->workloads.nr, sizeof(*s->workload));
	for (size_t i = 0; i < o->workloads.nr; i++)
		s->workload[i] = catalog__workload(o->workloads.item[i]);
	s->rig->need();
}

static void add_job(struct session *s, const char *variant,
		    const struct profile *profile,
		    const struct workload *workload, uint64_t boot)
{
	struct record *have = run__find(&s->run, variant, profile->name,
					workload->name, boot);

	if (have && record__valid(have))
		return;
	s->job = xrealloc(s->job, (s->nr_jobs + 1) * sizeof(*s->job));
	s->job[s->nr_jobs++] = (struct boot_job) {
		.base = s->opt.base,
		.variant = variant,
		.profile = profile,
		.workload = workload,
		.boot = boot,
		.kernel = kernels__of(&s->kernels, variant,
				      profile->name)->dir,
		.logs = run__path(&s->run, "boots/%s.%s.%s.%llu", variant,
				  profile->name, workload->name,
				  (unsigned long long)boot),
		.limit_s = s->opt.limit_s,
		.stop = stop_now,
	};
}

/* Variants alternate: A,B in the first round of boots, B,A in the second. */
static void plan_jobs(struct session *s)
{
	const struct options *o = &s->opt;

	for (uint64_t boot = 1; boot <= o->boots; boot++) {
		for (size_t p = 0; p < o->profiles.nr; p++) {
			for (size_t w = 0; w < o->workloads.nr; w++) {
				for (size_t i = 0; i < o->variants.nr; i++) {
					size_t v = boot & 1 ? i :
						   o->variants.nr - 1 - i;

					add_job(s, o->variants.item[v],
						s->profile[p], s->workload[w],
						boot);
				}
			}
		}
	}
}

static struct record *new_record(const struct session *s,
				 const struct boot_job *job)
{
	const struct kernel *k = kernels__of(&s->kernels, job->variant,
					     job->profile->name);
	struct record *r = record__new();

	r->base = xstrdup(job->base);
	r->variant = xstrdup(job->variant);
	r->profile = xstrdup(job->profile->name);
	r->workload = xstrdup(job->workload->name);
	r->rig = xstrdup(s->rig->name);
	r->boot = job->boot;
	r->time = time_text();
	r->vmlinux_sha256 = xstrdup(k->vmlinux_sha256);
	r->handler_sha256 = xstrdup(k->handler_sha256);
	for (size_t i = 0; i < job->workload->nr_expect; i++)
		numbers__add(&r->expect, job->workload->expect[i].stat,
			     job->workload->expect[i].value);
	return r;
}

static void keep(struct session *s, const struct boot_job *job,
		 struct record *r)
{
	char *text = xasprintf("%s %s %s #%llu: %s", job->variant,
			       job->profile->name, job->workload->name,
			       (unsigned long long)job->boot,
			       outcome__name(r->outcome));
	int e;

	pthread_mutex_lock(&s->lock);
	progress__step(&s->progress, text);
	if (!record__valid(r)) {
		fprintf(stderr, "%s", isatty(STDERR_FILENO) ? "\n" : "");
		warn("%s %s", text, r->why);
	}
	e = run__append(&s->run, r);
	if (e && !s->storage_error)
		s->storage_error = -e;
	pthread_mutex_unlock(&s->lock);
	free(text);
}

static void no_room(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	s->storage_error = ENOSPC;
	pthread_mutex_unlock(&s->lock);
}

static void *worker(void *arg)
{
	struct session *s = arg;

	for (;;) {
		const struct boot_job *job = NULL;
		struct record *r;

		pthread_mutex_lock(&s->lock);
		if (!interrupted && !s->storage_error && s->next < s->nr_jobs)
			job = &s->job[s->next++];
		pthread_mutex_unlock(&s->lock);
		if (!job)
			return NULL;
		r = new_record(s, job);
		switch (s->rig->boot(job, r)) {
		case BOOT_DONE:
			keep(s, job, r);
			break;
		case BOOT_NO_ROOM:
			no_room(s);
			/* fallthrough */
		case BOOT_STOPPED:
			record__free(r);
			break;
		}
	}
}

static void boot_all(struct session *s)
{
	size_t n = s->opt.jobs < s->nr_jobs ? s->opt.jobs : s->nr_jobs;
	pthread_t *thread = xcalloc(n, sizeof(*thread));

	pthread_mutex_init(&s->lock, NULL);
	progress__start(&s->progress, "BOOT", s->nr_jobs);
	for (size_t i = 0; i < n; i++) {
		if (pthread_create(&thread[i], NULL, worker, s))
			die(EXIT_INTERNAL, "cannot start a thread");
	}
	for (size_t i = 0; i < n; i++)
		pthread_join(thread[i], NULL);
	if (s->nr_jobs)
		progress__end(&s->progress);
	free(thread);
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

/*
 * A cell is exact when all its boots are valid and bit-equal. Returns the
 * worst outcome among the records of the plan.
 */
static enum outcome sum_up(const struct session *s)
{
	enum outcome worst = OUTCOME_OK;
	size_t valid = 0;
	struct exactness e;

	for (size_t i = 0; i < s->run.nr; i++) {
		const struct record *r = s->run.record[i];

		valid += record__valid(r);
		if (r->outcome < worst)
			worst = r->outcome;
	}
	e = exact__count(&s->run);
	printf("%s: %zu records, %zu valid; %zu of %zu cells exact\n",
	       s->run.dir, s->run.nr, valid, e.exact, e.cells);
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

static void start_session(struct session *s, int argc, char **argv)
{
	char *results = s->opt.out ? xstrdup(s->opt.out) :
				     path_in_root("results"), *lock;
	json_t *meta;
	int e = path_make(results);

	if (e)
		die(EXIT_STORAGE, "%s: %s", results, strerror(-e));
	lock = path_in_root("build/.run.lock");
	lock__take(lock, "this checkout");
	if (s->opt.resume) {
		run__read(&s->run, s->opt.resume);
		plan_from_json(&s->opt, &s->run);
		if (s->run.bad)
			fprintf(stderr, "faultline: warning: %zu damaged lines are measured again:\n%s",
				s->run.bad, s->run.bad_text);
	} else {
		defaults(&s->opt);
	}
	if (!s->opt.jobs)
		s->opt.jobs = sysconf(_SC_NPROCESSORS_ONLN);
	resolve(s);
	kernels__build(&s->kernels, s->opt.base, &s->opt.variants,
		       &s->opt.profiles);
	if (interrupted)
		exit(EXIT_INTERRUPTED);
	if (s->opt.resume) {
		need_unchanged(s);
		run__reopen(&s->run);
	} else {
		meta = provenance__new(argc, argv);
		json_object_set_new(meta, "plan", plan_to_json(&s->opt));
		json_object_set_new(meta, "kernels", kernels__to_json(&s->kernels));
		json_object_set_new(meta, "state", json_string("running"));
		s->rig->describe(meta);
		run__create(&s->run, results, meta);
	}
	free(lock);
	free(results);
}

int cmd_run(int argc, char **argv)
{
	struct session s = { 0 };
	struct sigaction sa = { .sa_handler = on_signal };
	enum outcome worst;
	int e;

	argp_parse(&argp, argc, argv, 0, NULL, &s.opt);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	start_session(&s, argc, argv);
	plan_jobs(&s);
	boot_all(&s);

	e = save_state(&s, interrupted || s.storage_error ? "interrupted" :
							    "finished");
	if (s.storage_error || e)
		die(EXIT_STORAGE, "%s: %s; %zu records are kept; free some room, then: faultline run --resume %s",
		    s.run.dir, strerror(s.storage_error ?: -e), s.run.nr,
		    s.run.dir);
	if (interrupted)
		die(EXIT_INTERRUPTED, "interrupted; %zu records are kept; go on with: faultline run --resume %s",
		    s.run.nr, s.run.dir);
	worst = sum_up(&s);
	return outcome__exit_code(worst);
}

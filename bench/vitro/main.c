// SPDX-License-Identifier: GPL-2.0
/*
 * The vitro program: the handler of every cell that scripts/build-vitro linked
 * in, called in this process. By itself it is a Google Benchmark program, with
 * all of that library's flags; with --records it takes paired measurements,
 * as `faultline run --rig vitro` wants them.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "balance.h"
#include "cpu.h"
#include "disturb.h"
#include "gbench.h"
#include "session.h"
#include "threads.h"

struct options {
	struct strlist workloads;
	struct measure_plan plan;
	char *cell;
	const char *patched;
	uint64_t faults;
	bool list;
};

enum { OPT_RECORDS = 256, OPT_BOOT, OPT_HOT, OPT_COLD, OPT_CELL, OPT_FAULTS,
       OPT_LIST, OPT_TABLE, OPT_STEP, OPT_PATCHED };

static const struct argp_option option_table[] = {
	{ "workloads", 'w', "LIST", 0, "Workloads, separated by commas (default touch-write; where it is linked for them, all with threads)", 0 },
	{ "records", OPT_RECORDS, "FILE", 0, "Take paired measurements and write records to FILE", 0 },
	{ "boot", OPT_BOOT, "N", 0, "Number of the records' boot", 0 },
	{ "hot", OPT_HOT, "SECONDS", 0, "How long each workload runs hot (default 3; 0: not)", 0 },
	{ "cold", OPT_COLD, "SECONDS", 0, "How long each workload runs cold (default 3; 0: not)", 0 },
	{ "cell", OPT_CELL, "VARIANT:PROFILE", 0, "Take faults of this cell alone, untimed", 0 },
	{ "faults", OPT_FAULTS, "N", 0, "How many of them (default 4096)", 0 },
	{ "step", OPT_STEP, NULL, 0, "Single-step one fault of it instead; print its instructions", 0 },
	{ "table", OPT_TABLE, NULL, 0, "Print a table of workloads with threads", 0 },
	{ "patched", OPT_PATCHED, "FILE", 0, "Write this program to FILE with its text as it was patched", 0 },
	{ "list", OPT_LIST, NULL, 0, "Print the cells that are linked in", 0 },
	{ 0 }
};

static const char doc[] =
	"The KVM x86 page-fault handler of several kernels, in one user process.\v"
	"All flags of Google Benchmark (--benchmark_filter, --benchmark_out,\n"
	"--benchmark_repetitions ...) are taken as well; its time is a chunk's,\n"
	"its counter tsc is time stamp counter cycles per fault. A cold one has its\n"
	"own --benchmark_min_time, for it takes a hundred times as long to get.\n";

static double seconds(const char *arg, struct argp_state *state)
{
	char *end;
	double v = strtod(arg, &end);

	if (*end || !(v >= 0) || v > 86400)
		argp_error(state, "'%s' is not a number of seconds", arg);
	return v;
}

static uint64_t number(const char *arg, struct argp_state *state)
{
	char *end;
	uint64_t v = strtoull(arg, &end, 10);

	if (*end || !v || *arg == '-')
		argp_error(state, "'%s' is not a number above 0", arg);
	return v;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'w':
		strlist__split(&o->workloads, arg, ',');
		break;
	case OPT_RECORDS:
		o->plan.path = arg;
		break;
	case OPT_BOOT:
		o->plan.boot = number(arg, state);
		break;
	case OPT_HOT:
		o->plan.seconds[MEASURE_HOT] = seconds(arg, state);
		break;
	case OPT_COLD:
		o->plan.seconds[MEASURE_COLD] = seconds(arg, state);
		break;
	case OPT_CELL:
		o->cell = arg;
		break;
	case OPT_FAULTS:
		o->faults = number(arg, state);
		break;
	case OPT_STEP:
		o->faults = 0;
		break;
	case OPT_TABLE:
		o->plan.table = stdout;
		break;
	case OPT_PATCHED:
		o->patched = arg;
		break;
	case OPT_LIST:
		o->list = true;
		break;
	case ARGP_KEY_ARG:
		argp_error(state, "'%s': options only", arg);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, NULL, doc, 0, 0, 0 };

/* build/vitro/<base>-<key>/layout-<n>: the checkout is four levels up. */
static void find_root(void)
{
	char *exe = realpath("/proc/self/exe", NULL);

	for (int up = 0; exe && up < 4; up++) {
		char *slash = strrchr(exe, '/');

		if (slash)
			*slash = '\0';
	}
	if (exe && *exe)
		setenv("FAULTLINE_ROOT", exe, 0);
	free(exe);
}

static void list_cells(void)
{
	for (unsigned int i = 0; i < vitro_nr_cells; i++) {
		const struct vitro_cell *c = &vitro_cells[i];

		printf("%s %s %s%s\n", c->variant, c->profile, c->dispatch,
		       c->second ? " again" : "");
	}
}

/* NAME-1 to NAME-4: what it costs one of the threads alone. */
static int fill_alone(struct fill *f, const struct workload *w, char *err,
		      size_t errlen)
{
	char *name = xasprintf("%.*s-1", (int)(strrchr(w->name, '-') - w->name),
			       w->name);
	struct err e;
	struct workload *alone = catalog__workload(vitro_base, name, &e);

	free(name);
	if (alone)
		return fill__of(f, alone, err, errlen);
	snprintf(err, errlen, "%s", e.text);
	return -1;
}

int session__ready(struct vitro_session *s, const char *workload, char *err,
		   size_t errlen)
{
	struct workload *w;
	struct err e;

	if (s->ready && !strcmp(s->ready, workload))
		return 0;
	w = catalog__workload(vitro_base, workload, &e);
	if (!w) {
		snprintf(err, errlen, "%s", e.text);
		return -1;
	}
	if (w->skip) {
		snprintf(err, errlen, "%s", w->skip);
		return -1;
	}
	if (w->threads && !s->threads) {
		snprintf(err, errlen, "this program is linked for one thread; link it by scripts/build-vitro --threads");
		return -1;
	}
	fill__free(&s->fill);
	fill__free(&s->alone);
	free(s->ready);
	s->ready = NULL;
	if (fill__of(&s->fill, w, err, errlen) ||
	    (w->threads && fill_alone(&s->alone, w, err, errlen)))
		return -1;
	for (size_t i = 0; i < s->nr; i++)
		subject__make(&s->subject[s->drawn[i]], &s->fill.machine);
	s->ready = xstrdup(workload);
	return 0;
}

/*
 * Memory of the copies in an order that the layout draws, from the first to the
 * last: it has nothing to do with their numbers, nor with where their text lies.
 */
static void init_subjects(struct vitro_session *s)
{
	size_t *place = xcalloc(s->nr, sizeof(*place));
	char err[256];

	s->subject = xcalloc(s->nr, sizeof(*s->subject));
	s->drawn = xcalloc(s->nr, sizeof(*s->drawn));
	if (balance__places(place, s->nr, vitro_layout, BALANCE_MEMORY))
		die(EXIT_INTERNAL, "vitro: no memory for %zu places", s->nr);
	for (size_t i = 0; i < s->nr; i++)
		s->drawn[place[i]] = i;
	free(place);
	for (size_t at = 0; at < s->nr; at++) {
		size_t i = s->drawn[at];

		if (subject__init(&s->subject[i], at, &vitro_cells[i], err,
				  sizeof(err)))
			die(EXIT_MISSING, "vitro: %s", err);
	}
}

static void start(struct vitro_session *s)
{
	char err[256];

	if (cpu__check_hidden(err, sizeof(err)))
		die(EXIT_USAGE, "vitro: %s", err);
	s->nr = vitro_nr_cells;
	if (process__start(s->nr, err, sizeof(err)) ||
	    disturb__init(err, sizeof(err)))
		die(EXIT_MISSING, "vitro: %s", err);
	init_subjects(s);
	s->threads = vitro_has_threads(&vitro_cells[0]);
	if (s->threads)
		threads__look();
	session__describe(s);
	if (s->threads && threads__start(err, sizeof(err)))
		die(EXIT_MISSING, "vitro: %s", err);
}

/* Of a workload that the command line names, or the catalog. */
static struct workload *need_workload(const char *name)
{
	struct err e;
	struct workload *w = catalog__workload(vitro_base, name, &e);

	if (!w)
		die_err(&e);
	return w;
}

/* touch-write, or what the program was linked for. */
static void default_workloads(struct strlist *workloads)
{
	struct strlist names = { 0 };
	struct err e;

	if (!vitro_has_threads(&vitro_cells[0])) {
		strlist__add(workloads, "touch-write");
		return;
	}
	if (catalog__workloads(&names, &e))
		die_err(&e);
	for (size_t i = 0; i < names.nr; i++) {
		struct workload *w = need_workload(names.item[i]);

		if (w->threads)
			strlist__add(workloads, w->name);
		workload__free(w);
	}
	strlist__free(&names);
}

static int run_benches(struct vitro_session *s, struct options *o)
{
	char *layout = xasprintf("%u", vitro_layout);
	long n;

	gbench__add_context("base", vitro_base);
	gbench__add_context("release", vitro_release);
	gbench__add_context("layout", layout);
	gbench__add_context("unit", "tsc: time stamp counter cycles per fault, not core cycles; real_time: of a chunk of `faults` faults");
	gbench__add_context("pinned", s->threads ? threads__pinned() : s->pinned);
	if (s->threads)
		gbench__add_context("mmu_lock", vitro_cells[0].locks);
	gbench__add_context("priority", s->priority);
	if (benches__register(s, &o->workloads))
		die(EXIT_INTERNAL, "vitro: the benchmarks cannot be registered");
	n = gbench__run(NULL, NULL, 0);
	free(layout);
	gbench__shutdown();
	return n > 0 && !gbench__failed() ? EXIT_OK : EXIT_RIG;
}

int main(int argc, char **argv)
{
	struct options o = {
		.plan = { .seconds = { 3, 3 }, .boot = 1 }, .faults = 4096,
	};
	struct vitro_session s = { 0 };
	int aslr = process__fix_layout(argv);
	struct err e;

	find_root();
	if (path_check_root(&e))
		die_err(&e);
	switch (gbench__initialize(&argc, argv)) {
	case 0:
		break;
	case 1:
		argv[1] = "--help";
		argc = 2;
		break;
	default:
		return EXIT_USAGE;
	}
	argp_err_exit_status = EXIT_USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (!o.workloads.nr)
		default_workloads(&o.workloads);
	for (size_t i = 0; i < o.workloads.nr; i++)
		workload__free(need_workload(o.workloads.item[i]));
	if (o.list) {
		list_cells();
		return EXIT_OK;
	}
	s.aslr = aslr ? xasprintf("not off: personality: %s", strerror(-aslr)) :
			xstrdup("off");
	start(&s);
	if (o.patched) {
		patched_file__write(&s, o.patched);
		return EXIT_OK;
	}
	if (o.plan.table && !s.threads)
		die(EXIT_USAGE, "vitro: --table is of workloads with threads, for which scripts/build-vitro --threads links");
	if (o.cell) {
		alone__run(&s, o.workloads.item[0], o.cell, o.faults);
		return EXIT_OK;
	}
	if (!o.plan.path && !o.plan.table)
		return run_benches(&s, &o);
	o.plan.workloads = &o.workloads;
	stop__listen();
	return records__measure(&s, &o.plan) ? EXIT_OK : EXIT_INTERRUPTED;
}

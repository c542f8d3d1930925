// SPDX-License-Identifier: GPL-2.0
/*
 * Paired measurements: rounds of all cells, blocks of the rounds that count,
 * one record per cell and workload.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rigs.h"
#include "rounds.h"
#include "carry_over.h"
#include "contention.h"
#include "counters.h"
#include "executed.h"
#include "provenance.h"
#include "session.h"

#define BLOCKS		16
#define LEAST_ROUNDS	(4 * BLOCKS * ROUNDS_PER_BLOCK)
/* With threads a figure is a whole fill and not a chunk. */
#define BLOCKS_THREADS	CYCLES_BLOCKS_MIN
#define LEAST_THREADS	(4 * BLOCKS_THREADS * ROUNDS_PER_BLOCK)

/* What was measured of one workload. */
struct taken {
	struct blocks mode[NR_MEASURE_MODES];
	struct numbers *stats;		/* one a subject */
	uint64_t *faults;
	double (*pmu)[NR_CYCLES_PMU];	/* one a subject; < 0: not counted */
	struct contention *threads;	/* one a subject, of a workload with them */
	struct executed *executed;	/* one a subject, of any other */
	char *why[NR_MEASURE_MODES];	/* no blocks: why */
	double carry_over[NR_MEASURE_MODES];	/* carry_over.h; NAN: not known */
	double seconds;
};

static void measure_mode(struct vitro_session *s, enum measure_mode mode,
			 double seconds, struct taken *t)
{
	struct measured r;
	int e;

	measure__rounds(s->subject, s->nr, &s->fill, mode, seconds, LEAST_ROUNDS,
			stop__asked, &r, t->stats, t->faults);
	if (!stop__asked()) {
		e = rounds__make(&t->mode[mode], r.cycles, r.nr, r.columns, BLOCKS);
		if (e)
			t->why[mode] = xasprintf("%zu rounds are not enough for %d blocks: %s; measure longer",
						 r.nr, BLOCKS, strerror(-e));
		t->carry_over[mode] = carry_over__range(r.cycles, r.after, r.nr,
							r.columns);
	}
	measure__free(&r);
}

static void measure_threads(struct vitro_session *s, double seconds,
			    struct taken *t)
{
	struct measured r;
	int e;

	contention__rounds(s->subject, s->nr, &s->fill, &s->alone, seconds,
			   LEAST_THREADS, stop__asked, &r, t->stats, t->faults, t->threads);
	for (size_t i = 0; i < s->nr; i++)
		contention__sum_up(&t->threads[i], &s->fill, s->tsc_hz);
	if (!stop__asked()) {
		e = rounds__make(&t->mode[MEASURE_HOT], r.cycles, r.nr,
				 r.columns, BLOCKS_THREADS);
		if (e)
			t->why[MEASURE_HOT] = xasprintf("%zu repetitions are not enough for %d blocks: %s; measure longer",
							r.nr, BLOCKS_THREADS,
							strerror(-e));
	}
	measure__free(&r);
}

struct counted {
	struct fill *fill;
	struct counters *counters;
	uint64_t value[NR_CYCLES_PMU];
	int error;
};

/* One fill, hot, counted by the PMU from its first fault to its last. */
static void count(struct subject *s, void *arg)
{
	struct counted *c = arg;

	fill__begin(c->fill, s);
	counters__start(c->counters);
	measure__chunk(s, c->fill, 0, c->fill->faults);
	counters__stop(c->counters);
	c->error = counters__read(c->counters, c->value);
}

static void count_all(struct vitro_session *s, struct taken *t)
{
	for (size_t i = 0; i < s->nr; i++) {
		struct counted c = { .fill = &s->fill, .counters = &s->counters };

		for (int k = 0; k < NR_CYCLES_PMU; k++)
			t->pmu[i][k] = -1;
		if (!s->has_pmu || t->threads || !subject__try(&s->subject[i], count, &c) || c.error)
			continue;
		for (int k = 0; k < NR_CYCLES_PMU; k++)
			t->pmu[i][k] = (double)c.value[k] / s->fill.faults;
	}
}

/* A handler that is not in the state that boot leaves it in did not run as there. */
static void check_jumps(struct vitro_session *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		struct subject *x = &s->subject[i];
		const struct vitro_copy *c = x->cell->copy;
		const unsigned char *at = x->failed ? NULL : c->wrong_jump(&x->cell->patch);

		if (at)
			x->failed = xasprintf("the jump label at text+%#tx is not in the state that boot leaves it in",
					      at - c->text);
	}
}

/*
 * Last of all, when every copy has done the same: its memory is in the same state.
 */
static void look_at_all(struct vitro_session *s, struct taken *t)
{
	for (size_t i = 0; !t->threads && i < s->nr; i++)
		executed__look(&s->subject[i], &s->fill, &t->executed[i]);
}

static double *column(const struct blocks *b, size_t c)
{
	double *v = xcalloc(b->nr, sizeof(*v));

	for (size_t i = 0; i < b->nr; i++)
		v[i] = b->figure[i * b->columns + c];
	return v;
}

static struct cycles *cycles_of(const struct vitro_session *s,
				const struct taken *t, size_t subject)
{
	struct cycles *c = cycles__new();

	for (int m = 0; m < NR_MEASURE_MODES; m++) {
		const struct blocks *b = &t->mode[m];
		struct cycles_series *to =
			&c->mode[m == MEASURE_HOT ? CYCLES_HOT : CYCLES_COLD];

		if (!b->nr)
			continue;
		to->nr = b->nr;
		to->block = column(b, subject);
		to->chunk = m != MEASURE_HOT ? 1 :
			t->threads ? s->fill.faults : s->fill.chunk;
		to->floor = rounds__figure(b, s->nr);
		to->kept = b->kept;
		to->aa = column(b, session__second(s, subject));
	}
	memcpy(c->pmu, t->pmu[subject], sizeof(c->pmu));
	return c;
}

static void set(json_t *host, const char *key, const char *fmt, ...)
	PRINTF(3, 4);

static void set(json_t *host, const char *key, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	json_object_set_new(host, key, json_string(text));
	free(text);
}

/* What a reader must know to believe the figure, or not to. */
static void describe_cell(const struct vitro_session *s, const struct subject *x,
			  json_t *host)
{
	const struct vitro_patched *p = &x->patched;

	set(host, "release", "%s", vitro_release);
	set(host, "layout", "%u", vitro_layout);
	set(host, "pinned", "%s", s->pinned);
	set(host, "priority", "%s", s->priority);
	set(host, "memory", "%s", s->memory);
	set(host, "pmu", "%s", s->pmu);
	set(host, "aslr", "%s", s->aslr);
	set(host, "tsc", "%s", s->tsc);
	set(host, "tsc_end", "%s", s->tsc_end);
	set(host, "tsc_quantum", "%s", s->tsc_quantum);
	set(host, "dispatch", "%s", x->cell->dispatch);
	set(host, "same_code", "%s", x->cell->same_code);
	set(host, "patched", "%u of %u retpoline sites, %u of %u return sites, %u of %u alternatives, PAGE_OFFSET in %u instructions, %u CLI and STI in all copies",
	    p->retpolines, p->retpoline_sites, p->returns, p->return_sites,
	    p->alternatives, p->alternative_sites, p->page_offset,
	    process__cli_sti());
	set(host, "jump_labels", "%u of %u are jumps, %s", p->jumps, p->jump_sites,
	    x->cell->patch.jumps ? "as a host booted under QEMU had them" :
	    "as they were built: of tracepoints, which boot leaves off");
	if (p->thunked || p->its)
		set(host, "thunks", "%u returns and %u indirect branches through a thunk that the profile has put there",
		    p->thunked, p->its);
}

/* At which place of the program a copy's text lies, from 0 on. */
static size_t place_of(const struct vitro_session *s, size_t i)
{
	size_t place = 0;

	for (size_t k = 0; k < s->nr; k++)
		place += s->subject[k].cell->copy->text < s->subject[i].cell->copy->text;
	return place;
}

/*
 * Where its two copies lie, what all cells leave to those after them, and what
 * the copies execute: the same, or nothing is said.
 */
static void describe_code(const struct vitro_session *s, const struct taken *t,
			  size_t first, json_t *host)
{
	const size_t second = session__second(s, first);
	const struct executed *a = &t->executed[first], *b = &t->executed[second];

	set(host, "place", "%zu,%zu", place_of(s, first), place_of(s, second));
	for (size_t m = 0; m < NR_MEASURE_MODES; m++) {
		if (!isnan(t->carry_over[m]))
			set(host, m == MEASURE_HOT ? "carry_over_hot" : "carry_over_cold",
			    "%.2f", t->carry_over[m]);
	}
	if (t->threads)
		return;
	if (!a->sites || !b->sites || a->hash != b->hash) {
		set(host, "executed", a->sites && b->sites ?
		    "not the same in both copies" :
		    "not known: no site that boot patches was met");
		return;
	}
	set(host, "executed", "%016llx", (unsigned long long)a->hash);
	set(host, "executed_indirect", "%u", a->indirect);
}

/*
 * What a workload with threads says beyond cycles: figures as numbers next to
 * KVM's, and what is not the kernel's own.
 */
static void describe_threads(const struct vitro_session *s,
			     const struct subject *x,
			     const struct contention *c, struct record *r)
{
	const struct fill *f = &s->fill;
	const struct { const char *name; double value; } number[] = {
		{ "threads", f->threads }, { "threads_cpus", threads__cpus() },
		{ "threads_permille_of_one", 1000 * c->ratio },
		{ "threads_faults_s", c->all },
		{ "threads_faults_s_thread", c->mean },
		{ "threads_faults_s_least", c->least },
		{ "threads_faults_s_most", c->most },
		{ "threads_pages_s", c->pages },
		{ "threads_repetitions", c->nr }, { "threads_touches", c->touches },
		{ "threads_faults", c->sum.faults }, { "threads_found", c->sum.found },
		{ "threads_late", contention__late(f, c) },
		{ "threads_lost", c->sum.lost },
		{ "threads_again", c->sum.again },
	};

	set(r->host, "pinned", "%s", threads__pinned());
	set(r->host, "threads", "%u on %u CPUs%s", f->threads, threads__cpus(),
	    contention__oversubscribed(f) ? "; oversubscribed: a holder of the lock may not be running" : "");
	set(r->host, "mmu_lock", "%s", x->cell->locks);
	set(r->host, "stand_ins", "%s", THREADS_STAND_INS);
	for (size_t i = 0; i < ARRAY_SIZE(number); i++)
		numbers__add(&r->stats, number[i].name, (int64_t)(number[i].value + 0.5));
}

/*
 * A fair lock is handed to the next in its queue, and to one that does not run
 * only once the scheduler lets it: more threads than CPUs may not get through.
 * No kernel has that, for it does not preempt who waits for a spinning lock.
 */
static bool did_not_get_through(const struct vitro_session *s,
				const struct subject *x)
{
	return s->fill.workload->threads && contention__oversubscribed(&s->fill) &&
	       strstr(x->failed, THREADS_LATE);
}

static void describe_failure(const struct vitro_session *s,
			     const struct subject *x, struct record *r)
{
	if (did_not_get_through(s, x)) {
		r->outcome = OUTCOME_SKIP;
		r->why = xasprintf("%u threads on %u CPUs: %s: a lock's queue does not move while its next is not running",
				   s->fill.threads, threads__cpus(), x->failed);
		return;
	}
	r->outcome = strstr(x->failed, "expected") || strstr(x->failed, "wrong table") ?
		OUTCOME_DENOMINATOR : OUTCOME_RIG;
	r->why = xstrdup(x->failed);
}

/*
 * Of every fill what the workload expects of one. What is not counted here was not
 * checked, and is named.
 */
static void take_expected(const struct workload *w, uint64_t fills,
			  struct record *r)
{
	struct numbers want = { 0 };
	struct strlist absent = { 0 };
	char *list;

	workload__expect(w, RIG_VITRO, &want);
	for (size_t i = 0; i < want.nr; i++) {
		char *stat = want.item[i].name;
		char *plain = xasprintf("%.*s", (int)strcspn(stat, "<>"), stat);

		if (numbers__find(&r->stats, plain))
			numbers__add(&r->expect, stat, want.item[i].value * fills);
		else if (!strlist__has(&absent, plain))
			strlist__add(&absent, plain);
		free(plain);
		free(stat);
	}
	free(want.item);
	list = strlist__join(&absent, ", ");
	if (absent.nr)
		set(r->host, "counters", "not counted in vitro, so not checked: %s", list);
	free(list);
	strlist__free(&absent);
}

static struct record *record_of(const struct vitro_session *s,
				const struct taken *t, size_t subject,
				uint64_t boot)
{
	const struct subject *x = &s->subject[subject];
	const struct subject *second = &s->subject[session__second(s, subject)];
	const struct workload *w = s->fill.workload;
	struct record *r = record__new();
	uint64_t fills = t->faults[subject] / s->fill.pages;

	r->base = xstrdup(vitro_base);
	r->variant = xstrdup(x->cell->variant);
	r->profile = xstrdup(x->cell->profile);
	r->workload = xstrdup(w->name);
	r->rig = xstrdup(RIG_VITRO);
	r->boot = boot;
	r->time = time_text();
	r->vmlinux_sha256 = xstrdup(x->cell->vmlinux_sha256);
	r->handler_sha256 = xstrdup(x->cell->handler_sha256);
	r->wall_s = t->seconds;
	r->events = t->faults[subject];
	r->host = json_object();
	describe_cell(s, x, r->host);
	describe_code(s, t, subject, r->host);
	if (x->failed || second->failed) {
		describe_failure(s, x->failed ? x : second, r);
		return r;
	}
	for (int m = 0; m < NR_MEASURE_MODES; m++) {
		if (!t->why[m])
			continue;
		r->outcome = OUTCOME_RIG;
		r->why = xstrdup(t->why[m]);
		return r;
	}
	r->outcome = OUTCOME_OK;
	r->why = xstrdup("");
	for (size_t i = 0; i < t->stats[subject].nr; i++)
		numbers__add(&r->stats, t->stats[subject].item[i].name,
			     t->stats[subject].item[i].value);
	take_expected(w, fills, r);
	r->cycles = cycles_of(s, t, subject);
	if (t->threads)
		describe_threads(s, x, &t->threads[subject], r);
	return r;
}

static void write_records(const struct vitro_session *s, const struct taken *t,
			  const struct measure_plan *p, FILE *f)
{
	for (size_t i = 0; i < s->nr; i++) {
		struct record *r;
		char *line;

		if (s->subject[i].cell->second)
			continue;
		r = record_of(s, t, i, p->boot);
		line = record__line(r);
		if (!line)
			die(EXIT_INTERNAL, "a record of %s/%s has a text that is not UTF-8",
			    r->variant, r->workload);
		/* A line that did not fit is lost: fflush() does not know of it. */
		if (fputs(line, f) < 0 || fflush(f))
			die(EXIT_STORAGE, "%s: %s", p->path, strerror(errno));
		free(line);
		record__free(r);
	}
}

static void free_taken(const struct vitro_session *s, struct taken *t)
{
	for (size_t i = 0; i < s->nr; i++)
		fill__free_stats(&t->stats[i]);
	for (int m = 0; m < NR_MEASURE_MODES; m++) {
		rounds__free(&t->mode[m]);
		free(t->why[m]);
	}
	for (size_t i = 0; t->threads && i < s->nr; i++)
		free(t->threads[i].once);
	free(t->threads);
	free(t->executed);
	free(t->stats);
	free(t->faults);
	free(t->pmu);
}

static void print_table(const struct vitro_session *s, const struct taken *t,
			FILE *f)
{
	static char *kind;
	const struct workload *w = s->fill.workload;

	if (!kind || strcmp(kind, w->class)) {
		free(kind);
		kind = xstrdup(w->class);
		contention__print_head(f, &s->fill,
				       s->subject[0].cell->copy->version < 0x060000);
	}
	for (size_t i = 0; i < s->nr; i++) {
		const struct vitro_cell *c = s->subject[i].cell;
		char *name = xasprintf("%s:%s%s", c->variant, c->profile,
				       c->second ? " again" : "");

		if (s->subject[i].failed)
			fprintf(f, "%-28s %6u%c %s: %s\n", name, w->threads,
				contention__oversubscribed(&s->fill) ? '!' : ' ',
				did_not_get_through(s, &s->subject[i]) ?
				"skipped" : "invalid", s->subject[i].failed);
		else
			contention__print(f, name, &s->fill, &t->threads[i]);
		free(name);
	}
}

static void measure_workload(struct vitro_session *s, const char *workload,
			     const struct measure_plan *p, FILE *f)
{
	struct taken t = {
		.stats = xcalloc(s->nr, sizeof(*t.stats)),
		.faults = xcalloc(s->nr, sizeof(*t.faults)),
		.pmu = xcalloc(s->nr, sizeof(*t.pmu)),
		.executed = xcalloc(s->nr, sizeof(*t.executed)),
		.carry_over = { NAN, NAN },
	};
	double started = now_s();
	char err[256];

	if (session__ready(s, workload, err, sizeof(err)))
		die(EXIT_NO_DATA, "%s: %s", workload, err);
	if (s->fill.workload->threads) {
		t.threads = xcalloc(s->nr, sizeof(*t.threads));
		measure_threads(s, p->seconds[MEASURE_HOT], &t);
	}
	for (int m = 0; m < NR_MEASURE_MODES && !t.threads && !stop__asked(); m++) {
		if (p->seconds[m] > 0)
			measure_mode(s, m, p->seconds[m], &t);
	}
	count_all(s, &t);
	check_jumps(s);
	if (!stop__asked())
		look_at_all(s, &t);
	t.seconds = now_s() - started;
	if (!stop__asked() && f)
		write_records(s, &t, p, f);
	if (t.threads && p->table)
		print_table(s, &t, p->table);
	free_taken(s, &t);
}

bool records__measure(struct vitro_session *s, const struct measure_plan *p)
{
	FILE *f = p->path ? fopen(p->path, "w") : NULL;

	if (p->path && !f)
		die(EXIT_STORAGE, "%s: %s", p->path, strerror(errno));
	for (size_t i = 0; i < p->workloads->nr && !stop__asked(); i++)
		measure_workload(s, p->workloads->item[i], p, f);
	if (p->table && s->threads)
		contention__print_foot(p->table, s->subject[0].cell);
	if (f && fclose(f))
		die(EXIT_STORAGE, "%s: %s", p->path, strerror(errno));
	return !stop__asked();
}

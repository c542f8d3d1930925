// SPDX-License-Identifier: GPL-2.0
/*
 * The cells as benchmarks: WORKLOAD/MODE/VARIANT/PROFILE, one chunk an
 * iteration, timed by the time stamp counter. Counter tsc is TSC cycles a
 * fault; real time is the same in seconds of a chunk. With several threads an
 * iteration is a whole fill, from the first thread's begin to the last one's end.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contention.h"
#include "disturb.h"
#include "gbench.h"
#include "session.h"

/*
 * Of its own time: with disturb() around it a cold fault takes a hundred times
 * as long.
 */
#define COLD_SECONDS	0.01
#define THREADS_SECONDS	0.05	/* that threads fault: what is around takes longer */

struct bench {
	struct vitro_session *session;
	char *workload;
	size_t subject;
	enum measure_mode mode;
};

struct step {
	struct fill *fill;
	struct numbers stats;
	unsigned int first, n;
	bool cold;
	uint64_t cycles;
};

static void begin(struct subject *s, void *arg)
{
	struct step *t = arg;

	fill__begin(t->fill, s);
	t->first = 0;
}

static void check(struct subject *s, void *arg)
{
	struct step *t = arg;
	char err[256];

	if (!fill__check(t->fill, s, &t->stats, err, sizeof(err)))
		s->failed = xstrdup(err);
}

static void take(struct subject *s, void *arg)
{
	struct step *t = arg;

	if (t->cold)
		disturb();
	t->cycles = measure__chunk(s, t->fill, t->first, t->n);
	t->first += t->n;
}

/* The faults of a fill that are left, so that its counters add up. */
static void finish(struct subject *s, struct step *t)
{
	if (t->first < t->fill->faults) {
		t->n = t->fill->faults - t->first;
		t->cold = false;
		subject__try(s, take, t);
	}
	subject__try(s, check, t);
}

static void run(struct gbench_state *g, void *data)
{
	struct bench *b = data;
	struct subject *s = &b->session->subject[b->subject];
	struct step t = { .fill = &b->session->fill };
	uint64_t cycles = 0, faults = 0;
	char err[256];

	if (session__ready(b->session, b->workload, err, sizeof(err))) {
		gbench__skip_with_error(g, err);
		return;
	}
	subject__try(s, begin, &t);
	gbench__for_each(g) {
		t.cold = b->mode == MEASURE_COLD;
		t.n = t.cold ? 1 : t.fill->chunk;
		if (t.first == t.fill->faults) {
			subject__try(s, check, &t);
			subject__try(s, begin, &t);
		}
		if (!subject__try(s, take, &t)) {
			gbench__skip_with_error(g, s->failed);
			break;
		}
		cycles += t.cycles;
		faults += t.n;
		gbench__set_iteration_time(g, t.cycles / b->session->tsc_hz);
	}
	finish(s, &t);
	free(t.stats.item);
	if (s->failed) {
		gbench__skip_with_error(g, s->failed);
		return;
	}
	gbench__counter(g, "tsc", faults ? (double)cycles / faults : 0, GBENCH_PLAIN);
	gbench__counter(g, "faults", t.fill->chunk * (b->mode == MEASURE_HOT) +
			(b->mode == MEASURE_COLD), GBENCH_PLAIN);
	gbench__set_items_processed(g, faults);
	gbench__set_label(g, s->cell->dispatch);
}

/* The counters are of all iterations together; rates are medians of them. */
static void show_threads(struct gbench_state *g, const struct vitro_session *s,
			 struct contention *c)
{
	const struct fill *f = &s->fill;

	contention__sum_up(c, f, s->tsc_hz);
	gbench__counter(g, "tsc", c->cycles, GBENCH_PLAIN);
	gbench__counter(g, "faults_s", c->all, GBENCH_PLAIN);
	gbench__counter(g, "faults_s_thread", c->mean, GBENCH_PLAIN);
	gbench__counter(g, "spread_percent", c->spread, GBENCH_PLAIN);
	gbench__counter(g, "faults", (double)c->sum.faults / c->nr, GBENCH_PLAIN);
	gbench__counter(g, "late", (double)contention__late(f, c) / c->nr, GBENCH_PLAIN);
	gbench__counter(g, "again", (double)c->sum.again / c->nr, GBENCH_PLAIN);
	gbench__set_items_processed(g, c->sum.faults);
}

static void run_threads(struct gbench_state *g, void *data)
{
	struct bench *b = data;
	struct vitro_session *s = b->session;
	struct subject *x = &s->subject[b->subject];
	struct contention c = { 0 };
	struct numbers stats = { 0 };
	char err[256], *label;

	if (session__ready(s, b->workload, err, sizeof(err))) {
		gbench__skip_with_error(g, err);
		return;
	}
	gbench__for_each(g) {
		struct contention_once o;

		if (!contention__once(x, &s->fill, &stats, &o)) {
			gbench__skip_with_error(g, x->failed);
			break;
		}
		contention__keep(&c, &o, &s->fill);
		gbench__set_iteration_time(g, o.wall / s->tsc_hz);
	}
	fill__free_stats(&stats);
	if (c.nr && !x->failed)
		show_threads(g, s, &c);
	label = xasprintf("%u threads on %u CPUs%s", s->fill.threads,
			  threads__cpus(), contention__oversubscribed(&s->fill) ?
			  ", OVERSUBSCRIBED" : "");
	gbench__set_label(g, label);
	free(label);
	free(c.once);
}

static int register_threads(struct vitro_session *s, const char *workload,
			    size_t subject)
{
	const struct vitro_cell *c = s->subject[subject].cell;
	struct bench *b = xcalloc(1, sizeof(*b));
	char *name = xasprintf("%s/hot/%s/%s%s", workload, c->variant, c->profile,
			       c->second ? "/again" : "");
	struct gbench *g;

	*b = (struct bench) { s, xstrdup(workload), subject, MEASURE_HOT };
	g = gbench__register(name, run_threads, b);
	free(name);
	if (!g)
		return -errno;
	return gbench__use_manual_time(g) ?: gbench__min_time(g, THREADS_SECONDS);
}

static int register_one(struct vitro_session *s, const char *workload,
			size_t subject, enum measure_mode mode)
{
	const struct vitro_cell *c = s->subject[subject].cell;
	struct bench *b = xcalloc(1, sizeof(*b));
	char *name = xasprintf("%s/%s/%s/%s%s", workload,
			       mode == MEASURE_HOT ? "hot" : "cold", c->variant,
			       c->profile, c->second ? "/again" : "");
	struct gbench *g;

	*b = (struct bench) { s, xstrdup(workload), subject, mode };
	g = gbench__register(name, run, b);
	free(name);
	if (!g)
		return -errno;
	return gbench__use_manual_time(g) ?:
	       mode == MEASURE_COLD ? gbench__min_time(g, COLD_SECONDS) : 0;
}

int benches__register(struct vitro_session *s, const struct strlist *workloads)
{
	struct err err;
	int e = 0;

	for (size_t w = 0; w < workloads->nr; w++) {
		const char *name = workloads->item[w];
		struct workload *of = catalog__workload(vitro_base, name, &err);

		if (!of)
			return -EINVAL;
		for (size_t i = 0; i < s->nr && !e; i++) {
			if (of->threads && s->threads) {
				e = register_threads(s, name, i);
				continue;
			}
			for (int m = 0; m < NR_MEASURE_MODES && !e; m++)
				e = register_one(s, name, i, m);
		}
		workload__free(of);
	}
	return e;
}

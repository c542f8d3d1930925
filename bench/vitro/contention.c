// SPDX-License-Identifier: GPL-2.0
/*
 * Repetitions with several threads; see contention.h.
 */
#include <stdlib.h>
#include <string.h>

#include "contention.h"
#include "interval.h"

bool contention__oversubscribed(const struct fill *f)
{
	return f->threads > threads__cpus();
}

uint64_t contention__late(const struct fill *f, const struct contention *c)
{
	/* Every page was mapped once, by a fault that was not late. */
	return c->sum.faults - c->sum.again - c->nr * f->pages;
}

static void begin(struct subject *s, void *arg)
{
	fill__begin(arg, s);
}

struct check {
	struct fill *f;
	struct numbers *stats;
	const struct thread_count *sum;
	vitro_u64 taken_before;
};

static vitro_u64 taken_of(const struct subject *s, const struct fill *f)
{
	vitro_u64 sum = 0;

	for (unsigned int n = 0; n < f->threads; n++) {
		const vitro_u64 *v = fill__counter(s, "pf_taken", n);

		sum += v ? *v : 0;
	}
	return sum;
}

/* No touch went missing, and KVM counted the faults that were taken. */
static void check(struct subject *s, void *arg)
{
	struct check *c = arg;
	const struct thread_count *sum = c->sum;
	const uint64_t touches = (uint64_t)c->f->threads * c->f->faults;
	const vitro_u64 taken = taken_of(s, c->f) - c->taken_before;
	char err[320];

	if (!fill__check(c->f, s, c->stats, err, sizeof(err)))
		s->failed = xstrdup(err);
	else if (sum->faults + sum->found != touches + sum->again)
		s->failed = xasprintf("%lu faults and %lu pages found where %lu touches and %lu faults taken again were expected",
				      sum->faults, sum->found, touches, sum->again);
	else if (fill__counter(s, "pf_taken", 0) && taken != sum->faults)
		s->failed = xasprintf("pf_taken of all vCPUs is %lu where %lu was expected",
				      taken, sum->faults);
}

static void add_up(struct contention_once *o, const struct fill *f,
		   const struct thread_count *count)
{
	uint64_t first = count[0].begin, last = count[0].end, busy = 0;

	*o = (struct contention_once) { .least = 1e300 };
	for (unsigned int n = 0; n < f->threads; n++) {
		const struct thread_count *c = &count[n];
		double rate = (double)c->faults / (c->end - c->begin);

		first = c->begin < first ? c->begin : first;
		last = c->end > last ? c->end : last;
		busy += c->end - c->begin;
		o->mean += rate / f->threads;
		o->least = rate < o->least ? rate : o->least;
		o->most = rate > o->most ? rate : o->most;
		o->sum.faults += c->faults;
		o->sum.found += c->found;
		o->sum.lost += c->lost;
		o->sum.again += c->again;
	}
	o->wall = last - first;
	o->cycles = (double)busy / o->sum.faults;
	o->all = (double)o->sum.faults / o->wall;
	o->pages = (double)f->pages / o->wall;
}

bool contention__once(struct subject *s, struct fill *f, struct numbers *stats,
		      struct contention_once *out)
{
	struct thread_count count[THREADS_MOST];
	struct check c = { .f = f, .stats = stats, .sum = &out->sum };

	*out = (struct contention_once) { .cycles = 1 };
	if (!subject__try(s, begin, f))
		return false;
	c.taken_before = taken_of(s, f);
	if (!threads__run(s, f, false, count))
		return false;
	add_up(out, f, count);
	return subject__try(s, check, &c);
}

/* A repetition, and one thread's share of it by itself. */
static bool with_alone(struct subject *s, struct fill *f, struct fill *alone,
		       struct numbers *stats, struct contention_once *out)
{
	struct contention_once one;
	struct numbers unused = { 0 };
	bool ok = contention__once(s, f, stats, out);

	if (ok && f->threads > 1) {
		ok = contention__once(s, alone, &unused, &one);
		fill__free_stats(&unused);
	} else {
		one = *out;
	}
	out->alone = one.cycles;
	out->ratio = out->cycles / one.cycles;
	return ok;
}

/* Cycles a fault that the harness costs; on the tables that are there. */
static double floor_of(struct subject *s, size_t nr, const struct fill *f)
{
	struct thread_count count[THREADS_MOST];
	struct contention_once o;

	for (size_t i = 0; i < nr; i++) {
		if (s[i].failed || !threads__run(&s[i], f, true, count))
			continue;
		add_up(&o, f, count);
		return o.cycles;
	}
	return 1;
}

void contention__keep(struct contention *c, const struct contention_once *o,
		      const struct fill *f)
{
	if (!(c->nr & (c->nr - 1)))	/* twice the room at each power of 2 */
		c->once = xrealloc(c->once, (c->nr ? 2 * c->nr : 1) * sizeof(*c->once));
	c->once[c->nr++] = *o;
	c->sum.faults += o->sum.faults;
	c->sum.found += o->sum.found;
	c->sum.lost += o->sum.lost;
	c->sum.again += o->sum.again;
	c->touches += (uint64_t)f->threads * f->faults;
}

void contention__rounds(struct subject *s, size_t nr, struct fill *f,
			struct fill *alone, double seconds, size_t least,
			bool (*stop)(void),
			struct measured *out, struct numbers *stats,
			uint64_t *taken, struct contention *c)
{
	const double end = now_s() + seconds;

	measure__begin(out, nr, MEASURE_HOT);
	while (now_s() < end || out->nr < least) {
		double *row = measure__add_round(out);

		for (size_t i = 0; i < out->columns; i++) {
			size_t col = measure__column(out, i);
			struct contention_once o;

			if (col == nr) {
				row[col] = floor_of(s, nr, f);
				continue;
			}
			if (with_alone(&s[col], f, alone, &stats[col], &o)) {
				taken[col] += f->pages;
				contention__keep(&c[col], &o, f);
			}
			row[col] = o.cycles;
		}
		if (stop && stop())
			break;
	}
}

static double median_of(const struct contention *c, size_t offset, double *v)
{
	for (size_t i = 0; i < c->nr; i++)
		memcpy(&v[i], (const char *)&c->once[i] + offset, sizeof(*v));
	return interval__median(v, c->nr);
}

void contention__sum_up(struct contention *c, const struct fill *f,
			double tsc_hz)
{
	double *v = xcalloc(c->nr ?: 1, sizeof(*v));

#define MEDIAN(field) median_of(c, offsetof(struct contention_once, field), v)
	c->cycles = MEDIAN(cycles);
	c->alone = MEDIAN(alone);
	c->ratio = MEDIAN(ratio);
	c->all = MEDIAN(all) * tsc_hz;
	c->mean = MEDIAN(mean) * tsc_hz;
	c->least = MEDIAN(least) * tsc_hz;
	c->most = MEDIAN(most) * tsc_hz;
	c->pages = MEDIAN(pages) * tsc_hz;
#undef MEDIAN
	for (size_t i = 0; i < c->nr; i++)
		v[i] = 100 * (c->once[i].most - c->once[i].least) / c->once[i].mean;
	c->spread = f->threads > 1 ? interval__median(v, c->nr) : 0;
	free(v);
}

void contention__print_head(FILE *f, const struct fill *fill, bool spinlock)
{
	fprintf(f, "\n%s; mmu_lock: %s\n", fill->workload->class,
		spinlock ? "a spinlock" :
		fill->machine.mmu == VITRO_TDP ? "held for reading" :
						 "held for writing");
	fprintf(f, "%-28s %7s %9s %9s %6s %7s %6s %7s %6s\n", "", "",
		"faults/s", "faults/s", "", "cycles", "to one", "late,", "again,");
	fprintf(f, "%-28s %7s %9s %9s %6s %7s %6s %7s %6s\n", "cell", "threads",
		"in all", "each", "spread", "/fault", "thread", "% of", "% of");
}

static double percent(uint64_t part, uint64_t of)
{
	return of ? 100.0 * part / of : 0;
}

void contention__print(FILE *f, const char *cell, const struct fill *fill,
		       const struct contention *c)
{
	fprintf(f, "%-28s %6u%c %9.0f %9.0f %5.0f%% %7.0f %5.2fx %6.2f%% %5.2f%%\n",
		cell, fill->threads, contention__oversubscribed(fill) ? '!' : ' ',
		c->all, c->mean, c->spread, c->cycles, c->ratio,
		percent(contention__late(fill, c), c->sum.faults),
		percent(c->sum.again, c->sum.faults));
	fflush(f);
}

/* In lines of at most 75 columns. */
static void print_wrapped(FILE *f, const char *text)
{
	int column = 0;

	while (*text) {
		int n = strcspn(text, " ");

		if (column && column + 1 + n > 75)
			column = fprintf(f, "\n") - 1;
		column += fprintf(f, "%s%.*s", column ? " " : "", n, text);
		text += n;
		text += strspn(text, " ");
	}
	fputc('\n', f);
}

void contention__print_foot(FILE *f, const struct vitro_cell *cell)
{
	char *text[] = {
		xasprintf("%s, layout %u; threads: %s. Medians of repetitions, each of them walked and counted. TSC cycles, waiting for a lock included; to one thread that takes its share alone, in the same rounds. spread: from the slowest thread to the fastest. late: another vCPU had mapped the page meanwhile. again: the handler sent the vCPU back without the page.",
			  vitro_base, vitro_layout, threads__pinned()),
		xasprintf("! more threads than the %u CPUs: who holds or awaits the lock may not be running, so these lines are about the scheduler too",
			  threads__cpus()),
		xasprintf("mmu_lock: %s", cell->locks),
		xasprintf("Not the kernel's: %s", THREADS_STAND_INS),
	};

	fputc('\n', f);
	for (size_t i = 0; i < ARRAY_SIZE(text); i++) {
		print_wrapped(f, text[i]);
		free(text[i]);
	}
}

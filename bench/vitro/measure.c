// SPDX-License-Identifier: GPL-2.0
/*
 * The loop that is timed, and the rounds around it; see measure.h.
 */
#include <stdlib.h>
#include <string.h>

#include "balance.h"
#include "disturb.h"
#include "measure.h"
#include "tsc.h"

/* What the harness costs: a handler that does nothing. */
__attribute__((noinline))
static int empty(void *vcpu, vitro_u64 gpa, vitro_u64 error_code, void *insn,
		 int insn_len)
{
	(void)vcpu, (void)gpa, (void)error_code, (void)insn, (void)insn_len;
	__asm__ volatile("");
	return 1;
}

/*
 * All subjects are called from here, by the same instructions, so the loop
 * costs each of them the same. The result is above 0 for every fault that
 * went its way back to the guest: less one, it has no sign.
 */
__attribute__((noinline, aligned(64)))
static uint64_t faults(vitro_entry entry, void *vcpu, const vitro_u64 *gpa,
		       unsigned int n, vitro_u64 error_code, int *wrong)
{
	const bool rdtscp = tsc__rdtscp();
	uint64_t start = tsc__begin();
	int bad = 0;

	for (unsigned int i = 0; i < n; i++)
		bad |= entry(vcpu, gpa[i], error_code, NULL, 0) - 1;
	*wrong = bad < 0;
	return tsc__end(rdtscp) - start;
}

uint64_t measure__chunk(const struct subject *s, const struct fill *f,
			unsigned int first, unsigned int n)
{
	const struct vitro_copy *c = s->cell->copy;
	int wrong;
	uint64_t t = faults(c->entry, c->vcpu, f->gpa + first, n,
			    f->error_code, &wrong);

	if (wrong)
		s->env.fail("kvm_mmu_page_fault() did not return to the guest",
			    first);
	return t;
}

struct turn {			/* one chunk, for subject__try() */
	const struct fill *f;
	unsigned int first, n;
	unsigned int before;	/* untimed faults of the subject, before those */
	bool cold;
	uint64_t cycles;
};

static void take(struct subject *s, void *arg)
{
	struct turn *t = arg;

	if (t->before)
		measure__chunk(s, t->f, t->first, t->before);
	if (t->cold)
		disturb();
	t->cycles = measure__chunk(s, t->f, t->first + t->before, t->n);
}

static uint64_t take_empty(const struct turn *t)
{
	int wrong;

	if (t->cold)
		disturb();
	return faults(empty, NULL, t->f->gpa + t->first, t->n,
		      t->f->error_code, &wrong);
}

static void begin(struct subject *s, void *arg)
{
	fill__begin(arg, s);
}

void measure__begin(struct measured *r, size_t nr, uint64_t seed)
{
	*r = (struct measured) {
		.columns = nr + 1,
		.seed = balance__draw(seed, vitro_layout),
		.label = xcalloc(nr + 1, sizeof(*r->label)),
	};
}

double *measure__add_round(struct measured *r)
{
	const size_t cycle = 2 * r->columns;

	if (r->nr % cycle == 0)
		balance__shuffle(r->label, r->columns,
				 balance__draw(r->seed, r->nr / cycle));
	if (!(r->nr & (r->nr - 1))) {	/* twice the room at each power of 2 */
		const size_t room = (r->nr ? 2 * r->nr : 1) * r->columns;

		r->cycles = xrealloc(r->cycles, room * sizeof(*r->cycles));
		r->after = xrealloc(r->after, room * sizeof(*r->after));
	}
	return r->cycles + r->nr++ * r->columns;
}

size_t measure__column(struct measured *r, size_t i)
{
	const size_t round = r->nr - 1;
	size_t column = balance__turn(r->label, r->columns, round, i);

	r->after[round * r->columns + column] = !i ? r->columns :
		balance__turn(r->label, r->columns, round, i - 1);
	return column;
}

static void one_round(struct subject *s, struct turn *t, struct measured *r)
{
	double *row = measure__add_round(r);

	for (size_t i = 0; i < r->columns; i++) {
		size_t col = measure__column(r, i);

		if (col == r->columns - 1)
			t->cycles = take_empty(t);
		else if (!subject__try(&s[col], take, t))
			t->cycles = t->n;	/* the same in every round */
		row[col] = (double)t->cycles / t->n;
	}
}

/* Time is up within a fill: the rest of it, unmeasured, so that it adds up. */
static void finish(struct subject *s, size_t nr, const struct turn *t)
{
	struct turn rest = { .f = t->f, .first = t->first + t->before + t->n };

	if (rest.first >= t->f->faults)
		return;
	rest.n = t->f->faults - rest.first;
	for (size_t i = 0; i < nr; i++)
		subject__try(&s[i], take, &rest);
}

struct check {
	struct fill *f;
	struct numbers *stats;
};

static void check(struct subject *s, void *arg)
{
	struct check *c = arg;
	char err[256];

	if (!fill__check(c->f, s, c->stats, err, sizeof(err)))
		s->failed = xstrdup(err);
}

void measure__rounds(struct subject *s, size_t nr, struct fill *f,
		     enum measure_mode mode, double seconds, size_t least,
		     bool (*stop)(void), struct measured *out,
		     struct numbers *stats, uint64_t *taken)
{
	const double end = now_s() + seconds;
	struct turn t = { .f = f, .cold = mode == MEASURE_COLD };

	measure__begin(out, nr, mode);
	t.n = t.cold ? 1 : f->chunk;
	t.before = t.cold && f->faults % 2 == 0;
	while (now_s() < end || out->nr < least) {
		for (size_t i = 0; i < nr; i++)
			subject__try(&s[i], begin, f);
		for (t.first = 0; t.first < f->faults; t.first += t.before + t.n) {
			one_round(s, &t, out);
			if (t.cold && now_s() >= end && out->nr >= least)
				break;
		}
		finish(s, nr, &t);
		for (size_t i = 0; i < nr; i++) {
			struct check c = { .f = f, .stats = &stats[i] };

			taken[i] += f->faults;
			subject__try(&s[i], check, &c);
		}
		if (stop && stop())
			break;
	}
}

void measure__free(struct measured *r)
{
	free(r->cycles);
	free(r->after);
	free(r->label);
	*r = (struct measured) { 0 };
}

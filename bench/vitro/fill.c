// SPDX-License-Identifier: GPL-2.0
/*
 * Workloads in vitro; see fill.h.
 */
#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "guest.h"

#define PAGE_SHIFT	12
#define LARGE_PAGES	512ul		/* frames of a 2 MiB page */

/* Bits of a page fault's error code, as the hardware and KVM say them. */
#define PF_PRESENT	(1ul << 0)
#define PF_WRITE	(1ul << 1)
#define PF_USER		(1ul << 2)
#define PF_RSVD		(1ul << 3)
#define PF_FETCH	(1ul << 4)
#define PF_GUEST_FINAL	(1ul << 32)

static bool is_ept(const struct workload *w)
{
	return !strcmp(w->tables, "ept");
}

static enum vitro_mmu mmu_of(const struct workload *w)
{
	if (strstr(w->cmdline, "npt=0"))
		return VITRO_SHADOW;
	return !strcmp(w->tdp_mmu, "off") ? VITRO_LEGACY : VITRO_TDP;
}

/*
 * A nested fault is a user's to AMD's nested paging; to EPT only a read is,
 * as vmx.c translates it. A shadowed guest runs in ring 0.
 */
static vitro_u64 error_code(const struct fill *f, vitro_u64 code)
{
	if (f->machine.mmu == VITRO_SHADOW)
		return code;
	if (f->machine.bits == VITRO_NPT || !code)
		code |= PF_USER;
	return code | PF_GUEST_FINAL;
}

/* Of the measured faults, and of those before them. */
static void error_codes(struct fill *f, const struct workload *w)
{
	const struct plan_cell *c = &w->cell;
	const vitro_u64 code = f->exec ? PF_FETCH : c->op == GUEST_WRITE ? PF_WRITE : 0;
	const bool present = f->again && c->ready != READY_ZAP && c->ready != READY_AGE;

	f->before = error_code(f, f->exec && f->again ? PF_WRITE : code);
	f->error_code = error_code(f, code | (present ? PF_PRESENT : 0));
	if (!f->mmio || !f->again)
		return;
	/* An EPT misconfiguration says nothing else. */
	f->error_code = is_ept(w) ? PF_RSVD : f->error_code | PF_RSVD;
}

/* In order, or shuffled by a seeded xorshift (Marsaglia 2003). */
static void make_addresses(struct fill *f, const struct plan_cell *c)
{
	vitro_u64 x = c->seed ?: 1;

	f->gpa = xcalloc(f->faults, sizeof(*f->gpa));
	for (unsigned int i = 0; i < f->faults; i++)
		f->gpa[i] = c->region_gpa + i * c->stride;
	for (unsigned int i = f->faults - 1; c->order == GUEST_RANDOM && i; i--) {
		unsigned int j;
		vitro_u64 t = f->gpa[i];

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		j = x % (i + 1);
		f->gpa[i] = f->gpa[j];
		f->gpa[j] = t;
	}
}

#define AGAIN	"-again"		/* a guest that did the same before */

static bool is_again(const struct plan_cell *c)
{
	const size_t n = strlen(c->guest), k = strlen(AGAIN);

	return n > k && !strcmp(c->guest + n - k, AGAIN);
}

/* That one, or the one that did the same before. */
static bool is_guest(const struct plan_cell *c, const char *name)
{
	return !strncmp(c->guest, name, strlen(name)) &&
	       (!strcmp(c->guest, name) || !strcmp(c->guest + strlen(name), AGAIN));
}

int fill__of(struct fill *f, const struct workload *w, char *err,
	     size_t errlen)
{
	const struct plan_cell *c = &w->cell;
	const unsigned int parts = w->overlap ? 1 : w->threads ?: 1;
	vitro_u64 pages = (parts * c->stride * c->events + 4095) >> PAGE_SHIFT;

	*f = (struct fill) {
		.workload = w,
		.mmio = is_guest(c, "mmio"), .exec = is_guest(c, "exec"),
		.again = c->pretouch || is_again(c),
		.threads = w->threads ?: 1,
		.apart = w->overlap ? 0 : c->stride * c->events,
		.pages = parts * c->events,
	};
	if (!f->exec && !f->mmio && strcmp(c->guest, "touch")) {
		snprintf(err, errlen, "vitro calls the page-fault handler only: guest %s does not reach it",
			 c->guest);
		return -1;
	}
	if (c->backing != BACKING_ANONYMOUS) {
		snprintf(err, errlen, "vitro has memory that is there: no userfaultfd and no guest_memfd");
		return -1;
	}
	f->machine = (struct vitro_machine) {
		.mmu = mmu_of(w),
		.bits = is_ept(w) ? VITRO_EPT : VITRO_NPT,
		.page_size = c->page_size,
		.base_gfn = c->region_gpa >> PAGE_SHIFT,
		.low_npages = GUEST_LOW_SIZE >> PAGE_SHIFT,
		.npages = (pages + LARGE_PAGES - 1) / LARGE_PAGES * LARGE_PAGES,
		.vcpus = f->threads,
		.nx_huge = !!strstr(w->cmdline, "nx_huge_pages=force"),
		.no_ad = !!strstr(w->cmdline, "eptad=0"),
	};
	if (f->mmio)				/* no slot but low memory */
		f->machine.npages = 0;
	f->faults = c->events;
	f->chunk = f->faults < CHUNK ? f->faults : CHUNK;
	if (!f->faults || f->faults % f->chunk) {
		snprintf(err, errlen, "%u faults are not a whole number of chunks of %u",
			 f->faults, f->chunk);
		return -1;
	}
	error_codes(f, w);
	make_addresses(f, c);
	return 0;
}

void fill__free(struct fill *f)
{
	free(f->gpa);
	f->gpa = NULL;
}

void fill__free_stats(struct numbers *stats)
{
	for (size_t i = 0; i < stats->nr; i++)
		free(stats->item[i].name);
	free(stats->item);
	*stats = (struct numbers) { 0 };
}

/* The faults that must have happened before those that are measured. */
static void pretouch(const struct fill *f, const struct subject *s)
{
	const struct vitro_copy *c = s->cell->copy;

	for (unsigned int i = 0; i < f->faults; i++)
		c->entry(c->vcpu, f->gpa[i], f->before, NULL, 0);
}

/* Does a counter lie in the vCPU, of which there are several? */
static bool is_vcpus(const struct vitro_copy *c, const struct vitro_stat *stat)
{
	return (vitro_u64)stat->value - (vitro_u64)c->vcpu < c->vcpu_size;
}

static const vitro_u64 *counter_of(const struct vitro_copy *c,
				   const struct vitro_stat *stat,
				   unsigned int vcpu)
{
	return (const vitro_u64 *)((const char *)stat->value +
				   (is_vcpus(c, stat) ? vcpu * c->vcpu_size : 0));
}

/* Counter i, of all vCPUs. */
static vitro_u64 value_of(const struct fill *f, const struct subject *s,
			  size_t i)
{
	const struct vitro_copy *c = s->cell->copy;
	const struct vitro_stat *stat = &c->stats[i];
	vitro_u64 sum = *stat->value;

	for (unsigned int n = 1; n < f->threads && is_vcpus(c, stat); n++)
		sum += *counter_of(c, stat, n);
	return sum;
}

const vitro_u64 *fill__counter(const struct subject *s, const char *name,
			       unsigned int vcpu)
{
	const struct vitro_copy *c = s->cell->copy;

	for (size_t i = 0; c->stats[i].name; i++) {
		if (!strcmp(c->stats[i].name, name))
			return counter_of(c, &c->stats[i], vcpu);
	}
	return NULL;
}

static void at_ready(const struct vitro_copy *c, uint64_t ready)
{
	if (ready == READY_DIRTY_LOG)
		c->protect();
	else if (ready == READY_ZAP)
		c->unmap();
	else if (ready == READY_AGE)
		c->age();
	else if (ready == READY_INVALIDATE)
		c->invalidate();
	else if (ready == READY_MOVE_SLOT)
		c->move_slot();
}

void fill__begin(struct fill *f, struct subject *s)
{
	const struct vitro_copy *c = s->cell->copy;
	size_t i;

	c->zap();
	if (f->again)
		pretouch(f, s);
	at_ready(c, f->workload->cell.ready);
	for (i = 0; i < ARRAY_SIZE(s->before) && c->stats[i].name; i++)
		s->before[i] = value_of(f, s, i);
	s->emulated_before = *c->emulated;
}

static int64_t stat_of(const struct fill *f, const struct subject *s,
		       const char *name, bool *there)
{
	const struct vitro_copy *c = s->cell->copy;

	*there = true;
	if (!strcmp(name, "mmio_exits"))
		return *c->emulated - s->emulated_before;
	if (!strcmp(name, "dirty_pages"))
		return c->dirty();
	for (size_t i = 0; c->stats[i].name; i++) {
		if (!strcmp(c->stats[i].name, name))
			return value_of(f, s, i) - s->before[i];
	}
	*there = false;
	return 0;
}

/* A name that ends in ">=" or "<=" is of a bound. */
static int64_t expected_stat(const struct fill *f, const struct subject *s,
			     const char *name, bool *there)
{
	char *plain = xasprintf("%.*s", (int)strcspn(name, "<>"), name);
	int64_t is = stat_of(f, s, plain, there);

	free(plain);
	return is;
}

static bool check_stats(const struct fill *f, const struct subject *s,
			char *err, size_t errlen)
{
	for (size_t i = 0; i < f->workload->nr_expect; i++) {
		const struct expect *e = &f->workload->expect[i];
		const char bound = e->stat[strcspn(e->stat, "<>")];
		const int64_t want = e->value;
		bool there;
		int64_t is = expected_stat(f, s, e->stat, &there);

		/* What is not there is named in the record. */
		if (!there || is == want || (bound == '>' && is > want) ||
		    (bound == '<' && is < want))
			continue;
		snprintf(err, errlen, "%s is %lld where %llu was expected",
			 e->stat, (long long)is, (unsigned long long)e->value);
		return false;
	}
	return true;
}

static void add(struct numbers *stats, const char *name, int64_t value)
{
	for (size_t i = 0; i < stats->nr; i++) {
		if (!strcmp(stats->item[i].name, name)) {
			stats->item[i].value += value;
			return;
		}
	}
	numbers__add(stats, name, value);
}

void fill__tables(const struct fill *f, const struct subject *s,
		  struct walk *w)
{
	*w = (struct walk) {
		.env = &s->env, .mmu = f->machine.mmu,
		.bits = f->machine.bits, .base_gfn = f->machine.base_gfn,
	};
	s->cell->copy->root(&w->root);
}

/* KVM maps nothing as long as it is so. */
static bool is_retried(const struct plan_cell *c)
{
	return c->ready == READY_INVALIDATE || c->ready == READY_MOVE_SLOT;
}

/*
 * What the processor would make of the tables: every page that was touched is
 * mapped to its own frame, and nothing else is, but where KVM prefetches.
 */
static bool check_walk(const struct fill *f, const struct subject *s,
		       char *err, size_t errlen)
{
	const struct plan_cell *c = &f->workload->cell;
	/*
	 * A huge page that is executed, where none may be, is a small one; so is one
	 * that is written under dirty logging.
	 */
	const bool huge = c->page_size > 4096 && f->machine.nx_huge;
	const bool split = c->page_size > 4096 && c->ready == READY_DIRTY_LOG;
	const struct walk_expect expect = {
		.want = f->mmio ? WALK_MMIO : is_retried(c) ? WALK_ABSENT : WALK_PAGE,
		.first = c->region_gpa >> PAGE_SHIFT,
		.n = f->pages * c->stride >> PAGE_SHIFT,
		.stride = c->stride >> PAGE_SHIFT,
		.page_size = (huge && f->exec) || split ? 4096 : c->page_size,
		.writable = 1, .no_exec = huge && !f->exec,
	};
	const vitro_u64 *pages_4k = fill__counter(s, "pages_4k", 0);
	struct walk_result r;
	struct walk w;

	fill__tables(f, s, &w);
	if (walk_check(&w, &expect, 1, &r)) {
		snprintf(err, errlen, "wrong table: %s", r.error);
		return false;
	}
	if (f->machine.mmu == VITRO_TDP && r.extra && !(huge && f->again) && !split) {
		snprintf(err, errlen, "wrong table: %lu pages are mapped that were not touched",
			 r.extra);
		return false;
	}
	/* A page that two vCPUs mapped was counted twice. */
	if (f->threads > 1 && pages_4k && *pages_4k != r.pages_4k) {
		snprintf(err, errlen, "pages_4k is %lu where the tables' %lu were expected",
			 *pages_4k, r.pages_4k);
		return false;
	}
	return true;
}

bool fill__check(struct fill *f, struct subject *s, struct numbers *stats,
		 char *err, size_t errlen)
{
	const struct vitro_copy *c = s->cell->copy;

	for (size_t i = 0; c->stats[i].name; i++)
		add(stats, c->stats[i].name, value_of(f, s, i) - s->before[i]);
	add(stats, "mmio_exits", *c->emulated - s->emulated_before);
	if (f->workload->cell.ready == READY_DIRTY_LOG)
		add(stats, "dirty_pages", c->dirty());
	return check_stats(f, s, err, errlen) && check_walk(f, s, err, errlen);
}

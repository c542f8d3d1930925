/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What it costs that several threads fault on one struct kvm: repetitions of a
 * workload with threads, each a whole fill that is checked, and their figures.
 */
#ifndef FAULTLINE_CONTENTION_H
#define FAULTLINE_CONTENTION_H

#include "measure.h"
#include "threads.h"

/* One repetition, of one subject. */
struct contention_once {
	uint64_t wall;			/* TSC cycles, first begin to last end */
	double cycles;			/* a fault, of its thread's time */
	double alone, ratio;		/* the same with one thread; cycles to it */
	double all, mean, least, most;	/* faults a TSC cycle: together; a thread */
	double pages;			/* mapped a TSC cycle, together */
	struct thread_count sum;	/* of all threads; no times */
};

/* Of all repetitions, medians; rates are a second, of real time. */
struct contention {
	size_t nr;			/* repetitions */
	double cycles, alone, ratio, all, mean, least, most, pages;
	double spread;			/* (most - least) / mean of each, in percent */
	struct thread_count sum;	/* totals */
	uint64_t touches;
	struct contention_once *once;
};

/* The fill's threads together are more than there are CPUs for them. */
bool contention__oversubscribed(const struct fill *f);
/* Faults that met another vCPU's page, found late. */
uint64_t contention__late(const struct fill *f, const struct contention *c);

/*
 * Begin a fill, let the threads take it, check it: KVM's counters, every SPTE,
 * every page mapped once, every fault accounted for. False: s->failed says why.
 */
bool contention__once(struct subject *s, struct fill *f, struct numbers *stats,
		      struct contention_once *out);

/*
 * Rounds of all subjects in turns and of the floor, as measure__rounds(): a
 * figure is the cycles per fault of a repetition. One thread's share follows each
 * repetition by itself (alone), for comparison. c has room for nr; the
 * caller frees each `once`.
 */
void contention__rounds(struct subject *s, size_t nr, struct fill *f,
			struct fill *alone, double seconds, size_t least, bool (*stop)(void),
			struct measured *out, struct numbers *stats,
			uint64_t *taken, struct contention *c);
/* Add a repetition. */
void contention__keep(struct contention *c, const struct contention_once *o,
		      const struct fill *f);
/* The medians, once all repetitions are there. */
void contention__sum_up(struct contention *c, const struct fill *f,
			double tsc_hz);

/* What of a fault is not the kernel's own code here; for a record and a table. */
#define THREADS_STAND_INS \
	"there is one per-CPU area per thread, through %gs; interrupts stay on (CLI and STI are nops); memory comes from one list per thread, refilled from a shared one, as the page allocator's and SLUB's are built; RCU callbacks wait for the end of a repetition; get_user_pages() is a sum; no vCPU is in a guest to be kicked; TSCs of CPUs are taken to agree"

/*
 * A table: its heading before a workload's first line, one line per cell, and what
 * all must know.
 */
void contention__print_head(FILE *f, const struct fill *fill, bool spinlock);
void contention__print(FILE *f, const char *cell, const struct fill *fill,
		       const struct contention *c);
void contention__print_foot(FILE *f, const struct vitro_cell *cell);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A workload in vitro, out of the same stanza that the other rigs read: which
 * machine it wants, which faults a fill is made of, what becomes of them. A
 * fill begins with nothing mapped (but what the workload prepares) and ends
 * with every fault of the slot taken once; it is taken in chunks of equal
 * length.
 */
#ifndef FAULTLINE_FILL_H
#define FAULTLINE_FILL_H

#include "catalog.h"
#include "record.h"
#include "subject.h"
#include "walk.h"

#define CHUNK	512			/* faults, at most */

struct fill {
	const struct workload *workload;
	struct vitro_machine machine;
	vitro_u64 error_code, before;	/* of the faults; of those that went before them */
	vitro_u64 *gpa;			/* of every fault, in order */
	unsigned int faults, chunk;	/* of a fill (of a thread's), of a chunk */
	unsigned int threads;		/* 1: as all other workloads */
	vitro_u64 apart;		/* bytes from a thread's pages to the next's */
	vitro_u64 pages;		/* different ones that are touched in a fill */
	bool mmio;			/* no slot is there */
	bool exec;			/* by an instruction fetch */
	bool again;			/* what is measured was touched before */
};

/*
 * 0, or -1 with a message in @err for a workload that has nothing to do with the
 * handler, or not with this one.
 */
int fill__of(struct fill *f, const struct workload *w, char *err,
	     size_t errlen);
void fill__free(struct fill *f);

/* Unmap all, prepare, remember KVM's counters. Under subject__try(). */
void fill__begin(struct fill *f, struct subject *s);

/*
 * Hold what came of the faults against what must be: KVM's counters against
 * the workload's expectation, every SPTE against an independent walk. Add the
 * counters to stats. False with a message in @err.
 */
bool fill__check(struct fill *f, struct subject *s, struct numbers *stats,
		 char *err, size_t errlen);

void fill__free_stats(struct numbers *stats);

/* KVM's counter of one vCPU, or NULL where the base has none of that name. */
const vitro_u64 *fill__counter(const struct subject *s, const char *name,
			       unsigned int vcpu);
/* The tables as they are now, to be walked. */
void fill__tables(const struct fill *f, const struct subject *s,
		  struct walk *w);

#endif

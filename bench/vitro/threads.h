/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Several threads, each a vCPU of one subject's struct kvm, that touch memory
 * at once. A touch is what a processor makes of it: it walks the tables, and
 * only where they do not let it through there is a fault; a handler that sent it
 * back without the page is asked again.
 */
#ifndef FAULTLINE_THREADS_H
#define FAULTLINE_THREADS_H

#include "fill.h"

/* What one thread did of a fill. TSC cycles; its clock starts at the barrier. */
struct thread_count {
	uint64_t begin, end;
	uint64_t faults;		/* calls of the handler */
	uint64_t found;			/* touches that another's page let through */
	/* Of them those that lost the exchange of an SPTE, and then could go on... */
	uint64_t lost;
	uint64_t again;			/* ... or had to fault once more */
};

/*
 * Before the process is pinned: on which CPUs threads may run. How many, or
 * -errno.
 */
int threads__look(void);
/*
 * THREADS_MOST threads, thread i on CPU i of those seen (and round again). 0 or
 * -errno with a message in @err.
 */
int threads__start(char *err, size_t errlen);
/* CPUs they run on; more threads than that are not at work all at once. */
unsigned int threads__cpus(void);
/* For a record: where they run, or "not pinned: why". */
const char *threads__pinned(void);

/*
 * After fill__begin(): f->threads threads take their share of it. count has
 * room for as many. False: s->failed says why; a thread that was not through
 * after THREADS_LIMIT_S was made to give up. An empty handler is called in place
 * of the subject's where empty is set: what the harness costs.
 */
bool threads__run(struct subject *s, const struct fill *f, bool empty,
		  struct thread_count *count);
#define THREADS_LIMIT_S	5

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the vitro program: all subjects, one for each cell that
 * is linked in, and the workload that they are made ready for.
 */
#ifndef FAULTLINE_SESSION_H
#define FAULTLINE_SESSION_H

#include "counters.h"
#include "measure.h"

struct vitro_session {
	struct subject *subject;	/* one per copy */
	size_t nr;			/* copies: of each cell one, then the second ones */
	size_t *drawn;			/* their order in memory */
	struct fill fill;		/* of the workload that is ready */
	struct fill alone;		/* ... with one of its threads, if it has any */
	char *ready;			/* its name, or NULL */
	double tsc_hz;
	struct counters counters;	/* open where has_pmu */
	bool has_pmu;
	bool threads;			/* linked for workloads that have them */
	char *pinned, *priority, *memory, *pmu, *aslr, *tsc, *tsc_quantum;	/* for a record */
	const char *tsc_end;		/* and what reads the counter at the end */
};

/* The other copy of the cell that copy i is the first of. */
static inline size_t session__second(const struct vitro_session *s, size_t i)
{
	return i + s->nr / 2;
}

/*
 * Make every subject ready for a workload, unless it already is. 0, or -1 with a message in
 * @err: vitro cannot run this workload. Subjects that fail say so themselves.
 */
/* describe.c: pin, raise priority, measure the clock; fill the strings. */
void session__describe(struct vitro_session *s);

int session__ready(struct vitro_session *s, const char *workload, char *err,
		   size_t errlen);

/* benches.c: the cells as benchmarks of Google Benchmark. 0 or -errno. */
int benches__register(struct vitro_session *s, const struct strlist *workloads);

/* records.c: paired measurements, one record per cell and workload, a line each. */
struct measure_plan {
	const struct strlist *workloads;
	double seconds[NR_MEASURE_MODES];	/* a workload; 0: leave it out */
	uint64_t boot;
	const char *path;			/* NULL: no records */
	FILE *table;				/* of workloads with threads, or NULL */
};

/* Dies with EXIT_STORAGE when path cannot be written. False: stopped. */
bool records__measure(struct vitro_session *s, const struct measure_plan *p);

/*
 * alone.c: a number of faults of one cell, hot, untimed, for callgrind. None: one fault
 * step by step, and how many instructions it executed on stdout.
 */
void alone__run(struct vitro_session *s, const char *workload,
		const char *cell, uint64_t faults);
/* The function whose callees are counted: valgrind --toggle-collect. */
#define ALONE_COLLECT "alone__faults"

/* patched_file.c: this program with its text as it was patched. Dies where it cannot. */
void patched_file__write(const struct vitro_session *s, const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One measurement of one cell in one boot: write it, read it, check it. The
 * format is described in docs/format.md. A record is one line of JSON that
 * ends in its own checksum; a line that was cut or changed is not a record.
 */
#ifndef FAULTLINE_RECORD_H
#define FAULTLINE_RECORD_H

#include <jansson.h>

#include "cycles.h"
#include "perturb.h"
#include "util.h"

#define RECORD_SCHEMA	1

/*
 * How a boot ended, worst first: the first that applies is the record's. An
 * oops in init also panics; it is called by its cause.
 */
enum outcome {
	OUTCOME_OOPS,		/* the host's kernel oopsed */
	OUTCOME_PANIC,		/* it panicked */
	OUTCOME_WARN,		/* it warned */
	OUTCOME_HANG,		/* the host did not end in time */
	OUTCOME_GUEST_FAIL,	/* the guest failed a check or crashed */
	OUTCOME_GUEST_HANG,	/* the guest never rang */
	OUTCOME_LOST,		/* lines of the record are missing or damaged */
	OUTCOME_RIG,		/* QEMU or init gave up */
	OUTCOME_PROFILE,	/* the profile did not take effect */
	OUTCOME_DENOMINATOR,	/* KVM counted other faults than provoked */
	OUTCOME_SKIP,		/* this kernel or CPU cannot have it; why says so */
	OUTCOME_OK,
	NR_OUTCOMES
};

const char *outcome__name(enum outcome o);
/* NR_OUTCOMES for an unknown name. */
enum outcome outcome__parse(const char *name);
enum faultline_exit outcome__exit_code(enum outcome o);

struct number {
	char *name;
	int64_t value;
};

struct numbers {
	struct number *item;
	size_t nr;
};

/*
 * A counter made of KVM's: exits of the guest that are neither a doorbell
 * (io_exits) nor an interrupt (irq_exits), so those that the events made.
 */
#define EVENT_EXITS	"event_exits"

struct bin {			/* samples that took this many ticks */
	uint64_t ticks, count;
};

struct record_vcpu {		/* one of several vCPUs */
	uint64_t touches;	/* samples it took */
	int64_t faults;		/* its pf_taken, or -1 where KVM does not say */
	uint64_t begin;		/* ticks from the first bell until it ran */
	uint64_t ticks;		/* from then to its own second bell */
};

/* The typical fault, VM exit to VM entry, as the attribution plugin saw it. */
struct record_rep {
	uint64_t instructions;
	uint64_t iterations;	/* of these, executions of a `rep` after its first */
};

struct record {
	char *base, *variant, *profile, *workload, *rig;	/* the cell */
	uint64_t boot;			/* 1, 2, ... */
	struct perturb *perturb;		/* other than the plain boot, or NULL */
	char *time;			/* UTC, ISO 8601 */
	enum outcome outcome;
	char *why;			/* in plain words */
	char *measured_as;		/* the variant booted in its place, of equal vmlinux, or NULL */
	char *kept_from;		/* run and machine of an earlier boot that is this one, or NULL */
	char *vmlinux_sha256, *handler_sha256;
	double wall_s;			/* power-on to the record's end, by the wall clock */
	uint64_t events;		/* N: faults the guest was to provoke */
	uint64_t total;			/* ticks from bell to bell */
	uint64_t clock_floor;		/* ticks of an empty sample */
	uint64_t irqs;			/* interrupts in the measured phase */
	struct numbers stats;		/* KVM counters over it, by name */
	struct numbers expect;		/* what they must be */
	struct bin *bin;		/* samples, by rising ticks */
	size_t nr_bins;
	struct cycles *cycles;		/* of a noisy rig, or NULL */
	struct record_vcpu *vcpu;	/* none where there is one vCPU */
	size_t nr_vcpus;
	struct record_rep *rep;		/* NULL: not attributed, or no fault */
	json_t *host;			/* strings the host said of itself */
};

/*
 * An empty record, and a copy of one: NULL with EXIT_INTERNAL and a message in
 * @err of one that does not read back. Allocated; the caller frees it.
 */
struct record *record__new(void);
struct record *record__copy(const struct record *r, struct err *err);
void record__free(struct record *r);

void numbers__add(struct numbers *n, const char *name, int64_t value);
const struct number *numbers__find(const struct numbers *n, const char *name);

/* EVENT_EXITS of a record, or -1 where its KVM did not count what it is made of. */
int64_t record__event_exits(const struct record *r);

/*
 * The samples in which a fault was taken, as bins by rising ticks: of several vCPUs
 * that touch the same pages, only the first to come finds one, so of all touches
 * as many of the longest as KVM took faults. Elsewhere all. Allocated; the caller
 * frees it.
 */
struct bin *record__fault_bins(const struct record *r, size_t *nr);
/*
 * Faults of vCPUs that came to a page while another one mapped it: how many
 * depends on who ran when. 0 where each vCPU has pages of its own.
 */
int64_t record__late_faults(const struct record *r);

/* Append a copy. */
void record__add_vcpu(struct record *r, const struct record_vcpu *v);
/* Keep a copy; of the plain boot there is nothing to keep. */
void record__set_perturb(struct record *r, const struct perturb *p);
/* Return: the seed of its boot, 0: the plain one. */
static inline uint64_t record__seed(const struct record *r)
{
	return r->perturb ? r->perturb->seed : 0;
}

/* A record counts only when this is true. */
static inline bool record__valid(const struct record *r)
{
	return r->outcome == OUTCOME_OK;
}

/* Measured, or known not to be measurable: a resumed run leaves it alone. */
static inline bool record__settled(const struct record *r)
{
	return r->outcome == OUTCOME_OK || r->outcome == OUTCOME_SKIP;
}

/*
 * Check the measurement against what must be: samples against events (none with
 * cycles, which are checked in their place and which the exact rig cannot
 * have), KVM's counters against expect (whose name ends in ">=" or "<=": at
 * least or at most that many), what each vCPU did against what all did. 0, or -1
 * with a message in @err.
 */
int record__check(const struct record *r, char *err, size_t errlen);

/*
 * One line with its newline, allocated; the caller frees it. NULL of a record
 * that is no JSON: one of its texts is not UTF-8.
 */
char *record__line(const struct record *r);

/*
 * Read one line (newline or not). NULL if it is not a record, with a message in
 * @err; a record that says it is ok and fails record__check() is refused.
 */
struct record *record__parse(const char *line, size_t size, char *err,
			     size_t errlen);

/* Same cell: base, variant, profile, workload and rig. */
bool record__same_cell(const struct record *a, const struct record *b);

/* Cycles and their noise, not exact counts: what its rig gives. */
bool record__noisy(const struct record *r);

/*
 * Every measured figure is equal: total, every sample, every block of cycles,
 * what every vCPU did, every KVM counter. Order of counters does not matter.
 */
bool record__bit_equal(const struct record *a, const struct record *b);

#endif

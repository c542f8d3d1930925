/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two instruments next to each other: the instructions of the same kernel's event,
 * counted by two emulators that share no code. They count by different rules
 * (rigs.h), have CPUs that differ, and the kernel does not do the same on both:
 * each rule's part of the difference is worked out from the typical events as
 * they were executed. What then remains is named, and should be nothing.
 */
#ifndef FAULTLINE_INSTRUMENTS_H
#define FAULTLINE_INSTRUMENTS_H

#include "attribution.h"
#include "instructions.h"
#include "selection.h"

enum counting_rule {
	RULE_REP,		/* a `rep` of n: n + 1, or max(1, n) */
	RULE_EXIT,		/* the guest's instruction that exits: once, or twice */
	RULE_NEXT_RIP,		/* no next RIP: KVM decodes the instruction that it skips */
	RULE_PATCHED,		/* code that boot patched by what the CPU has */
	RULE_VENDOR,		/* VMX and SVM: all outside of the fault handler */
	RULE_TABLES,		/* ... and where the handler's branches go another way */
	NR_COUNTING_RULES,
};

/* "rep", "exit", ...; and the rule in a sentence. */
const char *counting_rule__name(enum counting_rule r);
const char *counting_rule__text(enum counting_rule r);

/* A piece of the path that only one of them executed, or not as often. */
struct instruments_part {
	int rule;		/* enum counting_rule, or -1: no rule explains it */
	char *func;		/* the function that it begins in */
	uint64_t addr;		/* after this instruction, or of it */
	uint64_t insns[2];	/* what each executed there */
};

/* One cell by two instruments. */
struct instruments_pair {
	bool there;		/* both have a valid record of it */
	uint64_t figure[2];
	int64_t diff;		/* the second less the first */
	int64_t by[NR_COUNTING_RULES];
	int64_t left;		/* what no rule explains */
	/*
	 * The handler alone is compared: RULE_VENDOR is the whole of the rest, and of
	 * RULE_TABLES it is checked that a branch is taken, not what it asks.
	 */
	bool two_vendors;
	bool traced[2];		/* there is the typical event, as it was executed */
	bool explained;		/* nothing is left, and there is no part without a rule */
	/*
	 * Why nothing is explained although it is there: what is missing, and the run
	 * that gives it; or NULL. Then neither by nor left is known.
	 */
	char *missing;
	struct instruments_part *part;	/* as they come on the path */
	size_t nr_parts;
};

/*
 * The handler's own functions, in the booted kernel and in a process under
 * callgrind, which counts a `rep` as QEMU does: they are equal, without a rule.
 */
struct instruments_own {
	bool there;
	uint64_t insns[2];
	size_t functions, differing;
};

struct instruments_row {
	const char *base, *profile, *variant, *workload;
	uint64_t events;
	const struct run *run;		/* that the first instrument's record is in */
	bool handler;			/* ... and its path goes through the handler */
	struct instruments_pair *pair;	/* one an instrument after the first */
	struct instruments_own own;
};

/* Pairs that are there: explained, not, and with something missing. */
struct instruments_count {
	size_t pairs, explained, unexplained, missing;
	bool two_vendors;		/* some of them */
};

struct instruments {
	struct strlist rigs;		/* the first is what the others are compared with */
	struct instruments_row *row;
	size_t nr;
	struct instruments_count all;
	size_t own, own_differing;	/* rows that callgrind counted, and that differ */
};

/*
 * Compare the cells that two or more exact rigs of the runs have. Of runs that have
 * the same cell of one rig the first counts that is attributed. shown: NULL, or
 * which cells. without: rules not to apply, as bits. Return: 0, or -1 with code and
 * message in @err, and nothing to free: EXIT_NO_DATA where no cell is in two of
 * them, EXIT_BAD_RECORD of an attribution that cannot be read.
 */
int instruments__compare(struct instruments *x, const struct run *run, size_t nr,
			 const struct selection *shown, unsigned int without,
			 struct err *err);
/* Count a pair, if it is there. */
void instruments_count__add(struct instruments_count *c,
			    const struct instruments_pair *p);
/* Add what callgrind counted of a row's handler. */
void instruments__add_own(struct instruments *x, struct instruments_row *row,
			  const struct instructions *own);
void instruments__free(struct instruments *x);

/* instruments_pair.c */

/* A cell by one instrument; path NULL: it is not attributed. */
struct instruments_side {
	const struct record *record;
	const struct attr_class *path;
};

/* Explain one pair: the rest of it was zero. */
void instruments__explain(struct instruments_pair *p,
			  const struct instruments_side side[2],
			  unsigned int without);

#endif

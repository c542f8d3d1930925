/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every variant of a run against its reference, cell by cell: better, worse,
 * the same, or no verdict, each with its reason in plain words.
 */
#ifndef FAULTLINE_JUDGE_H
#define FAULTLINE_JUDGE_H

#include "run.h"

enum judged {
	JUDGED_NONE,		/* no verdict; the reason says what is missing */
	JUDGED_SAME,		/* no difference, or one below what counts */
	JUDGED_BETTER,
	JUDGED_WORSE,
	NR_JUDGED
};

const char *judged__name(enum judged j);	/* "no verdict", "same", "faster", "slower" */

struct judgement {
	const char *base, *profile, *variant, *workload;
	const char *mode;	/* "" of an exact metric, else "hot", "cold" */
	const char *unit;	/* "instructions", "TSC cycles" */
	enum judged is;
	double ref, value;	/* a fault, NAN: not known */
	double diff, percent;	/* value less ref; percent of ref */
	double low, high;	/* 95 % bootstrap interval of diff; NAN: exact, or none */
	double p, p_holm;	/* NAN: exact, or none */
	double shows;		/* smallest difference this run could have shown here */
	size_t boots;		/* (layouts) that both have */
	bool same_code;		/* equal handlers */
	char *reason;		/* "slower: +31 instructions a fault (+1.2 %), exact in 2 boots" */
};

/* What the whole run says, over its judgements. */
struct judgements {
	struct judgement *item;	/* in the run's order: base, profile, workload, variant, mode */
	size_t nr;
	size_t count[NR_JUDGED];
	size_t aa_pairs, aa_differ;	/* A/A comparisons of the run; those with a verdict (or, exact, not bit-equal) */
	char *answer;		/* one sentence */
	struct strlist names;	/* that the items point to */
};

struct judge_options {
	const char *against;	/* reference variant; NULL: baseline */
	double least_percent, least_abs;	/* minimum effect; below both: the same */
	uint64_t seed;		/* of the bootstrap */
};
extern const struct judge_options judge_defaults;

/* Judge all cells of a run. The strings live as long as j. Records of one rig. */
void judge__run(struct judgements *j, const struct run *run,
		const struct judge_options *o);
void judgements__free(struct judgements *j);

#endif

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

/*
 * "no verdict", "no difference", and of time "faster", "slower", of instructions
 * "fewer", "more".
 */
const char *judged__name(enum judged j, bool time);

struct judgement {
	const char *base, *profile, *variant, *workload, *rig;
	const char *mode;	/* "" of an exact metric, else "hot", "cold" */
	const char *unit;	/* "instructions", "TSC cycles" */
	enum judged is;
	double ref, value;	/* per fault; NAN: not known, or several figures */
	double diff, percent;	/* value to ref, of exact cells pair by pair (paired.h) */
	double low, high;	/* 95 % interval of diff; NAN: exact, or none */
	double run_low, run_high;	/* that of all comparisons of the run, which decides */
	double p;		/* of this comparison alone; NAN: exact, or none */
	double shows;		/* smallest difference this run could have shown here; INFINITY: none */
	size_t boots;		/* (layouts) that both have */
	bool same_code;		/* nothing of the code that was measured differs */
	const char *against;	/* the reference variant it was compared with */
	char *reason;		/* "more: +31 instructions per fault (+1.2 %), exact in 2 boots" */
};

/* What the whole run says, over its judgements. */
struct judgements {
	struct judgement *item;	/* in the run's order: rig, base, profile, workload, variant, mode */
	size_t nr;
	size_t count[NR_JUDGED];
	bool rigs;		/* they are of several rigs, CPU models of one */
	/*
	 * A/A comparisons of the run, and those that differ: exact ones whose
	 * figure does not hold, or replays that are not bit-equal; noisy ones whose 95 % interval excludes 0, as that
	 * of 1 in 20 does by chance.
	 */
	size_t aa_pairs, aa_differ;
	size_t comparisons;	/* of a noisy run, that its words allow for */
	size_t disagree;	/* cells whose two methods disagree (two_methods.h) */
	char *answer;		/* one sentence */
	char *false_alarms;	/* false_alarms.h; NULL of no record */
	const char *against;	/* as asked for; NULL: by default */
	struct strlist names;	/* that the items point to */
};

struct judge_options {
	const char *against;	/* reference variant; NULL: baseline */
	double least_percent, least_abs;	/* minimum effect; exact: below both the same, noisy: below one */
};
extern const struct judge_options judge_defaults;

/*
 * Judge all cells of a run, whose records are of one rig or of CPU models of one;
 * the strings live as long as j.
 *
 * Exact cells differ by what most of their pairs of faults differ by (paired.h).
 * Noisy ones are faster or slower where paired_word.h says so, with the comparisons
 * of the whole run: the table's word is the same one. Where the run's controls fail
 * (noisy_control.h), a mode has no word at all.
 *
 * Where the reference is missing in a part of the run, that part has no
 * verdict. Return: 0, or -1 with code and message in @err: EXIT_UNKNOWN_NAME
 * where the reference asked for is in no part of it. j is empty then.
 */
int judge__run(struct judgements *j, const struct run *run,
	       const struct judge_options *o, struct err *err);
/*
 * Leave what is selected of the judgements. The answer, and the correction for
 * many comparisons, stay those of the whole run.
 */
void judgements__keep(struct judgements *j, const struct selection *s);
void judgements__free(struct judgements *j);
/* Do they stand in one table: of one rig, base and profile? */
bool judgement__same_table(const struct judgement *a, const struct judgement *b);
/* Are they of time, and not of instructions? */
bool judgements__time(const struct judgements *j);
/*
 * How many of each verdict, "3 slower, 9 faster, ..." or "instructions: more in
 * 3, fewer in 9, ..."; allocated, the caller frees it.
 */
char *judgements__counts(const struct judgements *j,
			 const size_t count[NR_JUDGED]);

#endif

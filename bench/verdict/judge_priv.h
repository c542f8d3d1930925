/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of judge.h share. */
#ifndef FAULTLINE_JUDGE_PRIV_H
#define FAULTLINE_JUDGE_PRIV_H

#include "judge.h"
#include "noisy_rule.h"

struct judge {
	struct judgements *j;
	const struct run *run;
	const struct judge_options *opt;
	struct noisy_rule rule;		/* of a noisy run */
	struct strlist aa;		/* A/A pairs that are counted */
	size_t first;			/* judgement of run, which is of one rig */
	struct err *err;		/* of functions that return -1 */
};

/* The name, for as long as the judgements live. */
const char *judge__intern(struct judgements *j, const char *name);
/* An empty judgement of a cell, to be filled; valid until the next. */
struct judgement *judge__add(struct judge *x, const char *base,
			     const char *profile, const char *variant,
			     const char *workload, const char *against);
/* Below both minimum effects? */
bool judge__too_small(const struct judge_options *o, const struct judgement *j);
enum judged judge__direction(double diff);
/* Why one of two cells has no figure, allocated; NULL: both have. */
char *judge__lacks(bool ref_usable, bool ref_skipped, const char *ref_why,
		   bool usable, bool skipped, const char *why);
/* Has this base and profile the variant that options ask for? */
bool judge__has_reference(const struct judge *x, const char *base,
			  const char *profile);

/* Of these, Return: 0, or -1 with code and message in x->err. */

/* All cells of a base and profile. */
int judge__exact(struct judge *x, const char *base, const char *profile);
int judge__noisy(struct judge *x, const char *base, const char *profile);
/* The run in one sentence. */
int judge__answer(struct judge *x, const struct strlist *bases);

#endif

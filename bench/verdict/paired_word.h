/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one rule by which a paired difference has a word, "faster" or "slower":
 * for tables, verdicts, pictures, and whole boots. Whoever prints such a word
 * has it from here.
 *
 * The estimate is Hodges and Lehmann's. There is a word where its interval at
 * WORD_ALPHA divided by the comparisons of the run (Bonferroni) lies outside of
 * -delta .. delta, delta being the largest of what the same code twice shows
 * (A/A), the least effect that counts, and the clock's resolution.
 */
#ifndef FAULTLINE_PAIRED_WORD_H
#define FAULTLINE_PAIRED_WORD_H

#include <stdbool.h>
#include <stddef.h>

#define WORD_ALPHA	0.05
#define WORD_POWER	0.8	/* chance to see what a run is said to show */

enum word_is { WORD_NONE, WORD_FASTER, WORD_SLOWER };

/* The first thing that a difference lacks for a word. */
enum word_why {
	WORD_SAID,		/* nothing: it has one */
	WORD_NO_PAIR,
	WORD_SAME_CODE,
	WORD_CONTROL,		/* the run's known nulls differ */
	WORD_TOO_FEW,		/* pairs, for that many comparisons */
	WORD_NO_AA,
	WORD_ZERO,		/* the interval has 0 in it, ... */
	WORD_WITHIN_AA,		/* ... or comes as near to it as this */
	WORD_TOO_SMALL,
	WORD_WITHIN_QUANTUM,
};

struct word_limits {
	size_t comparisons;	/* of the run; 0 counts as 1 */
	double aa;		/* largest difference of the same code; INFINITY: not known */
	double least;		/* effect that counts */
	double quantum;		/* of the clock, per fault */
	bool same_code, control_failed;
};

struct paired_word {
	size_t n;		/* pairs; 0: all below is NAN */
	double value;
	double low, high;	/* 95 % interval; NAN: too few pairs */
	double run_low, run_high; /* at WORD_ALPHA / comparisons: what decides */
	double delta;
	double shows;		/* smallest true difference that has a word with a chance of WORD_POWER; INFINITY: none */
	enum word_is is;
	enum word_why why;
};

/* Of n finite differences. */
struct paired_word paired_word__of(const double *d, size_t n,
				   const struct word_limits *l);
/* "", "faster", "slower" */
const char *paired_word__text(enum word_is is);

#endif

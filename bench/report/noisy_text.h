/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the plain-text reports of noisy figures share.
 */
#ifndef FAULTLINE_NOISY_TEXT_H
#define FAULTLINE_NOISY_TEXT_H

#include "noisy_report.h"
#include "text.h"

/* "TSC cycles a fault: <what>", and the machine's CPU. */
void noisy_text__head(FILE *f, const struct run *run, const char *what);

/* Digits after the point: none where the interval is 10 or more, else one. */
int noisy_text__digits(const struct noisy_value *v);
/* To so many, 0 or 1, and never a "-0". */
double noisy_text__rounded(double x, int digits);

/*
 * "460.2 +-3.1", right-aligned, no interval where there is none, "-" where
 * there is no value; in thousands where it would not leave a blank.
 */
void noisy_text__value(FILE *f, int width, const struct noisy_value *v,
		       bool sign);
/* "-2.60%", 8 wide. */
void noisy_text__percent(FILE *f, double percent);
/* A figure; where there is none, "skipped", "invalid" or "-". */
void noisy_text__figure(FILE *f, int width, const struct noisy_cell *c,
			enum cycles_mode m);

/* What the reference alone shows: its A/A, its layouts, the harness. */
void noisy_text__own_head(FILE *f, const struct noisy_setting *s);
void noisy_text__own(FILE *f, enum cycles_mode m, const struct noisy_own *own,
		     const struct noisy_cell *ref);

/*
 * Whose the A/A is where it is not the reference's, and what it means that
 * there is none; each said once, as said has it.
 */
void noisy_text__whose(FILE *f, enum cycles_mode m, const struct noisy_own *own,
		       const struct noisy_cell *ref, struct strlist *said);

/*
 * Of nr cells those that are not all valid, each with its reason; a reason that
 * the next one shares is said once. The cells of a workload follow each other.
 */
void noisy_text__reasons(FILE *f, const struct noisy_cell *const *cell,
			 size_t nr);
/* The lines under a table: how it was measured, what it is of. */
void noisy_text__tail(FILE *f, const struct noisy_setting *s,
		      const char *base, const struct run *run);

#endif

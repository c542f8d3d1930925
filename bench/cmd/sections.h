/* SPDX-License-Identifier: GPL-2.0 */
/* The sections of a report, for report.c. */
#ifndef FAULTLINE_SECTIONS_H
#define FAULTLINE_SECTIONS_H

#include "full.h"

struct sections_options {
	const char *run;	/* as it was typed */
	const char *beside;	/* a run of the other kind, or NULL */
	const char *against;	/* the reference, or NULL */
	const char *scratch;	/* a folder; nothing is left there */
};

struct sections;

/*
 * Begin the sections of r, whose run and verdicts are known. What other commands
 * print of the run they print at the same time, until sections__end().
 */
struct sections *sections__begin(struct full_report *r,
				 const struct sections_options *o);
void sections__end(struct sections *s);

#endif

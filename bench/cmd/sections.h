/* SPDX-License-Identifier: GPL-2.0 */
/* The sections of a report, for report.c. */
#ifndef FAULTLINE_SECTIONS_H
#define FAULTLINE_SECTIONS_H

#include "full.h"

struct sections_options {
	const char *run;	/* as it was typed */
	const char *beside;	/* a run of the other kind, or NULL */
	const char *second;	/* a run of another exact instrument, or NULL */
	const char *against;	/* the reference, or NULL */
};

/*
 * Add the sections of r, whose run and verdicts are known. One that cannot be
 * had says why, and costs no other. Return: 0, or -1 with code and message in
 * @err if there is no run to show next to this one.
 */
int sections__make(struct full_report *r, const struct sections_options *o,
		   struct err *err);

#endif

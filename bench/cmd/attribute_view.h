/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The views of a run's attributions that both `faultline attribute` and a
 * report print.
 */
#ifndef FAULTLINE_ATTRIBUTE_VIEW_H
#define FAULTLINE_ATTRIBUTE_VIEW_H

#include <stdio.h>

#include "attribute.h"

struct attribute_pick {
	const char *base, *profile;
	const char *against;		/* the reference; NULL: baseline */
	const char *class;		/* NULL: the largest of the reference */
	const char *function;		/* NULL: no disassembly */
	const struct strlist *workloads;	/* empty: none was attributed */
	const struct strlist *variants;		/* empty: all of the run */
};

/* Of both, Return: 0, or -1 with code and message in @err. */

/* A line a workload: what each variant adds, and in which functions. */
int attribute_view__summary(FILE *f, const struct run *run,
			    const struct attribute_pick *p, struct err *err);
/*
 * The code of each variant against the reference's, from the kernels that the
 * run booted. A variant whose code cannot be read costs no other.
 */
int attribute_view__static(FILE *f, const struct run *run,
			   const struct attribute_pick *p, struct err *err);


/* The error of a run without any attribution of a base and profile: -1. */
int attribute_view__no_data(const struct run *run, const char *base,
			    const char *profile, struct err *err);

#endif

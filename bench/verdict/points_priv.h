/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of points share.
 */
#ifndef FAULTLINE_POINTS_PRIV_H
#define FAULTLINE_POINTS_PRIV_H

#include "compare.h"
#include "points.h"

/* points_setup.c: the machine of the series of a record's figures; allocated. */
char *points__machine(const struct run *run, const struct record *r);
/* What came of the run for a point of p. */
void points__describe(struct points *p, const struct run *run,
		      const struct record *r, struct history_point *point);

/*
 * One metric of the cell that r belongs to; against, of a difference: a record
 * of the cell it is compared with. Return: the point, until the next is added.
 */
struct history_new *points__add(struct points *p, const struct run *run,
				const struct record *r,
				const struct record *against,
				const char *metric, const char *unit,
				struct history_point point);

/* What the boots of a cell are apart: value +- spread has all of them. */
double points__spread(const struct cmp_cell *c);

/* A valid record of a cell, or NULL. */
const struct record *points__valid(const struct run *run, const char *base,
				   const char *variant, const char *profile,
				   const char *workload);

/* points_over.c: the differences of one cell, of the same run and rig. */
void points__add_over(struct points *p, const struct run *run,
		      const struct record *valid);

#endif

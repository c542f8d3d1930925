/* SPDX-License-Identifier: GPL-2.0 */
/* Pictures by gnuplot, for report.c and plot.c. */
#ifndef FAULTLINE_DRAW_H
#define FAULTLINE_DRAW_H

#include "plots.h"

/*
 * Draw one as SVG into path. NULL, or why not in new memory; no_gnuplot is set
 * when that is why.
 */
char *draw_picture(const struct picture *p, const struct run *run,
		   const struct judgements *j, const char *path,
		   bool *no_gnuplot);

#endif

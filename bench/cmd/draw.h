/* SPDX-License-Identifier: GPL-2.0 */
/* Pictures by gnuplot, for report.c and plot.c. */
#ifndef FAULTLINE_DRAW_H
#define FAULTLINE_DRAW_H

#include "plots.h"

/*
 * Draw one as SVG into path. Return: NULL, or the reason (allocated; the caller
 * frees it); no_gnuplot is set when that is why.
 */
char *draw_picture(const struct picture *p, const struct run *run,
		   const struct judgements *j, const char *path,
		   bool *no_gnuplot);
/* The same of data that is there: text is what script.gp reads. */
char *draw_text(const char *script, const char *title, size_t lines,
		const char *text, const char *path, bool *no_gnuplot);

#endif

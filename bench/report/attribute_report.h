/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Attributions as text, JSON, folded stacks.
 */
#ifndef FAULTLINE_ATTRIBUTE_REPORT_H
#define FAULTLINE_ATTRIBUTE_REPORT_H

#include <stdio.h>

#include "attribute.h"
#include "model.h"

/* Which functions make the difference; at most REPORT_COLUMNS wide. */
void report__attribute_text(FILE *f, const struct attr_cmp *c,
			    const struct run *run);
/*
 * The differences of several workloads in one table per variant: functions by
 * workloads, and their sums. c has nr comparisons of the same variants.
 */
void report__attribute_summary(FILE *f, const struct attr_cmp *c, size_t nr);
/* Everything that text says, and every function. */
json_t *report__attribute_json(const struct attr_cmp *c);
/* One variant's functions, the most expensive first. */
void report__functions_text(FILE *f, const struct attr_cmp *c, size_t column);
/* "a;b;c 12", a line a stack: what flame graph tools read. */
void report__folded(FILE *f, const struct attr_class *c);

/*
 * The same as a picture, SVG: of the reference alone, or of the second column
 * coloured by its difference to the reference.
 */
void report__attribute_flame(FILE *f, const struct attr_cmp *c);
/* Modelled cycles, a row a model, and what they assume. */
void report__model_text(FILE *f, const struct attr_cmp *c,
			const struct model *m, size_t nr);
/*
 * The class's typical fault, instruction by instruction, with source lines
 * where the image has them. 0, or -EINVAL with err when the image is not that
 * of the trace.
 */
int report__trace_text(FILE *f, const struct attr_class *c, struct image *img,
		       char *err, size_t errlen);

#endif

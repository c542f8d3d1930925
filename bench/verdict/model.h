/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Modelled cycles of the typical faults of a comparison: what a published
 * model of a processor says of the instructions as they were executed. Never
 * a measurement; bench/code/mca.h has what it assumes.
 */
#ifndef FAULTLINE_MODEL_H
#define FAULTLINE_MODEL_H

#include "attribute.h"
#include "mca.h"

struct model {
	const char *cpu;
	struct mca *column;	/* as in the comparison */
	bool *there;		/* the variant has a fault of that class */
};

/* 0, or as mca__run(), with err. */
int model__make(struct model *m, const struct attr_cmp *c, const char *cpu,
		char *err, size_t errlen);
void model__free(struct model *m, const struct attr_cmp *c);

#endif

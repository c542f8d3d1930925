/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A commit as a variant: the folder commits/BASE/NAME of the cache, which
 * catalog.h reads as it does every variant's.
 */
#ifndef FAULTLINE_COMMIT_VARIANT_H
#define FAULTLINE_COMMIT_VARIANT_H

#include "commits.h"

/* Write the folder where it is not there or says otherwise. 0, or -1 with a message in @err. */
int commit_variant__make(const struct repository *r, const char *base,
			 const struct commit *c, struct err *err);

#endif

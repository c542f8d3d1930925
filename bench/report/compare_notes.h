/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What stands under a comparison in instructions: which cells lack a figure and
 * why, and what the figures rest on.
 */
#ifndef FAULTLINE_COMPARE_NOTES_H
#define FAULTLINE_COMPARE_NOTES_H

#include "compare.h"
#include "table.h"

/* A larger figure is printed in thousands. */
#define COMPARE_MOST_VALUE	999999

/* Cells that are missing or not exact, each with its reason. */
void compare_notes__reasons(struct table *t, const struct comparison *c);
/* Typical, difference, floor, denominator, methods, A/A, exact, ... */
void compare_notes__add(struct table *t, const struct comparison *c);

#endif

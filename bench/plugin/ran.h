/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which instructions of the host were executed at all: of every block how many
 * from its beginning, within what is measured and outside of it. Paths are kept
 * of what is measured alone, and the longest are not; this has room for all.
 */
#ifndef FAULTLINE_PLUGIN_RAN_H
#define FAULTLINE_PLUGIN_RAN_H

#include <stdio.h>

#include "code.h"

enum { NOT_MEASURED, IS_MEASURED };

/* Nothing was executed so far. */
void ran__start(void);

/* What is executed from here on is measured, or is not. */
extern unsigned int ran__now;
static inline void ran__measured(bool is)
{
	ran__now = is ? IS_MEASURED : NOT_MEASURED;
}

/* The first nr instructions of a block were executed. */
static inline void ran__first(struct block *b, uint32_t nr)
{
	if (b->ran[ran__now] < nr)
		b->ran[ran__now] = nr;
}

/* Write the log's lines of it. */
void ran__write(FILE *f);

#endif

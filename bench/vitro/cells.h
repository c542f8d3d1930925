/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is linked into this program: scripts/build-vitro writes cells.c.
 */
#ifndef FAULTLINE_CELLS_H
#define FAULTLINE_CELLS_H

#include <stdbool.h>

#include "vitro.h"

#define VITRO_MAX_COPIES 126	/* of a process; scripts/build-vitro reads it here */

struct vitro_cell {
	const char *variant, *profile;
	const char *dispatch;		/* direct or indirect */
	const char *vmlinux_sha256, *handler_sha256;
	const char *same_code;		/* objects, bytes, relocations compared */
	const char *locks;		/* what mmu_lock is, of several threads; or "" */
	struct vitro_profile patch;
	bool second;			/* the other copy of a cell: A/A */
	const struct vitro_copy *copy;
};

/* Linked for workloads with threads. */
static inline bool vitro_has_threads(const struct vitro_cell *c)
{
	return c->copy->most_vcpus > 1;
}

extern const char vitro_base[], vitro_release[];
extern const unsigned int vitro_layout;		/* seed of places, orders, gaps */
extern const struct vitro_cell vitro_cells[];
extern const unsigned int vitro_nr_cells;	/* first copies, then as many second ones in the same order */

#endif

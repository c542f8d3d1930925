/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The difference of two typical faults where each `rep` counts as one
 * instruction. QEMU counts n + 1 for a `rep` of n, so a change that clears a
 * struct by `rep stos` looks more expensive than a processor may find it, and one that
 * avoids it cheaper.
 */
#ifndef FAULTLINE_REP_ONCE_H
#define FAULTLINE_REP_ONCE_H

#include "record.h"

struct rep_once {
	bool known;		/* both were attributed, and differ by what was measured */
	int64_t diff;		/* with each `rep` counted once */
	bool matters;		/* ... it has another sign, or is off by more than a fifth */
};

/* Of two cells whose typical faults differ by @diff; either may be NULL. */
struct rep_once rep_once__of(const struct record_rep *ref,
			     const struct record_rep *own, int64_t diff);
/* Say so at the end of a verdict's reason, where it matters. */
void rep_once__add(char **reason, const struct rep_once *once);

#endif

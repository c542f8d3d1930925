/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two methods that must agree: what the VMM read from bell to bell, less what the
 * doorbells cost (the workload null of the same kernel), and the sum of what the
 * guest read around each event. What is left over is the guest's own loop, and the
 * ticks that fell between two samples. A cell that does not add up has no figure.
 */
#ifndef FAULTLINE_TWO_METHODS_H
#define FAULTLINE_TWO_METHODS_H

#include "record.h"

/* Instructions that an event of a guest's loop may take outside of its sample. */
#define LOOP_LIMIT	64
/* ... and an interrupt of the host, or the switch from one vCPU to another. */
#define TICK_LIMIT	32768

struct two_methods {
	bool compared;		/* both methods are there */
	bool agree;
	/* What the samples leave over, an event, and what they may at most. */
	double over, most;
};

/*
 * Of one valid record; doorbells: total of the workload null, 0 where it was not
 * run. Not compared without it, without events, and of a Linux guest, which does
 * other things between two events.
 *
 * Of several vCPUs that take turns on one CPU, an interrupt in a sample lets others
 * run there. So as many of the largest samples as there were interrupts are left
 * out of the sum, and each vCPU may take a switch.
 */
struct two_methods two_methods__of(const struct record *r, uint64_t doorbells);
/* Why a cell where they do not agree has no figure. */
#define TWO_METHODS_WHY	"two methods disagree: bell to bell and the samples do not add up"
/* How far, in words; allocated; the caller frees it. */
char *two_methods__text(const struct two_methods *m);

#endif

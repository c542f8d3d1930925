/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which code faults execute. Boot patches a handler's text at certain sites,
 * and two profiles of one kernel differ in nothing else: where neither executes
 * a site that differs, the same code ran, and what differs between them is
 * noise. A known null, as A/A is.
 */
#ifndef FAULTLINE_EXECUTED_H
#define FAULTLINE_EXECUTED_H

#include "fill.h"

struct executed {
	/*
	 * Of the handler, of which sites a fill executes, and of what they are patched to:
	 * the same in every layout.
	 */
	uint64_t hash;
	unsigned int sites;	/* that a fill executes; 0: not known */
	unsigned int indirect;	/* of them: branches that a thunk may replace */
};

/* Take a fill with a breakpoint at each site. False: s->failed. */
bool executed__look(struct subject *s, struct fill *f, struct executed *out);

/* Of one fault, what the handler executed. */
struct executed_steps {
	uint64_t instructions;	/* one with a `rep` is one */
	uint64_t turns;		/* of these; QEMU and valgrind count each one more */
};

/* Take a fill and single-step fault number n of it. False: s->failed. */
bool executed__step(struct subject *s, struct fill *f, unsigned int n,
		    struct executed_steps *out);

#endif

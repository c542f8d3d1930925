/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The way from a VM exit to the next VM entry, as it is executed; and the
 * ways seen so far, each once, with how often it was gone.
 */
#ifndef FAULTLINE_WAY_H
#define FAULTLINE_WAY_H

#include <stdio.h>

#include "code.h"

/* Make room, and begin with no way at all. False when there is no memory. */
bool way__init(void);

void way__begin(void);
/* Block b begins to be executed, behind whatever was executed before. */
void way__block(struct block *b);
/* An instruction accessed 1 << shift bytes. */
void way__memory(uint32_t insn, uint64_t addr, unsigned int shift, bool store);

/* Instructions since way__begin(), those of interrupts among them. */
uint64_t way__instructions(void);

/* What the guest did around a way. */
struct guest_step {
	unsigned int phase;		/* doorbells rung before */
	const char *how;		/* PROBE_RETRY ... */
	const struct code_insn *last;	/* its last instruction, or NULL */
};

/* The way ends here; then, when the guest has gone on, count it or not. */
void way__end(void);
void way__count(const struct guest_step *g);
void way__drop(void);

/* Write the ways, then the totals. */
void way__write(FILE *f);

#endif

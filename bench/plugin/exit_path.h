/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The path from a VM exit to the next VM entry, as it is executed; and the
 * paths seen so far, each once, with how often it was taken.
 */
#ifndef FAULTLINE_EXIT_PATH_H
#define FAULTLINE_EXIT_PATH_H

#include <stdio.h>

#include "code.h"

/* Make room, and begin with no path at all. False when there is no memory. */
bool exit_path__init(void);
/*
 * Every instruction is reported by itself, also one that an exception or an
 * interrupt left before its end: it counts, as it does in the emulator's clock.
 */
void exit_path__each_counts(void);

void exit_path__begin(void);
/* Forget what was executed since; the path begins here, without an exit. */
void exit_path__begin_here(void);
/* Block b begins to execute, after whatever was executed before. */
void exit_path__block(struct block *b);
/* An instruction accessed 1 << shift bytes. */
void exit_path__memory(uint32_t insn, uint64_t addr, unsigned int shift, bool store);

/* Instructions since exit_path__begin(), those of interrupts among them. */
uint64_t exit_path__instructions(void);

/* What the guest did around a path. */
struct guest_step {
	unsigned int phase;		/* doorbells rung before */
	const char *how;		/* PROBE_RETRY ... */
	const struct code_insn *last;	/* its last instruction, or NULL */
};

/* It may end here, where it was not marked before; ... and it did. */
void exit_path__mark(void);
void exit_path__end_at_mark(void);
/* The path ends here; then, when the guest has continued, count it or not. */
void exit_path__end(void);
void exit_path__count(const struct guest_step *g);
void exit_path__drop(void);

/* Write the paths, then the totals. */
void exit_path__write(FILE *f);

#endif

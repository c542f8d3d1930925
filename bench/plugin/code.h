/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What was executed: instructions by address and bytes, each once, and the
 * blocks that the emulator made of them.
 */
#ifndef FAULTLINE_PLUGIN_CODE_H
#define FAULTLINE_PLUGIN_CODE_H

#include "insn.h"

struct code_insn {
	uint64_t addr, target;
	uint8_t len, bytes[15];
	uint8_t kind;			/* enum insn_kind */
	bool memory;			/* loads or stores */
	bool repeats;			/* rep: executed once an iteration, and once more */
	uint32_t next;			/* of its hash chain, plus one */
};

struct block {
	uint64_t addr, end;		/* end: one past its last byte */
	uint64_t hash, power;		/* of its addresses, see path_hash() */
	uint64_t next[2];		/* where it may lead, unless free */
	bool free;			/* ... it may lead anywhere */
	bool entry;			/* an interrupt or exception enters here */
	uint8_t last;			/* enum insn_kind of its last instruction */
	bool clock;			/* ... which is the VMM's reading of its clock */
	uint32_t ran[2];		/* how many were executed, see ran.h */
	struct block *older;		/* the one made before it */
	uint32_t nr, insn[];		/* indexes of its instructions */
};

/* Where interrupts enter: code__add_entry() before anything is translated; false: too many. */
bool code__add_entry(uint64_t from, uint64_t to);

/* False when capstone refuses. */
bool code__init(void);
/* Return: the number of an instruction, the same for the same. */
uint32_t code__intern(uint64_t addr, const uint8_t *bytes, size_t len);
/* A block of instructions, one after another; never freed. */
struct block *code__block(const uint32_t *insn, size_t nr);
/* The newest block, or NULL; `older` leads to all others. */
struct block *code__blocks(void);
const struct code_insn *code__insn(uint32_t i);
uint32_t code__nr(void);

/*
 * The hash of a path is a polynomial in the addresses of its instructions, so
 * it is the same however QEMU cut the path into blocks.
 */
uint64_t path_hash(uint64_t hash, const struct block *b, uint32_t nr);

#endif

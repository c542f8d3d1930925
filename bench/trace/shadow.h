/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shadow stack: which functions were on one another when an instruction
 * was executed, from the addresses of stack accesses alone. A call stores its
 * return address, a ret loads it: both carry the same address, its slot, which
 * pairs them whatever happened between. A function that is jumped to takes its
 * caller's place, as it does on the real stack.
 */
#ifndef FAULTLINE_SHADOW_H
#define FAULTLINE_SHADOW_H

#include "insn.h"
#include "util.h"

#define SHADOW_NO_SLOT	UINT64_MAX	/* a frame that no ret was seen to leave */
#define SHADOW_FRAMES	128

struct cost {
	uint64_t insns, loads, stores;	/* its own */
	uint64_t rep;			/* ... of these, executions of a `rep` after its first */
	uint64_t calls;			/* how often it was entered */
	uint64_t inclusive;		/* instructions, also of what it called */
};

/* A function called from a certain stack. Names are compared as pointers. */
struct node {
	struct node *parent;
	const char *name;
	struct cost cost;
	struct node *child, *sibling;
};

struct frame {
	uint64_t slot;
	struct node *node;
	size_t level;			/* functions on one another up to here */
};

/* Where an instruction is: its function, and where that begins. */
struct place {
	const char *name;
	uint64_t addr, start;
	enum insn_kind kind;
	bool kernel;
};

struct shadow {
	struct node root;
	struct frame frame[SHADOW_FRAMES];
	size_t depth, deepest;
	const struct place *prev;	/* the instruction before, or NULL */
	bool called;			/* it was a call ... */
	uint64_t slot;			/* ... that stored here */
	bool returned;			/* it was a ret that emptied the stack */
	bool entered;			/* the newest instruction begins a function */
};

/* An instruction is executed at p. */
void shadow__insn(struct shadow *s, const struct place *p);
/* It stored, as a call does, or loaded, as a ret does, its return address. */
void shadow__call(struct shadow *s, uint64_t slot);
void shadow__ret(struct shadow *s, uint64_t slot);
/* A function that was on the stack before the first instruction. */
void shadow__push(struct shadow *s, uint64_t slot, const char *name);
/* The function at the top. */
struct node *shadow__top(struct shadow *s);
void shadow__free(struct shadow *s);

#endif

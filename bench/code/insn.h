/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One x86-64 instruction: what it does to the flow of control, and its text.
 * Decoded by capstone. The plugin uses it inside QEMU, so nothing here dies.
 */
#ifndef FAULTLINE_INSN_H
#define FAULTLINE_INSN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum insn_kind {
	INSN_PLAIN,		/* continues with the next instruction */
	INSN_CALL,		/* direct: to target */
	INSN_CALL_INDIRECT,
	INSN_JMP,		/* direct: to target */
	INSN_JMP_INDIRECT,
	INSN_JCC,		/* to target or on */
	INSN_RET,
	INSN_IRET,
	INSN_SYSCALL,
	INSN_SYSRET,
	INSN_VMRUN,
};

struct insn {
	uint64_t addr;
	uint8_t len;
	uint8_t bytes[15];
	enum insn_kind kind;
	uint64_t target;	/* of a direct call or branch, else 0 */
	bool loads, stores;	/* memory, its own stack traffic included */
	bool repeats;		/* insn__repeats() */
	bool unknown;		/* capstone does not know it; len is the caller's */
	int64_t disp;		/* of an explicit memory operand with a base, else 0 */
	bool disp_stored;	/* ... and that operand is written */
	uint64_t data;		/* address of a memory operand that RIP is the base of, else 0 */
	char mnemonic[32], operands[160];	/* AT&T */
};

/* Capstone, opened once a thread that decodes. */
struct decoder;
struct decoder *decoder__new(void);	/* NULL: capstone refuses */
void decoder__free(struct decoder *d);

/*
 * Decode the instruction that begins at bytes, at most size of them. When it
 * is not known to capstone, unknown is set and len is size for a size of at
 * most 15 (the caller knew it) and 1 otherwise.
 */
void insn__decode(struct decoder *d, struct insn *in, uint64_t addr,
		  const uint8_t *bytes, size_t size);

/*
 * rep movs, stos, lods, scas, cmps, ins or outs? QEMU executes such an
 * instruction once an iteration, and once more to see that none is left.
 */
bool insn__repeats(const uint8_t *bytes, size_t len);

#endif

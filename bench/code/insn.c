// SPDX-License-Identifier: GPL-2.0
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"

struct decoder {
	csh handle;
	cs_insn *insn;
};

struct decoder *decoder__new(void)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (!d || cs_open(CS_ARCH_X86, CS_MODE_64, &d->handle) != CS_ERR_OK) {
		free(d);
		return NULL;
	}
	cs_option(d->handle, CS_OPT_DETAIL, CS_OPT_ON);
	cs_option(d->handle, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	d->insn = cs_malloc(d->handle);
	if (!d->insn) {
		cs_close(&d->handle);
		free(d);
		return NULL;
	}
	return d;
}

void decoder__free(struct decoder *d)
{
	if (!d)
		return;
	cs_free(d->insn, 1);
	cs_close(&d->handle);
	free(d);
}

static bool in_group(const cs_detail *detail, uint8_t group)
{
	for (uint8_t i = 0; i < detail->groups_count; i++) {
		if (detail->groups[i] == group)
			return true;
	}
	return false;
}

/* The flow of control, by what the instruction is, then by its group. */
static enum insn_kind kind_of(const cs_insn *i, bool direct)
{
	switch (i->id) {
	case X86_INS_VMRUN:
		return INSN_VMRUN;
	case X86_INS_IRET:
	case X86_INS_IRETD:
	case X86_INS_IRETQ:
		return INSN_IRET;
	case X86_INS_SYSCALL:
		return INSN_SYSCALL;
	case X86_INS_SYSRET:
		return INSN_SYSRET;
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_RETFQ:
		return INSN_RET;
	case X86_INS_CALL:
	case X86_INS_LCALL:
		return direct ? INSN_CALL : INSN_CALL_INDIRECT;
	case X86_INS_JMP:
	case X86_INS_LJMP:
		return direct ? INSN_JMP : INSN_JMP_INDIRECT;
	}
	if (in_group(i->detail, X86_GRP_JUMP) && direct)
		return INSN_JCC;
	return INSN_PLAIN;
}

/* What capstone leaves out of the operands: the stack. */
static void stack_traffic(struct insn *in, const cs_insn *i)
{
	switch (i->id) {
	case X86_INS_PUSH:
	case X86_INS_PUSHFQ:
	case X86_INS_CALL:
	case X86_INS_ENTER:
		in->stores = true;
		break;
	case X86_INS_POP:
	case X86_INS_POPFQ:
	case X86_INS_RET:
	case X86_INS_LEAVE:
	case X86_INS_IRETQ:
		in->loads = true;
		break;
	}
}

static bool touches_no_memory(unsigned int id)
{
	return id == X86_INS_LEA || id == X86_INS_NOP ||
	       id == X86_INS_INVLPG || id == X86_INS_PREFETCH ||
	       id == X86_INS_PREFETCHW || id == X86_INS_PREFETCHNTA ||
	       id == X86_INS_PREFETCHT0 || id == X86_INS_PREFETCHT1 ||
	       id == X86_INS_PREFETCHT2;
}

/* Whether an explicit memory operand is read, when capstone says neither. */
static void memory_operand(struct insn *in, const cs_insn *i,
			   const cs_x86_op *op)
{
	bool writes = op->access & CS_AC_WRITE;
	bool reads = op->access & CS_AC_READ;

	if (!writes && !reads) {
		/* Capstone 4 is silent on some: a store ends in memory. */
		const cs_x86 *x = &i->detail->x86;

		writes = x->op_count && op == &x->operands[x->op_count - 1] &&
			 x->op_count > 1 && !strncmp(i->mnemonic, "mov", 3);
		reads = !writes;
	}
	in->stores |= writes;
	in->loads |= reads;
	if (op->mem.base != X86_REG_INVALID && op->mem.base != X86_REG_RIP) {
		in->disp = op->mem.disp;
		in->disp_stored = writes;
	}
}

void insn__decode(struct decoder *d, struct insn *in, uint64_t addr,
		  const uint8_t *bytes, size_t size)
{
	const uint8_t *code = bytes;
	uint64_t at = addr;
	size_t left = size;
	bool direct = false;
	const cs_x86 *x;

	memset(in, 0, sizeof(*in));
	in->addr = addr;
	if (!cs_disasm_iter(d->handle, &code, &left, &at, d->insn)) {
		in->unknown = true;
		in->len = size <= sizeof(in->bytes) ? size : 1;
		memcpy(in->bytes, bytes, in->len);
		snprintf(in->mnemonic, sizeof(in->mnemonic), "(unknown)");
		return;
	}
	in->len = d->insn->size;
	memcpy(in->bytes, bytes, in->len);
	snprintf(in->mnemonic, sizeof(in->mnemonic), "%s", d->insn->mnemonic);
	snprintf(in->operands, sizeof(in->operands), "%s", d->insn->op_str);
	x = &d->insn->detail->x86;
	for (uint8_t i = 0; i < x->op_count; i++) {
		const cs_x86_op *op = &x->operands[i];

		if (op->type == X86_OP_MEM && !touches_no_memory(d->insn->id))
			memory_operand(in, d->insn, op);
		if (op->type == X86_OP_IMM && x->op_count == 1) {
			direct = true;
			in->target = op->imm;
		}
	}
	in->kind = kind_of(d->insn, direct);
	if (in->kind != INSN_CALL && in->kind != INSN_JMP &&
	    in->kind != INSN_JCC)
		in->target = 0;
	stack_traffic(in, d->insn);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Instructions decoded by capstone 4, and what that has wrong or does not know;
 * see insn.h.
 */
#include <capstone/capstone.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "insn.h"

/* The plugin has no util.h. */
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* What later kernels use and capstone 4 does not know. */
static const struct {
	const char *mnemonic, *operands;
	uint8_t len, bytes[5];
} added[] = {
	{ "serialize", "", 3, { 0x0f, 0x01, 0xe8 } },
	{ "monitorx", "", 3, { 0x0f, 0x01, 0xfa } },
	{ "mwaitx", "", 3, { 0x0f, 0x01, 0xfb } },
	{ "endbr64", "", 4, { 0xf3, 0x0f, 0x1e, 0xfa } },
	{ "tpause", "%ecx", 4, { 0x66, 0x0f, 0xae, 0xf1 } },
	{ "ud1", "(%edx), %rdi", 5, { 0x67, 0x48, 0x0f, 0xb9, 0x3a } },	/* WARN of 7.x */
	{ "tilerelease", "", 5, { 0xc4, 0xe2, 0x78, 0x49, 0xc0 } },
};

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
	if (direct && (in_group(i->detail, X86_GRP_JUMP) ||
		       i->id == X86_INS_LOOP || i->id == X86_INS_LOOPE ||
		       i->id == X86_INS_LOOPNE))
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
	case X86_INS_LCALL:
	case X86_INS_ENTER:
		in->stores = true;
		break;
	case X86_INS_POP:
	case X86_INS_POPFQ:
	case X86_INS_RET:
	case X86_INS_RETF:
	case X86_INS_RETFQ:
	case X86_INS_LEAVE:
	case X86_INS_IRET:
	case X86_INS_IRETD:
	case X86_INS_IRETQ:
		in->loads = true;
		break;
	}
}

static bool touches_no_memory(unsigned int id)
{
	return id == X86_INS_LEA || id == X86_INS_NOP ||
	       id == X86_INS_INVLPG || id == X86_INS_CLFLUSH ||
	       id == X86_INS_CLFLUSHOPT || id == X86_INS_PREFETCH ||
	       id == X86_INS_PREFETCHW || id == X86_INS_PREFETCHNTA ||
	       id == X86_INS_PREFETCHT0 || id == X86_INS_PREFETCHT1 ||
	       id == X86_INS_PREFETCHT2;
}

static bool begins(const char *s, const char *const *with, size_t nr)
{
	for (size_t i = 0; i < nr; i++) {
		if (!strncmp(s, with[i], strlen(with[i])))
			return true;
	}
	return false;
}

/*
 * Whether an explicit memory operand is read, written or both. Capstone 4
 * knows it of most; these classes it has wrong in some forms: "testb $1,x(%rip)"
 * as a store, "lock cmpxchg" and "rep stos" as none.
 */
static void access_of(const cs_insn *i, const cs_x86_op *op, bool *reads,
		      bool *writes)
{
	static const char *const only_read[] = { "test", "cmp" };
	static const char *const only_written[] = {
		"set", "stos", "insb", "insw", "insl", "fst", "fnst", "fist",
	};
	static const char *const both[] = {
		"cmpxchg", "xchg", "xadd", "shl", "shr", "sal", "sar", "rol",
		"ror", "rcl", "rcr",
	};
	const cs_x86 *x = &i->detail->x86;
	bool last = op == &x->operands[x->op_count - 1];	/* AT&T */
	const char *space = strrchr(i->mnemonic, ' ');	/* "lock ", "rep " */
	const char *name = space ? space + 1 : i->mnemonic;

	*writes = op->access & CS_AC_WRITE;
	*reads = (op->access & CS_AC_READ) || !*writes;
	if (begins(name, both, ARRAY_LEN(both))) {
		*reads = true;
		*writes = last || name[0] == 'x';	/* shrx only reads */
	} else if (begins(name, only_written, ARRAY_LEN(only_written))) {
		*reads = false;
		*writes = true;
	} else if (begins(name, only_read, ARRAY_LEN(only_read))) {
		*reads = true;
		*writes = false;
	} else if (!strncmp(name, "mov", 3) && x->op_count > 1) {
		*reads = !last;
		*writes = last;
	}
}

static void memory_operand(struct insn *in, const cs_insn *i,
			   const cs_x86_op *op)
{
	bool reads, writes;

	access_of(i, op, &reads, &writes);
	in->stores |= writes;
	in->loads |= reads;
	if (op->mem.base == X86_REG_RIP) {
		in->data = i->address + i->size + op->mem.disp;
	} else if (op->mem.base != X86_REG_INVALID) {
		in->disp = op->mem.disp;
		in->disp_stored = writes;
	}
}

static bool decode_added(struct insn *in, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < ARRAY_LEN(added); i++) {
		if (size < added[i].len ||
		    memcmp(bytes, added[i].bytes, added[i].len))
			continue;
		in->len = added[i].len;
		memcpy(in->bytes, bytes, in->len);
		snprintf(in->mnemonic, sizeof(in->mnemonic), "%s",
			 added[i].mnemonic);
		snprintf(in->operands, sizeof(in->operands), "%s",
			 added[i].operands);
		return true;
	}
	return false;
}

/* F3 0F C7 /7 with a register, which capstone 4 takes for RDSEED. */
static bool decode_rdpid(struct insn *in, const uint8_t *bytes, size_t size)
{
	static const char *const reg[] = { "%rax", "%rcx", "%rdx", "%rbx",
					   "%rsp", "%rbp", "%rsi", "%rdi" };

	if (size < 4 || memcmp(bytes, "\xf3\x0f\xc7", 3) || bytes[3] < 0xf8)
		return false;
	in->len = 4;
	memcpy(in->bytes, bytes, in->len);
	snprintf(in->mnemonic, sizeof(in->mnemonic), "rdpid");
	snprintf(in->operands, sizeof(in->operands), "%s", reg[bytes[3] & 7]);
	return true;
}

/* Prefixes, then the opcode. */
bool insn__repeats(const uint8_t *bytes, size_t len)
{
	bool rep = false;

	for (size_t i = 0; i < len; i++) {
		uint8_t b = bytes[i];

		if (b == 0xf2 || b == 0xf3)
			rep = true;
		else if ((b & 0xf0) != 0x40 && b != 0x66 && b != 0x67)
			return rep && (b == 0xa4 || b == 0xa5 || b == 0xa6 ||
				       b == 0xa7 || (b >= 0xaa && b <= 0xaf) ||
				       (b >= 0x6c && b <= 0x6f));
	}
	return false;
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
	if (decode_added(in, bytes, size) || decode_rdpid(in, bytes, size))
		return;
	if (!cs_disasm_iter(d->handle, &code, &left, &at, d->insn)) {
		in->unknown = true;
		in->len = size <= sizeof(in->bytes) ? size : 1;
		memcpy(in->bytes, bytes, in->len);
		snprintf(in->mnemonic, sizeof(in->mnemonic), "(unknown)");
		return;
	}
	in->len = d->insn->size;
	memcpy(in->bytes, bytes, in->len);
	in->repeats = insn__repeats(in->bytes, in->len);
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

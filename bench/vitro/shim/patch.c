// SPDX-License-Identifier: GPL-2.0
/*
 * What boot does to the kernel's text before it runs, done to this copy, in
 * boot's order: retpoline sites, return sites, alternatives, endbr64, jump labels.
 * One thing is patched that boot does not: this kernel's PAGE_OFFSET is a
 * constant, and a user process cannot have memory there, so the immediates that
 * hold it are made to hold where the copy's memory is. Instructions and their
 * lengths stay as they are.
 */
#include <linux/string.h>
#include <asm/alternative.h>
#include <asm/cpufeature.h>
#include <asm/nospec-branch.h>
#ifdef CONFIG_X86_KERNEL_IBT
#include <asm/ibt.h>
#endif

#include "shim.h"

#define CALL	0xe8
#define JMP	0xe9
#define JMP_SHORT 0xeb
#define RET	0xc3
#define INT3	0xcc
#define NOP	0x90
#define CS	0x2e
#define REX_B	0x41

#define THUNK_SIZE 32

static void nops(u8 *at, int len)
{
	static const u8 long_nop[8][8] = {
		{ 0x90 }, { 0x66, 0x90 }, { 0x0f, 0x1f, 0x00 },
		{ 0x0f, 0x1f, 0x40, 0x00 }, { 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00 },
		{ 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00 },
	};

	while (len > 0) {
		int n = len < 8 ? len : 8;

		memcpy(at, long_nop[n - 1], n);
		at += n;
		len -= n;
	}
}

/* Single-byte nops at the end of a site become long ones. */
static void optimize_tail(u8 *at, int len)
{
	int n = 0;

	while (n < len && at[len - 1 - n] == NOP)
		n++;
	if (n > 1)
		nops(at + len - n, n);
}

static s32 rel32(const u8 *at)
{
	s32 v;

	memcpy(&v, at, 4);
	return v;
}

/*
 * CALL or JMP *%reg at bytes[i], and what fills the rest of the site. Newer
 * kernels put prefixes before a call in place of a nop after it.
 */
static void emit_branch(u8 *bytes, int i, int len, u8 op, int reg)
{
	const bool filled = BASE_AT_LEAST(6, 18);
	int excess = len - i - (reg >= 8 ? 3 : 2);

	while (filled && op == CALL && excess <= 3 && excess > 0 && excess--)
		bytes[i++] = CS;
	if (reg >= 8)
		bytes[i++] = REX_B;
	bytes[i++] = 0xff;
	bytes[i++] = (op == CALL ? 0xd0 : 0xe0) | (reg & 7);
	if (BASE_AT_LEAST(6, 1) && op == JMP && i < len)
		bytes[i++] = INT3;
	while (filled && op == JMP && i < len)
		bytes[i++] = INT3;
	nops(bytes + i, len - i);
}

/* The same branch, to another thunk. */
static void branch_to(u8 *at, int len, const void *thunk)
{
	s32 rel = (u8 *)thunk - (at + len);

	memcpy(at + len - 4, &rel, 4);
}

/* One `call thunk`, `jmp thunk` or `jcc thunk`. */
static void patch_retpoline(u8 *at, const struct vitro_profile *p,
			    struct vitro_patched *out)
{
	u8 bytes[16], *insn = at, op;
	int prefix = 0, len, i = 0, reg;
	long thunk;
	void *its;
	bool jcc;

	while (insn[prefix] == CS)
		prefix++;
	insn += prefix;
	jcc = insn[0] == 0x0f && (insn[1] & 0xf0) == 0x80;
	op = jcc ? JMP : insn[0];
	len = prefix + (jcc ? 6 : 5);
	if (op != CALL && op != JMP)
		shim_fail("a retpoline site is neither call nor jump", (vitro_u64)at);
	thunk = (long)(at + len + rel32(at + len - 4)) - (long)__x86_indirect_thunk_array;
	reg = thunk / THUNK_SIZE;
	if (thunk % THUNK_SIZE || thunk < 0 || reg > 15 || reg == 4)
		shim_fail("a retpoline site leads to no thunk", (vitro_u64)at);
	out->retpoline_sites++;
	if (p->retpoline && !p->lfence)
		return;

	if (jcc) {
		bytes[i++] = 0x70 + ((insn[1] & 0xf) ^ 1);
		bytes[i++] = len - 2;
	}
	if (p->lfence) {
		bytes[i++] = 0x0f;
		bytes[i++] = 0xae;
		bytes[i++] = 0xe8;
	}
	its = shim_indirect_thunk(at + i, reg, p);
	if (its) {
		branch_to(at, len, its);
		out->its++;
		return;
	}
	/* As boot: where it does not fit, the thunk is called, itself patched. */
	if (i + (reg >= 8 ? 3 : 2) > len)
		return;
	emit_branch(bytes, i, len, op, reg);
	memcpy(at, bytes, len);
	out->retpolines++;
}

static void patch_return(u8 *at, const struct vitro_profile *p,
			 struct vitro_patched *out)
{
	u8 bytes[5] = { RET, INT3, INT3, INT3, INT3 };
	void *thunk = shim_return_thunk(at, p);

	if (*at != JMP)
		shim_fail("a return site is no jump", (vitro_u64)at);
	out->return_sites++;
	if (thunk) {
		s32 rel = (u8 *)thunk - (at + 5);

		bytes[0] = JMP;
		memcpy(bytes + 1, &rel, 4);
		out->thunked++;
	}
	memcpy(at, bytes, 5);
	out->returns++;
}

/*
 * Boot asks boot_cpu_data, which init() filled from what this CPU offers; of
 * mitigations the profile decides, and what needs a privilege a process does
 * not have is left out.
 */
static bool feature(unsigned int bit, const struct vitro_profile *p)
{
	switch (bit) {
	case X86_FEATURE_RETPOLINE:
		return p->retpoline;
	case X86_FEATURE_RETPOLINE_LFENCE:
		return p->lfence;
	case X86_FEATURE_RETHUNK:
		return shim_has_return_thunk(p);
	case X86_FEATURE_UNRET:
		return p->rethunk;
#ifdef X86_FEATURE_SRSO
	case X86_FEATURE_SRSO:
		return p->srso;
	case X86_FEATURE_SRSO_ALIAS:
		return p->srso_alias;
#endif
#ifdef X86_FEATURE_INDIRECT_THUNK_ITS
	case X86_FEATURE_INDIRECT_THUNK_ITS:
		return p->its && !p->retpoline;
#endif
	case X86_FEATURE_ALWAYS:
	case X86_FEATURE_REP_GOOD:
	case X86_FEATURE_LFENCE_RDTSC:	/* barrier_nospec(): all of today's CPUs */
		return true;
	case X86_FEATURE_SMAP:
	case X86_FEATURE_LA57:
		return false;
	}
	return bit < NCAPINTS * 32 &&
	       test_bit(bit, (unsigned long *)boot_cpu_data.x86_capability);
}

#if BASE_AT_LEAST(6, 12)
#define ALT_FEATURE(a)	((a)->cpuid)
#define ALT_NEGATED(a)	((a)->flags & ALT_FLAG_NOT)
#else
#define ALT_FEATURE(a)	((a)->cpuid & ~ALTINSTR_FLAG_INV)
#define ALT_NEGATED(a)	((a)->cpuid & ALTINSTR_FLAG_INV)
#endif

static void patch_alternative(struct alt_instr *a, const struct vitro_profile *p,
			      struct vitro_patched *out)
{
	u8 *at = (u8 *)&a->instr_offset + a->instr_offset;
	u8 *new = (u8 *)&a->repl_offset + a->repl_offset;
	u8 bytes[256];

	out->alternative_sites++;
	if (feature(ALT_FEATURE(a), p) == !!ALT_NEGATED(a)) {
		optimize_tail(at, a->instrlen);
		return;
	}
	memset(bytes, NOP, sizeof(bytes));
	memcpy(bytes, new, a->replacementlen);
	/* A call or jump in the replacement is relative to where it stood. */
	if (a->replacementlen == 5 && (bytes[0] == CALL || bytes[0] == JMP)) {
		s32 rel = rel32(new + 1) + (new - at);

		memcpy(bytes + 1, &rel, 4);
		/* A near jump becomes a short one, of older kernels a forward one. */
		rel += 5 - 2;
		if (bytes[0] == JMP && rel == (s8)rel &&
		    (rel >= 0 || BASE_AT_LEAST(6, 12))) {
			bytes[0] = JMP_SHORT;
			bytes[1] = rel;
			memset(bytes + 2, BASE_AT_LEAST(6, 12) ? INT3 : NOP, 3);
		}
	}
	optimize_tail(bytes, a->instrlen);
	memcpy(at, bytes, a->instrlen);
	out->alternatives++;
}

/*
 * movabs $imm64, %reg with an immediate made of PAGE_OFFSET: as it is, less
 * one, or one page on (virt_to_phys() has it subtracted, from 0 or from
 * __START_KERNEL_map). An access through one that was missed would fault.
 */
#define CONSTANT	__PAGE_OFFSET_BASE_L4	/* PAGE_OFFSET, where it is one */

static void patch_page_offset(struct vitro_patched *out)
{
	/* Volatile: kept out of this function's own immediates. */
	static const volatile u64 plus[] = {
		CONSTANT, CONSTANT - 1, CONSTANT + PAGE_SIZE
	};
	static const volatile u64 minus[] = {
		-CONSTANT, __START_KERNEL_map - CONSTANT
	};
	const u64 delta = shim_env->page_offset - plus[0];
	u8 *at;
	int i;

	for (at = shim_text; at + 10 <= shim_text_end; at++) {
		u64 imm, new = 0;

		if ((at[0] & 0xfe) != 0x48 || (at[1] & 0xf8) != 0xb8)
			continue;
		memcpy(&imm, at + 2, 8);
		for (i = 0; i < ARRAY_SIZE(plus); i++)
			if (imm == plus[i])
				new = imm + delta;
		for (i = 0; i < ARRAY_SIZE(minus); i++)
			if (imm == minus[i])
				new = imm - delta;
		if (!new)
			continue;
		memcpy(at + 2, &new, 8);
		out->page_offset++;
	}
}

/* Nobody calls these through a pointer: against IBT their endbr64 is taken. */
static void patch_seals(void)
{
#ifdef CONFIG_X86_KERNEL_IBT
	const u32 poison = gen_endbr_poison();
	s32 *s;

	for (s = shim_seals; s < shim_seals_end; s++)
		memcpy((u8 *)s + *s, &poison, sizeof(poison));
#endif
}

void shim_patch(const struct vitro_profile *p, struct vitro_patched *out)
{
	struct alt_instr *a, *b;
	s32 *s;

	shim_thunks_start();
	for (s = shim_retpolines; s < shim_retpolines_end; s++)
		patch_retpoline((u8 *)s + *s, p, out);
	for (s = shim_returns; s < shim_returns_end; s++)
		patch_return((u8 *)s + *s, p, out);
	for (a = shim_alternatives; a < shim_alternatives_end; a++) {
		/* Entries of one site are padded to the longest. */
		for (b = a + 1; b < shim_alternatives_end &&
		     (u8 *)&b->instr_offset + b->instr_offset ==
		     (u8 *)&a->instr_offset + a->instr_offset; b++)
			a->instrlen = b->instrlen = max(a->instrlen, b->instrlen);
		patch_alternative(a, p, out);
	}
	patch_seals();
	shim_patch_jumps(p, out);
	patch_page_offset(out);
}

/* After shim_patch(): the alternatives' lengths are final. */
unsigned int shim_sites(struct vitro_site *site, unsigned int most)
{
	struct alt_instr *a;
	unsigned int n = 0;
	s32 *s;

#define ADD(...)	(n < most ? (void)(site[n] = (struct vitro_site) { __VA_ARGS__ }) : (void)0, n++)
	for (s = shim_retpolines; s < shim_retpolines_end; s++)
		ADD((u8 *)s + *s, 5, VITRO_INDIRECT);
	for (s = shim_returns; s < shim_returns_end; s++)
		ADD((u8 *)s + *s, 5, VITRO_RETURN);
	for (a = shim_alternatives; a < shim_alternatives_end; a++)
		ADD((u8 *)&a->instr_offset + a->instr_offset, a->instrlen,
		    VITRO_ALTERNATIVE);
#undef ADD
	return n + shim_jump_sites(site + (n < most ? n : most), n < most ? most - n : 0);
}

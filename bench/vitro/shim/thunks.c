// SPDX-License-Identifier: GPL-2.0
/*
 * Which thunk a return or an indirect branch goes to, as boot chooses it by
 * mitigation and, against ITS, by where the site lies. The thunks are the
 * kernel's own, of arch/x86/lib/retpoline.S; one that this kernel was built
 * without is a trap that says its name.
 */
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/nospec-branch.h>

#include "shim.h"

#define LINE		64
#define UPPER_HALF	0x20	/* of a line: ITS does not reach there */
#define INT3		0xcc
#define REX_B		0x41

#pragma weak retbleed_return_thunk
#pragma weak zen_untrained_ret_thunk
extern void retbleed_return_thunk(void);
extern void zen_untrained_ret_thunk(void);
extern void srso_return_thunk(void);
extern void srso_alias_return_thunk(void);
extern void its_return_thunk(void);

/* As many bytes as copy.lds leaves there. */
#define ITS_PAGE	4096
extern u8 shim_its_page[];
static unsigned int its_used;

/*
 * Trees that know of ITS have a variable with the thunk of all returns. Before, boot
 * left the jumps as they were: __x86_return_thunk is what it patches.
 */
#if BASE_AT_LEAST(6, 1) || defined(X86_FEATURE_INDIRECT_THUNK_ITS)
#define RETURNS_ARE_PATCHED	true
#else
#define RETURNS_ARE_PATCHED	false
#endif

bool shim_has_return_thunk(const struct vitro_profile *p)
{
	return p->rethunk || p->srso || p->srso_alias || p->its;
}

void *shim_return_thunk(const u8 *at, const struct vitro_profile *p)
{
	if (!RETURNS_ARE_PATCHED)
		return shim_has_return_thunk(p) ? __x86_return_thunk : NULL;
	if (p->srso_alias)
		return srso_alias_return_thunk;
	if (p->srso)
		return srso_return_thunk;
	if (p->rethunk)
		return retbleed_return_thunk ? retbleed_return_thunk :
			zen_untrained_ret_thunk;
	if (p->its && !((unsigned long)at & UPPER_HALF))
		return its_return_thunk;
	return NULL;
}

/*
 * Of a page of their own: each site has its thunk, and a line's upper half has
 * several. Where a kernel without modules has one for a register, in its text,
 * that one.
 */
static void *its_thunk(int reg)
{
#if BASE_AT_LEAST(6, 12) || !defined(X86_FEATURE_INDIRECT_THUNK_ITS)
	const unsigned int size = 3 + reg / 8;
	u8 *thunk;

	if (!its_used) {
		memset(shim_its_page, INT3, ITS_PAGE);
		its_used = LINE / 2;
	}
	if ((its_used + size - 1) % LINE < LINE / 2)
		its_used = ((its_used - 1) | (LINE - 1)) + LINE / 2 + 1;
	if (its_used + size > ITS_PAGE)
		shim_fail("more indirect branches than the page of ITS thunks has room for", ITS_PAGE);
	thunk = shim_its_page + its_used;
	its_used += size;
	if (reg >= 8)
		*thunk++ = REX_B;
	*thunk++ = 0xff;
	*thunk++ = 0xe0 | (reg & 7);
	*thunk++ = INT3;
	return thunk - size;
#else
	return __x86_indirect_its_thunk_array[reg];
#endif
}

void *shim_indirect_thunk(const u8 *at, int reg, const struct vitro_profile *p)
{
	/* The last byte of the branch is what counts. */
	if (!p->its || p->retpoline || ((unsigned long)at + 1 + reg / 8) & UPPER_HALF)
		return NULL;
	return its_thunk(reg);
}

void shim_thunks_start(void)
{
	its_used = 0;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An independent look at the tables KVM built: what would the processor make
 * of them? Written from the processors' manuals alone, without a header of
 * the kernel's, so that an SPTE that is wrong is not read wrong in the same
 * way.
 */
#ifndef FAULTLINE_WALK_H
#define FAULTLINE_WALK_H

#include "vitro.h"

/* Bits of a physical address, of the processor that the shim shows to KVM. */
#define WALK_PHYS_BITS	48

/* Which tables: those of one copy, after any number of faults. */
struct walk {
	const struct vitro_env *env;
	struct vitro_root root;
	enum vitro_mmu mmu;
	enum vitro_bits bits;	/* ignored with VITRO_SHADOW */
	vitro_u64 base_gfn;	/* of the slot, whose first frame is root.pfn */
};

enum walk_want {
	WALK_ABSENT,		/* not present at one level or another */
	/*
	 * A page of the slot, write-back, open to reads and execution, present
	 * at all levels: a user's, but where KVM shadows the tables of a guest,
	 * which is in ring 0.
	 */
	WALK_PAGE,
	/*
	 * Any encoding that the processor does not translate: with a reserved
	 * bit or a misconfiguration, as KVM marks MMIO, or not present.
	 */
	WALK_MMIO,
};

/* Of guest frames first, first + stride, ... below first + n. */
struct walk_expect {
	enum walk_want want;
	vitro_u64 first, n, stride;
	vitro_u64 page_size;	/* of WALK_PAGE: 4096 or 2 MiB */
	int writable;		/* of WALK_PAGE */
	int no_exec;		/* of WALK_PAGE: not open to execution */
};

struct walk_result {
	vitro_u64 checked, wrong;	/* frames expected; those not so */
	/* Entries in the whole of the tables: */
	vitro_u64 tables;	/* that lead to another table */
	vitro_u64 pages_4k, pages_2m, pages_1g;	/* that map a page */
	vitro_u64 extra;	/* ... to no frame of a WALK_PAGE */
	vitro_u64 reserved;	/* that fault though they are present */
	char error[320];	/* the first one that is wrong; else empty */
};

/*
 * Walk from the root for each frame of n expectations, then through the whole
 * of the tables, where every page must be mapped to its own frame, expected or
 * not. A table outside of the copy's memory is an error and not
 * followed. 0, or -1 with out->error in words.
 */
int walk_check(const struct walk *w, const struct walk_expect *expect, int n,
	       struct walk_result *out);

/*
 * Would the processor write to this guest frame without a fault? Of tables that
 * others may be changing.
 */
int walk_writes(const struct walk *w, vitro_u64 gfn);

#endif

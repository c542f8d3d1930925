// SPDX-License-Identifier: GPL-2.0
/*
 * Walks the tables KVM built, by the manuals: AMD64 Architecture Programmer's
 * Manual, volume 2, 5.3 "Long-Mode Page Translation" and 15.25 "Nested
 * Paging"; Intel 64 and IA-32 Architectures Software Developer's Manual,
 * volume 3C, 29.3 "The Extended Page Table Mechanism".
 */
#include <stdio.h>

#include "walk.h"

#define BIT(n)		(1UL << (n))
#define BITS(hi, lo)	((~0UL >> (63 - (hi))) & (~0UL << (lo)))

#define ENTRIES		512
#define ADDRESS		BITS(51, 12)
#define PAGE		BIT(7)		/* both formats, levels 2 and 3 */
#define TOP		4

/* Long mode. */
#define P		BIT(0)
#define RW		BIT(1)
#define US		BIT(2)
#define PWT		BIT(3)
#define PCD		BIT(4)
#define PAT		BIT(7)		/* of a 4 KiB page; bit 12 of a larger */
#define NX		BIT(63)

/* EPT. */
#define EPT_R		BIT(0)
#define EPT_W		BIT(1)
#define EPT_X		BIT(2)
#define EPT_MT(e)	((e) >> 3 & 7)

#define WB		6		/* both as MTRRs and EPT have it */

enum kind { NOT_PRESENT, TABLE, PAGE_FOUND, RESERVED, OUTSIDE };

/* What one entry is to the processor. */
struct entry {
	enum kind kind;
	int level;		/* 1 for an entry that maps 4 KiB */
	vitro_u64 value;
	vitro_u64 address;	/* of the table or page */
	int read, write, exec;	/* the guest's accesses it allows */
	int type;		/* memory type of a page; WB, or another */
};

static vitro_u64 size(int level)
{
	return 4096UL << 9 * (level - 1);
}

/*
 * APM 2, figures 5-19 to 5-24; nested walks are user accesses (15.25.5), those
 * of a shadowed guest in ring 0 are not.
 */
static void decode_long(struct entry *e, int user)
{
	const vitro_u64 v = e->value;
	vitro_u64 reserved = BITS(51, WALK_PHYS_BITS);

	if (!(v & P))
		return;
	e->kind = TABLE;
	if (e->level == 1 || (e->level < TOP && v & PAGE))
		e->kind = PAGE_FOUND;
	if (e->level == TOP)
		reserved |= BIT(7) | BIT(8);
	if (e->kind == PAGE_FOUND && e->level > 1)
		reserved |= (size(e->level) - 1) & BITS(51, 13);
	e->read = !user || v & US;
	e->write = e->read && v & RW;
	e->exec = e->read && !(v & NX);
	/* Entry 0 of the PAT is write-back unless someone changed it. */
	e->type = v & (PWT | PCD | (e->level == 1 ? PAT : BIT(12))) ? -1 : WB;
	e->address = v & ADDRESS;
	if (e->kind == PAGE_FOUND && e->level > 1)
		e->address &= ~BIT(12);
	if (v & reserved)
		e->kind = RESERVED;
}

/* SDM 3C, tables 29-1 to 29-6; misconfigurations are 29.3.3.1. */
static void decode_ept(struct entry *e)
{
	const vitro_u64 v = e->value;
	vitro_u64 reserved = BITS(51, WALK_PHYS_BITS);

	if (!(v & (EPT_R | EPT_W | EPT_X)))
		return;
	e->kind = TABLE;
	if (e->level == 1 || (e->level < TOP && v & PAGE))
		e->kind = PAGE_FOUND;
	if (e->level == TOP)
		reserved |= BITS(7, 3);
	else if (e->kind == TABLE)
		reserved |= BITS(6, 3);
	else
		reserved |= (size(e->level) - 1) & BITS(51, 12);
	e->read = !!(v & EPT_R);
	e->write = !!(v & EPT_W);
	e->exec = !!(v & EPT_X);
	e->type = EPT_MT(v);
	e->address = v & ADDRESS;
	/* Execute-only is a capability, which the shim shows. */
	if (v & reserved || (e->write && !e->read))
		e->kind = RESERVED;
	if (e->kind == PAGE_FOUND &&
	    (e->type == 2 || e->type == 3 || e->type == 7))
		e->kind = RESERVED;
}

/* Entry i of the table at a physical address. */
static void decode(const struct walk *w, vitro_u64 table, unsigned int i,
		   int level, struct entry *e)
{
	const struct vitro_env *env = w->env;

	*e = (struct entry){ .level = level };
	if (table - env->phys >= env->phys_size) {
		e->kind = OUTSIDE;
		e->address = table;
		return;
	}
	e->value = ((const vitro_u64 *)(env->page_offset + table))[i];
	if (w->mmu != VITRO_SHADOW && w->bits == VITRO_EPT)
		decode_ept(e);
	else
		decode_long(e, w->mmu != VITRO_SHADOW);
}

/* The entry at which a walk for a guest frame ends, with all its levels' rights. */
static void translate(const struct walk *w, vitro_u64 gfn, struct entry *e)
{
	vitro_u64 table = w->root.root;
	int read = 1, write = 1, exec = 1, level;

	for (level = TOP; level; level--) {
		decode(w, table, gfn >> 9 * (level - 1) & (ENTRIES - 1), level, e);
		read &= e->read;
		write &= e->write;
		exec &= e->exec;
		if (e->kind != TABLE)
			break;
		table = e->address;
	}
	e->read = read;
	e->write = write;
	e->exec = exec;
}

int walk_writes(const struct walk *w, vitro_u64 gfn)
{
	struct entry e;

	translate(w, gfn, &e);
	return e.kind == PAGE_FOUND && e.write;
}

static const char *size_name(vitro_u64 bytes)
{
	return bytes == size(1) ? "4 KiB" : bytes == size(2) ? "2 MiB" : "1 GiB";
}

static int found_in_words(const struct entry *e, char *buf, size_t len)
{
	switch (e->kind) {
	case NOT_PRESENT:
		return snprintf(buf, len, "nothing present");
	case RESERVED:
		return snprintf(buf, len, "a reserved bit or misconfiguration");
	case OUTSIDE:
		return snprintf(buf, len, "a table outside of memory at %#lx",
				e->address);
	default:
		return snprintf(buf, len, "%s at frame %#lx%s%s%s%s",
				size_name(size(e->level)), e->address >> 12,
				e->read ? "" : ", not readable",
				e->write ? ", writable" : ", read-only",
				e->exec ? "" : ", not executable",
				e->type == WB ? "" : ", not write-back");
	}
}

/* 1 where the entry is as expected; else out->error, if it is the first. */
static int check_one(const struct walk *w, const struct walk_expect *x,
		     vitro_u64 gfn, struct walk_result *out)
{
	vitro_u64 pages, frame;
	struct entry e;
	char found[128], want[96];

	translate(w, gfn, &e);
	switch (x->want) {
	case WALK_ABSENT:
		if (e.kind == NOT_PRESENT)
			return 1;
		snprintf(want, sizeof(want), "nothing");
		break;
	case WALK_MMIO:
		if (e.kind == NOT_PRESENT || e.kind == RESERVED)
			return 1;
		snprintf(want, sizeof(want), "what is not translated");
		break;
	case WALK_PAGE:
	default:
		pages = x->page_size >> 12;
		frame = w->root.pfn + ((gfn - w->base_gfn) & ~(pages - 1));
		if (e.kind == PAGE_FOUND && size(e.level) == x->page_size &&
		    e.address >> 12 == frame && e.read &&
		    !e.exec == !!x->no_exec && e.type == WB && !e.write == !x->writable)
			return 1;
		snprintf(want, sizeof(want), "%s at frame %#lx, %s%s",
			 size_name(x->page_size), frame,
			 x->writable ? "writable" : "read-only",
			 x->no_exec ? ", not executable" : "");
	}
	if (!out->error[0]) {
		found_in_words(&e, found, sizeof(found));
		snprintf(out->error, sizeof(out->error),
			 "gfn %#lx: found %s (entry %#lx, level %d), expected %s",
			 gfn, found, e.value, e.level, want);
	}
	return 0;
}

/* Is one of a page's frames expected to be mapped? */
static int expected(const struct walk_expect *x, int n, vitro_u64 gfn,
		    vitro_u64 npages)
{
	for (; n--; x++) {
		vitro_u64 first = x->first;

		if (x->want != WALK_PAGE)
			continue;
		if (first < gfn)
			first += (gfn - first + x->stride - 1) / x->stride * x->stride;
		if (first < gfn + npages && first < x->first + x->n)
			return 1;
	}
	return 0;
}

/* Whatever is mapped, expected or prefetched, is mapped to its own frame. */
static void check_own(const struct walk *w, vitro_u64 gfn,
		      const struct entry *e, struct walk_result *out)
{
	const vitro_u64 frame = w->root.pfn + gfn - w->base_gfn;

	if (e->address >> 12 == frame || out->error[0])
		return;
	snprintf(out->error, sizeof(out->error),
		 "gfn %#lx: found %s at frame %#lx (entry %#lx), expected frame %#lx",
		 gfn, size_name(size(e->level)), e->address >> 12, e->value, frame);
}

static void count(const struct walk *w, vitro_u64 table, int level,
		  vitro_u64 gfn, const struct walk_expect *x, int n,
		  struct walk_result *out)
{
	const vitro_u64 npages = size(level) >> 12;
	struct entry e;
	int i;

	for (i = 0; i < ENTRIES; i++, gfn += npages) {
		decode(w, table, i, level, &e);
		switch (e.kind) {
		case NOT_PRESENT:
			break;
		case RESERVED:
			out->reserved++;
			break;
		case TABLE:
			out->tables++;
			count(w, e.address, level - 1, gfn, x, n, out);
			break;
		case PAGE_FOUND:
			if (level == 1)
				out->pages_4k++;
			else if (level == 2)
				out->pages_2m++;
			else
				out->pages_1g++;
			out->extra += !expected(x, n, gfn, npages);
			check_own(w, gfn, &e, out);
			break;
		case OUTSIDE:
			if (!out->error[0])
				snprintf(out->error, sizeof(out->error),
					 "gfn %#lx: found a table outside of memory at %#lx, level %d",
					 gfn, table, level);
			return;
		}
	}
}

int walk_check(const struct walk *w, const struct walk_expect *expect, int n,
	       struct walk_result *out)
{
	vitro_u64 i;
	int k;

	*out = (struct walk_result){};
	if (w->root.level != TOP) {
		snprintf(out->error, sizeof(out->error),
			 "the top table is of level %d, expected %d",
			 w->root.level, TOP);
		return -1;
	}
	for (k = 0; k < n; k++) {
		for (i = 0; i < expect[k].n; i += expect[k].stride) {
			out->checked++;
			out->wrong += !check_one(w, &expect[k],
						 expect[k].first + i, out);
		}
	}
	count(w, w->root.root, TOP, 0, expect, n, out);
	return out->error[0] ? -1 : 0;
}

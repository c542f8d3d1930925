// SPDX-License-Identifier: GPL-2.0
/*
 * The copy's physical memory: two sections of memory with a struct page a
 * frame. The lower half is what KVM allocates (shadow pages, page tables),
 * the upper half are the guest's frames, which nobody ever looks into. The
 * host's page tables say how large the pages that back the guest are, as KVM
 * asks them.
 */
#include <linux/mm.h>

#include "shim.h"

#define NR_SECTIONS_HERE	2
#define PAGES	((unsigned long)NR_SECTIONS_HERE << PFN_SECTION_SHIFT)

/* What pfn_to_page(), page_to_pfn() and pfn_valid() go by. */
static struct mem_section sections[SECTIONS_PER_ROOT];
/* Without LA57, whichever of the two a kernel can have. */
#define SECTION_ROOTS	((1ul << (46 - SECTION_SIZE_BITS)) / SECTIONS_PER_ROOT)
static struct mem_section *section_roots[SECTION_ROOTS];
struct mem_section **mem_section = section_roots;
#if BASE_AT_LEAST(6, 1)
static struct mem_section_usage usage[NR_SECTIONS_HERE];
#endif
static struct page pages[PAGES];

unsigned long phys_base;
/* What pgtable_l5_enabled() would have changed. */
unsigned int pgdir_shift = 39, ptrs_per_p4d = 1;
/* Where PAGE_OFFSET and vmemmap are no constants. */
unsigned long page_offset_base;
#ifdef CONFIG_SPARSEMEM_VMEMMAP
unsigned long vmemmap_base;
#endif
unsigned long shim_zero_pfn = 1;
ALIAS(zero_pfn, shim_zero_pfn);
ALIAS(zero_page_pfn, shim_zero_pfn);

static vitro_u64 next;		/* the first frame that was never given out */
static vitro_u64 end;
#ifdef SHIM_THREADS
static void *fresh_page(struct shim_pool *p);

static struct shim_pool free_pages_of_all = { .fresh = fresh_page };
#else
static void *free_list;		/* pages, linked by their first word */
#endif
static unsigned long host_hva, host_npages;
static kvm_pfn_t host_pfn;

void shim_memory_init(void)
{
	const unsigned long first = shim_env->phys >> PAGE_SHIFT;
	const unsigned long nr = pfn_to_section_nr(first);
	unsigned long i;

	if (shim_env->phys_size != PAGES << PAGE_SHIFT ||
	    shim_env->phys & (shim_env->phys_size - 1) ||
	    nr + NR_SECTIONS_HERE > SECTIONS_PER_ROOT)
		shim_fail("physical memory is not two whole sections", shim_env->phys);
	page_offset_base = shim_env->page_offset;
#ifdef CONFIG_SPARSEMEM_VMEMMAP
	vmemmap_base = (unsigned long)(pages - first);
#endif
	section_roots[0] = sections;
	for (i = 0; i < NR_SECTIONS_HERE; i++) {
		sections[nr + i].section_mem_map = (unsigned long)(pages - first) |
			SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP |
			SECTION_IS_ONLINE | SECTION_IS_EARLY;
#if BASE_AT_LEAST(6, 1)
		sections[nr + i].usage = &usage[i];
#endif
	}
	for (i = 0; i < PAGES; i++) {
#ifdef SECTION_IN_PAGE_FLAGS
		set_page_section(&pages[i], pfn_to_section_nr(first + i));
#endif
		atomic_set(&pages[i]._refcount, 1);
		atomic_set(&pages[i]._mapcount, -1);
	}
	next = first;
	end = first + PAGES / 2;
}

#ifdef SHIM_THREADS

static void *fresh_page(struct shim_pool *p)
{
	if (next == end)
		shim_fail("no page left: the copy's memory is used up", PAGES / 2);
	return __va((u64)next++ << PAGE_SHIFT);
}

void *shim_page(void)
{
	void *page = shim_pool_get(&free_pages_of_all);

	clear_page(page);
	return page;
}

void shim_page_free(void *page)
{
	set_page_private(virt_to_page(page), 0);
	shim_pool_put(&free_pages_of_all, page);
}

#else

void *shim_page(void)
{
	void *page = free_list;

	if (page) {
		free_list = *(void **)page;
	} else {
		if (next == end)
			shim_fail("no page left: the copy's memory is used up", PAGES / 2);
		page = __va((u64)next++ << PAGE_SHIFT);
	}
	clear_page(page);
	return page;
}

void shim_page_free(void *page)
{
	set_page_private(virt_to_page(page), 0);
	*(void **)page = free_list;
	free_list = page;
}

#endif

/* A page table's entry, and the table below it, made if it is missing. */
static u64 *below(u64 *entry)
{
	if (!*entry)
		*entry = __pa(shim_page()) | _KERNPG_TABLE;
	return __va(*entry & PTE_PFN_MASK);
}

void shim_map_host(struct mm_struct *mm, unsigned long hva,
		   unsigned long npages, unsigned long page_size,
		   kvm_pfn_t *pfn)
{
	const unsigned long step = page_size >> PAGE_SHIFT;
	unsigned long i;

	*pfn = end;		/* the guest's half */
	if (npages > PAGES / 2)
		shim_fail("the slot is larger than the copy's memory", npages);
	if (!mm->pgd)
		mm->pgd = shim_page();
	for (i = 0; i < npages; i += step) {
		unsigned long addr = hva + (i << PAGE_SHIFT);
		u64 *e = (u64 *)mm->pgd + pgd_index(addr);
		u64 frame = (*pfn + i) << PAGE_SHIFT;

		e = below(e) + pud_index(addr);
		e = below(e) + pmd_index(addr);
		if (step > 1) {
			*e = frame | _PAGE_TABLE | _PAGE_PSE;
			continue;
		}
		e = below(e) + pte_index(addr);
		*e = frame | _PAGE_TABLE;
	}
	/* A huge page's frames are parts of a compound page. */
	if (step > 1)
		for (i = 0; i < npages; i++)
			__SetPageHead(pfn_to_page(*pfn + i));
	host_hva = hva;
	host_npages = npages;
	host_pfn = *pfn;
}

kvm_pfn_t shim_pfn(unsigned long hva)
{
	unsigned long i = (hva - host_hva) >> PAGE_SHIFT;

	return i < host_npages ? host_pfn + i : KVM_PFN_ERR_FAULT;
}

#if !BASE_AT_LEAST(6, 1)
/* As arch/x86/mm/pat/set_memory.c has it; what is asked for is mapped. */
pte_t *lookup_address_in_mm(struct mm_struct *mm, unsigned long addr,
			    unsigned int *level)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	pud_t *pud;
	pmd_t *pmd;

	*level = PG_LEVEL_NONE;
	if (pgd_none(*pgd))
		return NULL;
	pud = pud_offset(p4d_offset(pgd, addr), addr);
	if (pud_none(*pud))
		return NULL;
	pmd = pmd_offset(pud, addr);
	if (pmd_none(*pmd))
		return NULL;
	*level = PG_LEVEL_2M;
	if (pmd_large(*pmd))
		return (pte_t *)pmd;
	*level = PG_LEVEL_4K;
	return pte_offset_kernel(pmd, addr);
}
#endif

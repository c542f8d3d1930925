/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Between the files of the shim: the kernel's side of bench/vitro, compiled
 * with the kernel's headers and flags, once for each variant.
 */
#ifndef FAULTLINE_SHIM_H
#define FAULTLINE_SHIM_H

#include <linux/kvm_host.h>
#include <linux/version.h>

#include "vitro.h"

#ifdef SHIM_THREADS
#define SHIM_VCPUS	8		/* and as many threads */
#else
#define SHIM_VCPUS	1
#endif

#define BASE_AT_LEAST(major, minor) \
	(LINUX_VERSION_CODE >= KERNEL_VERSION(major, minor, 0))

/* Another name of the same: of a base, or with a constant's type. */
#define ALIAS(name, of)	asm(".globl " #name "\n.set " #name ", " #of)

/* kernel.c: what the handler wants of the rest of the kernel. */

extern const struct vitro_env *shim_env;
extern vitro_u64 shim_emulated;		/* calls of x86_emulate_instruction() */

/* Does not return. (objtool knows its own list of functions that do not.) */
void shim_fail(const char *why, vitro_u64 value);
/* Run what call_rcu() put off. */
void shim_rcu(void);
#ifdef SHIM_THREADS
/* Per-CPU variables of vCPU n's thread, whose process has this mm. */
void shim_cpu(int n, struct mm_struct *mm);
#define shim_cpu_ptr(p, n)	per_cpu_ptr(p, n)
#else
static inline void shim_cpu(int n, struct mm_struct *mm)
{
	this_cpu_write(this_cpu_off, shim_env->percpu);
	current->mm = mm;
	current->active_mm = mm;
}
#define shim_cpu_ptr(p, n)	this_cpu_ptr(p)
#endif

/* memory.c: physical memory and the host's page tables over it. */

void shim_memory_init(void);
/* A zeroed page of physical memory; its address. */
void *shim_page(void);
void shim_page_free(void *page);
/* Zeroed memory that is never given back. */
void *shim_alloc(size_t size);

/*
 * threads/pool.c, for several threads alone. Objects of one kind, linked by
 * their first word: one list per CPU, refilled from one that all share.
 */
struct shim_pool {
	size_t size;
	void *(*fresh)(struct shim_pool *p);	/* under a lock */
	void *shared;
	struct shim_pool_cpu {
		void *free;
		unsigned int nr;
	} ____cacheline_aligned cpu[SHIM_VCPUS];
};

void *shim_pool_get(struct shim_pool *p);
void shim_pool_put(struct shim_pool *p, void *object);
/* For `fresh`: memory of p->size bytes. */
void *shim_alloc_of(struct shim_pool *p);

/*
 * Map npages of the process from hva on, in pages of page_size, to frames
 * from *pfn on.
 */
void shim_map_host(struct mm_struct *mm, unsigned long hva,
		   unsigned long npages, unsigned long page_size,
		   kvm_pfn_t *pfn);
/* The frame that backs an address of the process, or KVM_PFN_ERR_FAULT. */
kvm_pfn_t shim_pfn(unsigned long hva);

/*
 * thunks.c: of a return, of an indirect branch that would begin there; NULL: the plain
 * instruction.
 */
void *shim_return_thunk(const u8 *at, const struct vitro_profile *p);
void *shim_indirect_thunk(const u8 *at, int reg, const struct vitro_profile *p);
bool shim_has_return_thunk(const struct vitro_profile *p);
void shim_thunks_start(void);

/* jumps.c */

void shim_patch_jumps(const struct vitro_profile *p, struct vitro_patched *out);
const unsigned char *shim_wrong_jump(const struct vitro_profile *p);
unsigned int shim_jump_sites(struct vitro_site *site, unsigned int most);

/* patch.c */

void shim_patch(const struct vitro_profile *p, struct vitro_patched *out);
unsigned int shim_sites(struct vitro_site *site, unsigned int most);

/* machine.c: the slot and the format of SPTEs, for stand-ins that need them. */

extern struct kvm_memory_slot *shim_slot;
extern bool shim_ept;

/* Around sections of this copy; scripts/build-vitro defines them. */
extern u8 shim_text[], shim_text_end[];
extern char shim_traps[], shim_traps_end[];
extern const char *const shim_trap_names[];
extern char shim_percpu[], shim_percpu_end[];
extern char shim_data[], shim_data_end[], shim_bss[], shim_bss_end[];
extern s32 shim_retpolines[], shim_retpolines_end[];
extern s32 shim_returns[], shim_returns_end[];
extern s32 shim_seals[], shim_seals_end[];
extern struct alt_instr shim_alternatives[], shim_alternatives_end[];
extern struct kernel_param shim_params[], shim_params_end[];

#endif

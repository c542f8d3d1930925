// SPDX-License-Identifier: GPL-2.0
/*
 * What the handler wants of the rest of the kernel, as little of it as makes
 * the handler's way the same. Locks are taken by the kernel's own inline
 * code; get_user_pages_fast() is a sum, an allocation a pop of a list, RCU
 * waits for shim_rcu(). Whatever is not here is a trap.
 */
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/percpu_counter.h>
#include <linux/ratelimit.h>
#include <linux/set_memory.h>
#include <linux/shrinker.h>
#include <linux/slab.h>
#include <linux/swait.h>
#include <linux/swap.h>

#include "x86.h"
#include "cpuid.h"
#include "shim.h"

const struct vitro_env *shim_env;
vitro_u64 shim_emulated;

void shim_fail(const char *why, vitro_u64 value)
{
	shim_env->fail(why, value);
}

/* Per CPU. */

static struct task_struct task[SHIM_VCPUS];
#ifdef DECLARE_PER_CPU_CACHE_HOT
#define HOT(name)	name
DEFINE_PER_CPU_CACHE_HOT(struct task_struct *, current_task) = task;
DEFINE_PER_CPU_CACHE_HOT(int, cpu_number);
DEFINE_PER_CPU_CACHE_HOT(unsigned long, this_cpu_off);
/* In no interrupt, and nobody wants this CPU: inverted, so that it is never 0. */
DEFINE_PER_CPU_CACHE_HOT(unsigned long, __preempt_count) = PREEMPT_ENABLED;
DEFINE_PER_CPU_CACHE_HOT(unsigned long, __stack_chk_guard);
ALIAS(const_current_task, current_task);
ALIAS(__ref_stack_chk_guard, __stack_chk_guard);
#else
#if BASE_AT_LEAST(6, 12)
#define HOT(name)	pcpu_hot.name
DEFINE_PER_CPU_ALIGNED(struct pcpu_hot, pcpu_hot) = { .current_task = task };
ALIAS(const_pcpu_hot, pcpu_hot);
#else
#define HOT(name)	name
DEFINE_PER_CPU(struct task_struct *, current_task) = task;
DEFINE_PER_CPU_READ_MOSTLY(int, cpu_number);
#ifdef SHIM_THREADS
DEFINE_PER_CPU(int, __preempt_count);	/* in no interrupt */
#endif
#endif
DEFINE_PER_CPU_READ_MOSTLY(unsigned long, this_cpu_off);
#endif
struct cpuinfo_x86 boot_cpu_data;
struct cpumask __cpu_online_mask, __cpu_possible_mask;
unsigned int nr_cpu_ids = 1;

#ifdef SHIM_THREADS
unsigned long __per_cpu_offset[NR_CPUS];

void shim_cpu(int n, struct mm_struct *mm)
{
	__per_cpu_offset[n] = shim_env->percpu + n * shim_env->percpu_step;
	per_cpu(this_cpu_off, n) = __per_cpu_offset[n];
	per_cpu(HOT(cpu_number), n) = n;
	per_cpu(HOT(current_task), n) = &task[n];
	task[n].mm = mm;
	task[n].active_mm = mm;
}
#endif

/* Memory, strings. */

#define FUNC(name, ...)	\
	".globl " #name "\n.type " #name ", @function\n" \
	#name ": " __VA_ARGS__ "\n" ASM_RET "\n.size " #name ", . - " #name "\n"

asm(".text\n"
FUNC(memset, "mov %rdi, %r9; mov %esi, %eax; mov %rdx, %rcx; rep stosb; mov %r9, %rax")
FUNC(memcpy, "mov %rdi, %rax; mov %rdx, %rcx; rep movsb")
/* Address in %rax; error in %rax, value in %rdx. */
FUNC(__get_user_nocheck_8, "lfence; mov (%rax), %rdx; xor %eax, %eax")
/* The same with a look at the address: a process ends below that one. */
FUNC(__get_user_8, "movabs $0x7ffffffff000, %rdx; cmp %rdx, %rax; cmova %rdx, %rax; "
	"mov (%rax), %rdx; xor %eax, %eax")
/* Returns the bytes that were not copied. */
#define COPY_USER "mov %edx, %ecx; rep movsb; xor %eax, %eax"
/* ... in %rcx. */
FUNC(rep_movs_alternative, "rep movsb")
FUNC(copy_user_generic_unrolled, COPY_USER)
FUNC(copy_user_generic_string, COPY_USER)
FUNC(copy_user_enhanced_fast_string, COPY_USER)
FUNC(clear_page_orig, "mov $512, %ecx; xor %eax, %eax; rep stosq")
FUNC(clear_page_rep, "mov $512, %ecx; xor %eax, %eax; rep stosq")
FUNC(clear_page_erms, "mov $4096, %ecx; xor %eax, %eax; rep stosb")
);

static char arena[8 << 20] __aligned(16);
static size_t arena_used;

void *shim_alloc(size_t size)
{
	void *p = arena + arena_used;

	size = ALIGN(size, 16);
	if (size > sizeof(arena) - arena_used)
		shim_fail("the shim's own memory is used up", sizeof(arena));
	arena_used += size;
	return p;
}

#ifdef SHIM_THREADS

struct kmem_cache;

static struct kmem_cache *cache_create(size_t size)
{
	struct shim_pool *p = shim_alloc(sizeof(*p));

	p->size = ALIGN(size, 8);
	p->fresh = shim_alloc_of;
	return (struct kmem_cache *)p;
}

static void *cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	struct shim_pool *pool = (struct shim_pool *)c;
	void *p = shim_pool_get(pool);

	if (gfp & __GFP_ZERO)
		memset(p, 0, pool->size);
	return p;
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	shim_pool_put((struct shim_pool *)c, p);
}

#else

/* A cache: what was freed last is given out first, as SLUB does. */
struct shim_cache {
	size_t size;
	void *free;
};

static struct kmem_cache *cache_create(size_t size)
{
	struct shim_cache *c = shim_alloc(sizeof(*c));

	c->size = ALIGN(size, 8);
	return (struct kmem_cache *)c;
}

static void *cache_alloc(struct kmem_cache *cache, gfp_t gfp)
{
	struct shim_cache *c = (struct shim_cache *)cache;
	void *p = c->free;

	if (!p)
		return shim_alloc(c->size);
	c->free = *(void **)p;
	if (gfp & __GFP_ZERO)
		memset(p, 0, c->size);
	return p;
}

static void cache_free(struct shim_cache *c, void *p)
{
	*(void **)p = c->free;
	c->free = p;
}

void kmem_cache_free(struct kmem_cache *c, void *p)
{
	cache_free((struct shim_cache *)c, p);
}

#endif

#if BASE_AT_LEAST(6, 12)
void *kmem_cache_alloc_noprof(struct kmem_cache *c, gfp_t gfp)
{
	return cache_alloc(c, gfp);
}

struct kmem_cache *__kmem_cache_create_args(const char *name, unsigned int size,
					    struct kmem_cache_args *args,
					    slab_flags_t flags)
{
	return cache_create(size);
}
#else
struct kmem_cache *kmem_cache_create(const char *name, unsigned int size,
				     unsigned int align, slab_flags_t flags,
				     void (*ctor)(void *))
{
	return cache_create(size);
}

void *kmem_cache_alloc(struct kmem_cache *c, gfp_t gfp)
{
	return cache_alloc(c, gfp);
}
#endif

/* Allocators have other names where allocations are accounted by their site. */
#if BASE_AT_LEAST(6, 12)
#define ALLOC(name)	name##_noprof
#define GET_FREE_PAGES	get_free_pages_noprof
#else
#define ALLOC(name)	name
#define GET_FREE_PAGES	__get_free_pages
#endif

/* Made once and never given back: arrays of a memory cache, of a slot. */
void *ALLOC(__vcalloc)(size_t n, size_t size, gfp_t gfp)
{
	return shim_alloc(n * size);
}

#if defined(DECL_KMALLOC_PARAMS)
void *__kvmalloc_node_noprof(DECL_KMALLOC_PARAMS(size, b, token),
			     unsigned long align, gfp_t gfp, int node)
#elif BASE_AT_LEAST(6, 12)
void *__kvmalloc_node_noprof(size_t size, gfp_t gfp, int node)
#else
void *kvmalloc_node(size_t size, gfp_t gfp, int node)
#endif
{
	return shim_alloc(size);
}

unsigned long GET_FREE_PAGES(gfp_t gfp, unsigned int order)
{
	return (unsigned long)shim_page();
}

/* Each base calls another one; whatever it is told, a page is a page. */
struct page *shim_alloc_pages(void);
struct page *shim_alloc_pages(void)
{
	return virt_to_page(shim_page());
}

ALIAS(__alloc_pages_nodemask, shim_alloc_pages);
ALIAS(__alloc_pages, shim_alloc_pages);
ALIAS(__alloc_pages_noprof, shim_alloc_pages);
ALIAS(alloc_pages_node_noprof, shim_alloc_pages);

void free_pages(unsigned long addr, unsigned int order)
{
	if (addr)
		shim_page_free((void *)addr);
}

#if BASE_AT_LEAST(6, 1)
void __folio_put(struct folio *folio)
{
	shim_fail("the last reference of a guest's page was put", 0);
}
#else
void __put_page(struct page *page)
{
	shim_fail("the last reference of a guest's page was put", 0);
}
#endif

#if BASE_AT_LEAST(5, 15)
int set_memory_decrypted(unsigned long addr, int npages)
{
	return 0;
}
#endif

int get_user_pages_fast_only(unsigned long start, int nr, unsigned int flags,
			     struct page **pages)
{
	int i;

	for (i = 0; i < nr; i++) {
		kvm_pfn_t pfn = shim_pfn(start + i * PAGE_SIZE);

		if (is_error_pfn(pfn))
			break;
		pages[i] = pfn_to_page(pfn);
		page_ref_inc(pages[i]);
	}
	return i;
}

void mark_page_accessed(struct page *page)
{
}

#if !BASE_AT_LEAST(6, 12)
struct pglist_data contig_page_data;
#endif

void mod_node_page_state(struct pglist_data *node, enum node_stat_item item,
			 long delta)
{
}

/*
 * Locks. With one thread the slow path is never taken; with several these are
 * the kernel's own objects, which scripts/build-shim takes along.
 */

#ifndef SHIM_THREADS

void _raw_read_lock(rwlock_t *lock)
{
	__raw_read_lock(lock);
}

void _raw_write_lock(rwlock_t *lock)
{
	__raw_write_lock(lock);
}

void _raw_spin_lock(raw_spinlock_t *lock)
{
	__raw_spin_lock(lock);
}

/* Inline unless a kernel that is preempted has more to do there. */
#ifndef _raw_read_unlock
void _raw_read_unlock(rwlock_t *lock)
{
	__raw_read_unlock(lock);
}
#endif

#ifndef _raw_write_unlock
void _raw_write_unlock(rwlock_t *lock)
{
	__raw_write_unlock(lock);
}
#endif

#ifndef _raw_spin_unlock
void _raw_spin_unlock(raw_spinlock_t *lock)
{
	__raw_spin_unlock(lock);
}
#endif
#endif

void mutex_lock(struct mutex *lock)
{
}

void mutex_unlock(struct mutex *lock)
{
}

#if BASE_AT_LEAST(5, 15)
int __cond_resched_rwlock_write(rwlock_t *lock)
{
	return 0;
}
#else
int __cond_resched_lock(spinlock_t *lock)
{
	return 0;
}
#endif

static struct rcu_head *put_off;

void call_rcu(struct rcu_head *head, rcu_callback_t func)
{
	head->func = func;
#ifdef SHIM_THREADS
	do {
		head->next = READ_ONCE(put_off);
	} while (cmpxchg(&put_off, head->next, head) != head->next);
#else
	head->next = put_off;
	put_off = head;
#endif
}

void shim_rcu(void)
{
	while (put_off) {
		struct rcu_head *head = put_off;

		put_off = head->next;
		head->func(head);
	}
}

#if !BASE_AT_LEAST(6, 1)
/* Does something with CONFIG_RCU_STRICT_GRACE_PERIOD only. */
void rcu_read_unlock_strict(void)
{
}
#endif

#if BASE_AT_LEAST(6, 12)
int __percpu_counter_init_many(struct percpu_counter *c, s64 amount, gfp_t gfp,
			       u32 n, struct lock_class_key *key)
#else
int __percpu_counter_init(struct percpu_counter *c, s64 amount, gfp_t gfp,
			  struct lock_class_key *key)
#endif
{
	c->count = amount;
	return 0;
}

s32 percpu_counter_batch = 32;

void percpu_counter_add_batch(struct percpu_counter *c, s64 amount, s32 batch)
{
	c->count += amount;
}

#if BASE_AT_LEAST(6, 12)
static struct shrinker shrinker;

struct shrinker *shrinker_alloc(unsigned int flags, const char *fmt, ...)
{
	return &shrinker;
}

void shrinker_register(struct shrinker *s)
{
}
#elif BASE_AT_LEAST(6, 1)
int register_shrinker(struct shrinker *s, const char *fmt, ...)
{
	return 0;
}
#else
int register_shrinker(struct shrinker *s)
{
	return 0;
}
#endif

/* No vCPU runs that would have to be kicked. */
void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max,
	      xa_mark_t filter)
{
	return NULL;
}

unsigned long _find_first_bit(const unsigned long *addr, unsigned long size)
{
	return size;
}

/* A warning of the handler is a record that does not count. */
void __warn_printk(const char *fmt, ...)
{
	shim_fail(fmt, 0);
}

#if BASE_AT_LEAST(5, 15)
int _printk(const char *fmt, ...)
#else
int printk(const char *fmt, ...)
#endif
{
	return 0;
}

void refcount_warn_saturate(refcount_t *r, enum refcount_saturation_type t)
{
	shim_fail("a reference count is saturated", t);
}

bool itlb_multihit_kvm_mitigation;

/* The rest of KVM. */

int x86_emulate_instruction(struct kvm_vcpu *vcpu, gpa_t cr2_or_gpa,
			    int emulation_type, void *insn, int insn_len)
{
	shim_emulated++;
	return 1;
}

bool kvm_arch_has_noncoherent_dma(struct kvm *kvm)
{
	return false;
}

#if defined(KVM_CPUID_INDEX_NOT_SIGNIFICANT)
struct kvm_cpuid_entry2 *kvm_find_cpuid_entry2(struct kvm_cpuid_entry2 *entries,
					       int nent, u32 function, u64 index)
{
	return NULL;
}
#elif BASE_AT_LEAST(6, 1)
struct kvm_cpuid_entry2 *kvm_find_cpuid_entry_index(struct kvm_vcpu *vcpu,
						    u32 function, u32 index)
{
	return NULL;
}
#else
struct kvm_cpuid_entry2 *kvm_find_cpuid_entry(struct kvm_vcpu *vcpu,
					      u32 function, u32 index)
{
	return NULL;
}

/* A guest that has not turned its MTRRs on. */
bool kvm_mtrr_check_gfn_range_consistency(struct kvm_vcpu *vcpu, gfn_t gfn,
					  int page_num)
{
	return true;
}
#endif

#if BASE_AT_LEAST(5, 15) && !BASE_AT_LEAST(6, 1)
/* Where there are shadow pages the machine's slots have their rmaps. */
int alloc_all_memslots_rmaps(struct kvm *kvm)
{
	return 0;
}
#endif

#if BASE_AT_LEAST(6, 12)
struct kvm_host_values kvm_host;
#endif

/*
 * The backend. Static calls as boot leaves them: straight to the function;
 * 5.10 has pointers in their place. What AMD's backend has none of does
 * nothing.
 */
#if BASE_AT_LEAST(5, 15)
#define BACKEND(type, name, ...)	type __SCT__kvm_x86_##name(__VA_ARGS__)
typedef hpa_t pgd_arg_t;
#else
#define BACKEND(type, name, ...)	static type name(__VA_ARGS__)
typedef unsigned long pgd_arg_t;
#endif
#if BASE_AT_LEAST(6, 1)
typedef u8 mt_mask_t;
#else
typedef u64 mt_mask_t;
#endif

BACKEND(mt_mask_t, get_mt_mask, struct kvm_vcpu *vcpu, gfn_t gfn, bool is_mmio)
{
	/* Only EPT asks, from 6.1 on. */
	if (!BASE_AT_LEAST(6, 1) && !shim_ept)
		return 0;
	return 6 << 3 | 1 << 6;		/* write-back, ignore PAT */
}

/* Newer bases ask whether the guest's SMEP applies to the tables: no. */
asm(".text\n" FUNC(__SCT__kvm_x86_tdp_has_smep, "xor %eax, %eax"));

BACKEND(void, load_mmu_pgd, struct kvm_vcpu *vcpu, pgd_arg_t root, int level)
{
}

BACKEND(void, flush_tlb_current, struct kvm_vcpu *vcpu)
{
}

#if BASE_AT_LEAST(5, 15) && !BASE_AT_LEAST(6, 1)
ALIAS(__SCT__kvm_x86_tlb_flush_current, __SCT__kvm_x86_flush_tlb_current);
#endif

BACKEND(unsigned long, get_rflags, struct kvm_vcpu *vcpu)
{
	return 0;
}

#if !BASE_AT_LEAST(6, 1)
/* The guest faults in user mode. */
BACKEND(int, get_cpl, struct kvm_vcpu *vcpu)
{
	return 3;
}
#endif

#if BASE_AT_LEAST(5, 15)
struct kvm_x86_ops kvm_x86_ops;
#else
struct kvm_x86_ops kvm_x86_ops = {
	.get_mt_mask = get_mt_mask,
	.load_mmu_pgd = load_mmu_pgd,
	.tlb_flush_current = flush_tlb_current,
	.get_rflags = get_rflags,
	.get_cpl = get_cpl,
};
#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * The machine around the handler: a struct kvm with one slot and one vCPU in
 * long mode, or several of them, and KVM's own functions to make its MMU.
 */
#include <linux/moduleparam.h>
#include <linux/mm.h>

#include "mmu.h"
#include "mmu/mmu_internal.h"
#include "mmu/spte.h"
#include "shim.h"
#include "base.h"

struct kvm_memory_slot *shim_slot;
bool shim_ept;

static struct kvm kvm;
static struct kvm_vcpu vcpus[SHIM_VCPUS];
/* As bench/host has them: low memory and above it, if any, what is faulted in. */
enum { LOW, DATA, NR_SLOTS };
static struct kvm_memory_slot slot[NR_SLOTS];
static int nr_slots;
static struct mm_struct mm;
static struct vitro_machine machine;
static unsigned long *dirty_bitmap;	/* the slot's, while its log is on */
static kvm_pfn_t slot_pfn;

/* Five levels of page tables, which a kernel has only where boot turned them on. */
#define LA57	BIT(X86_FEATURE_LA57 & 31)

static void init(const struct vitro_env *env)
{
	u32 reg[4];

	shim_env = env;
	/*
	 * What boot takes from CPUID, as far as alternatives ask: of this
	 * machine, less what is hidden. What it lacks is not patched in.
	 */
	env->cpuid(1, reg);
	boot_cpu_data.x86_capability[CPUID_1_EDX] = reg[3];
	boot_cpu_data.x86_capability[CPUID_1_ECX] = reg[2];
	env->cpuid(7, reg);
	boot_cpu_data.x86_capability[CPUID_7_0_EBX] = reg[1];
	boot_cpu_data.x86_capability[CPUID_7_ECX] = reg[2] & ~LA57;
	boot_cpu_data.x86_capability[CPUID_7_EDX] = reg[3];
	env->cpuid(0x80000001, reg);
	boot_cpu_data.x86_capability[CPUID_8000_0001_EDX] = reg[3];
	boot_cpu_data.x86_capability[CPUID_8000_0001_ECX] = reg[2];
	/* No extended_cpuid_level: else KVM asks this machine for its own bits. */
	boot_cpu_data.x86_phys_bits = 48;
	boot_cpu_data.x86_cache_bits = 48;
	boot_cpu_data.x86_virt_bits = 48;
}

/* What kvm.NAME=... on the command line sets; it is called "kvm.NAME" or "NAME". */
static void *param(const char *name)
{
	const struct kernel_param *p;

	for (p = shim_params; p < shim_params_end; p++) {
		const char *have = p->name, *c;

		for (c = p->name; *c; c++)
			if (*c == '.')
				have = c + 1;
		for (c = name; *c && *c == *have; c++)
			have++;
		if (*c == *have)
			return p->arg;
	}
	shim_fail("this base has no such parameter", 0);
	return NULL;
}

/*
 * The slots into the tables by which KVM finds them, as if set in this order.
 */
#if BASE_AT_LEAST(6, 1)
static void register_slots(void)
{
	struct kvm_memslots *slots = &kvm.__memslots[0][0];
	int i;

	for (i = 0; i < ARRAY_SIZE(kvm.__memslots); i++) {
		kvm.memslots[i] = &kvm.__memslots[i][0];
		kvm.memslots[i]->gfn_tree = RB_ROOT;
		kvm.memslots[i]->hva_tree = RB_ROOT_CACHED;
		hash_init(kvm.memslots[i]->id_hash);
	}
	slots->generation = 2;
	/* A black root, and its right child, red: bit 0 is clear. */
	slot[LOW].gfn_node[0].__rb_parent_color = 1;
	slots->gfn_tree.rb_node = &slot[LOW].gfn_node[0];
	if (nr_slots > DATA) {
		slot[DATA].gfn_node[0].__rb_parent_color =
			(unsigned long)&slot[LOW].gfn_node[0];
		slot[LOW].gfn_node[0].rb_right = &slot[DATA].gfn_node[0];
	}
	for (i = 0; i < nr_slots; i++) {
		hash_add(slots->id_hash, &slot[i].id_node[0], slot[i].id);
		kvm.nr_memslot_pages += slot[i].npages;
	}
}
#else
static void register_slots(void)
{
	int i;

	for (i = 0; i < KVM_ADDRESS_SPACE_NUM; i++) {
		struct kvm_memslots *slots = shim_alloc(sizeof(*slots) +
			KVM_MEM_SLOTS_NUM * sizeof(slots->memslots[0]));

		memset(slots->id_to_index, -1, sizeof(slots->id_to_index));
		slots->generation = 2;
		kvm.memslots[i] = slots;
	}
	/* The highest first. */
	for (i = 0; i < nr_slots; i++) {
		kvm.memslots[0]->memslots[nr_slots - 1 - i] = slot[i];
		kvm.memslots[0]->id_to_index[slot[i].id] = nr_slots - 1 - i;
	}
	kvm.memslots[0]->used_slots = nr_slots;
}
#endif

/*
 * KVM maps no large page where memory and slot are not aligned alike, and asks
 * the host's tables for none. So it is in the guests of bench/host: before 6.7
 * mmap() aligns small pages' memory to no large page's size.
 */
static bool unlike_aligned(void)
{
	return !BASE_AT_LEAST(6, 7) && machine.page_size == PAGE_SIZE;
}

static void fill_slot(int id, u64 base_gfn, unsigned long npages)
{
	struct kvm_memory_slot *s = &slot[id];
	unsigned long large;
	int i;

	s->id = id;
	s->base_gfn = base_gfn;
	s->npages = npages;
	s->userspace_addr = shim_env->hva + (base_gfn << PAGE_SHIFT);
	for (i = 1; i < KVM_NR_PAGE_SIZES; i++) {
		s->arch.lpage_info[i - 1] = shim_alloc(
			sizeof(*s->arch.lpage_info[0]) *
			((npages >> (9 * i)) + 1));
		for (large = 0; large <= npages >> (9 * i); large++)
			s->arch.lpage_info[i - 1][large].disallow_lpage =
				unlike_aligned();
	}
	/* No page of 1 GiB is whole. */
	s->arch.lpage_info[1][0].disallow_lpage = 1;
	if (machine.mmu != VITRO_TDP) {
		for (i = 0; i < KVM_NR_PAGE_SIZES; i++)
			s->arch.rmap[i] = shim_alloc(
				sizeof(*s->arch.rmap[0]) *
				((npages >> (9 * i)) + 1));
	}
	if (shim_track_writes(s, machine.mmu))
		shim_fail("no memory for write tracking", npages);
}

static void add_slots(void)
{
	fill_slot(LOW, 0, machine.low_npages);
	nr_slots = 1;
	if (machine.npages) {
		fill_slot(DATA, machine.base_gfn, machine.npages);
		shim_map_host(&mm, slot[DATA].userspace_addr, machine.npages,
			      machine.page_size, &slot_pfn);
		nr_slots++;
	}
	register_slots();
	shim_slot = id_to_memslot(kvm.memslots[0], nr_slots - 1);
	dirty_bitmap = shim_alloc(2 * kvm_dirty_bitmap_bytes(shim_slot));
}

/*
 * The guest's own tables where KVM shadows them: an identity map in pages of
 * 4 KiB, for ring 0 as bench/host's, itself in a slot of its own.
 */
static u64 guest_tables(void)
{
	u64 free = machine.low_npages, root, gfn;

#define TABLE(f) ((u64 *)(shim_env->hva + ((f) << PAGE_SHIFT)))
	root = --free;
	for (gfn = machine.base_gfn; gfn < machine.base_gfn + machine.npages; gfn++) {
		u64 *e = TABLE(root) + (gfn >> 27 & 511);
		int shift;

		for (shift = 18; shift >= 0; shift -= 9) {
			if (!*e)
				*e = --free << PAGE_SHIFT | _KERNPG_TABLE;
			e = TABLE(*e >> PAGE_SHIFT) + (gfn >> shift & 511);
		}
		*e = gfn << PAGE_SHIFT | _KERNPG_TABLE | _PAGE_DIRTY;
	}
#undef TABLE
	return root << PAGE_SHIFT;
}

static void load(void)
{
	int n, r;

	for (n = 0; n < machine.vcpus; n++) {
		r = kvm_mmu_load(&vcpus[n]);
		if (r)
			shim_fail("kvm_mmu_load() failed", r);
		if (shim_root_hpa(&vcpus[n]) != shim_root_hpa(&vcpus[0]))
			shim_fail("vCPUs of one kvm have different tables", n);
	}
}

static void make_vcpu(int n, bool tdp, u64 cr3)
{
	struct kvm_vcpu *vcpu = &vcpus[n];
	int r;

	vcpu->kvm = &kvm;
	vcpu->vcpu_id = n;
	memset(&vcpu->arch.regs_avail, 0xff, sizeof(vcpu->arch.regs_avail));
	vcpu->arch.maxphyaddr = 48;
	vcpu->arch.cr0 = X86_CR0_PE | X86_CR0_PG | X86_CR0_WP;
	vcpu->arch.cr0_guest_owned_bits = 0;
	vcpu->arch.cr4 = X86_CR4_PAE;
	vcpu->arch.efer = EFER_LME | EFER_LMA | EFER_NX | EFER_SCE;
	if (!tdp)
		vcpu->arch.cr3 = cr3;
	*shim_cpu_ptr(kvm_get_running_vcpus(), n) = vcpu;
	r = kvm_mmu_create(vcpu);
	if (r)
		shim_fail("kvm_mmu_create() failed", r);
	shim_mmu_init(vcpu);
}

static void make(const struct vitro_machine *m)
{
	const bool tdp = m->mmu != VITRO_SHADOW;
	u64 cr3;
	int r, n;

	machine = *m;
	if (!m->vcpus || m->vcpus > SHIM_VCPUS)
		shim_fail("this copy has fewer vCPUs", m->vcpus);
	for (n = 0; n < SHIM_VCPUS; n++)
		shim_cpu(n, &mm);
	shim_memory_init();

	*(bool *)param("tdp_mmu") = m->mmu == VITRO_TDP;
	kvm_mmu_x86_module_init();
	if (m->nx_huge)
		*(int *)param("nx_huge_pages") = 1;
	r = kvm_mmu_vendor_module_init();
	if (r)
		shim_fail("KVM's MMU does not start", r);
	shim_masks(shim_ept = tdp && m->bits == VITRO_EPT, !m->no_ad);
	shim_configure_mmu(tdp);

	kvm.mm = &mm;
	shim_locks_init(&kvm);
	kvm.arch.n_requested_mmu_pages = 1UL << 20;
	kvm.arch.n_max_mmu_pages = 1UL << 20;
	shim_page_track_init(&kvm);
	kvm_mmu_init_vm(&kvm);
	add_slots();

	cr3 = tdp ? 0 : guest_tables();
	for (n = 0; n < m->vcpus; n++)
		make_vcpu(n, tdp, cr3);
	load();
	/* Before its workload the guest has run code, from low memory. */
	for (n = 0; n < m->vcpus; n++)
		kvm_vcpu_gfn_to_memslot(&vcpus[n], 0);
}

static void zap(void)
{
	int n;

	shim_slot->flags &= ~(KVM_MEM_LOG_DIRTY_PAGES | KVM_MEMSLOT_INVALID);
	shim_slot->dirty_bitmap = NULL;
	shim_invalidating(&kvm, 0);
	shim_zap_all(&kvm);
	for (n = 0; n < machine.vcpus; n++)
		kvm_mmu_unload(&vcpus[n]);
	shim_rcu();
	load();
}

static void unmap(void)
{
	shim_unmap(&kvm, shim_slot);
}

static void age(void)
{
	shim_age(&kvm, shim_slot);
}

static void invalidate(void)
{
	shim_invalidating(&kvm, 1);
}

static void move_slot(void)
{
	shim_slot->flags |= KVM_MEMSLOT_INVALID;
}

static void protect(void)
{
	memset(dirty_bitmap, 0, kvm_dirty_bitmap_bytes(shim_slot));
	shim_slot->dirty_bitmap = dirty_bitmap;
	shim_slot->flags |= KVM_MEM_LOG_DIRTY_PAGES;
	kvm_mmu_slot_remove_write_access(&kvm, shim_slot, PG_LEVEL_4K);
}

static vitro_u64 dirty(void)
{
	vitro_u64 n = 0, i;

	for (i = 0; i < shim_slot->npages; i++)
		n += test_bit_le(i, dirty_bitmap);
	return n;
}

static void root(struct vitro_root *out)
{
	out->root = shim_root_hpa(&vcpus[0]) & PTE_PFN_MASK;
	out->level = 4;
	out->pfn = slot_pfn;
}

#define STAT(field) { #field, (vitro_u64 *)&vcpus[0].stat.field }
static const struct vitro_stat stats[] = {
	STAT(pf_fixed),
#if BASE_AT_LEAST(6, 1)
	STAT(pf_taken),
	STAT(pf_fast),
	STAT(pf_emulate),
	STAT(pf_spurious),
	STAT(pf_mmio_spte_created),
#endif
#if BASE_AT_LEAST(5, 15)
	{ "pages_4k", (vitro_u64 *)&kvm.stat.pages_4k.counter },
	{ "pages_2m", (vitro_u64 *)&kvm.stat.pages_2m.counter },
	{ "nx_lpage_splits", (vitro_u64 *)&kvm.stat.nx_lpage_splits },
#else
	{ "lpages", &kvm.stat.lpages },
	{ "nx_largepages_splitted", (vitro_u64 *)&kvm.stat.nx_lpage_splits },
#endif
	STAT(pf_guest),
	STAT(tlb_flush),
	{}
};

const struct vitro_copy vitro_copy = {
	.abi = VITRO_ABI,
	.size = sizeof(vitro_copy),
	.version = LINUX_VERSION_CODE,
	.text = shim_text,
	.text_end = shim_text_end,
	.traps = shim_traps,
	.traps_end = shim_traps_end,
	.trap_names = shim_trap_names,
	.percpu = shim_percpu,
	.percpu_end = shim_percpu_end,
	.data = shim_data,
	.data_end = shim_data_end,
	.bss = shim_bss,
	.bss_end = shim_bss_end,
	.init = init,
	.patch = shim_patch,
	.wrong_jump = shim_wrong_jump,
	.sites = shim_sites,
	.make = make,
	.entry = (vitro_entry)kvm_mmu_page_fault,
	.vcpu = vcpus,
	.vcpu_size = sizeof(vcpus[0]),
	.most_vcpus = SHIM_VCPUS,
	.zap = zap,
	.unmap = unmap,
	.age = age,
	.invalidate = invalidate,
	.move_slot = move_slot,
	.protect = protect,
	.dirty = dirty,
	.root = root,
	.stats = stats,
	.emulated = &shim_emulated,
};

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What one base spells otherwise than another, for machine.c.
 */
#ifndef FAULTLINE_BASE_H
#define FAULTLINE_BASE_H

#include <asm/kvm_page_track.h>
#include <asm/vmx.h>

#include "mmu.h"
#if BASE_AT_LEAST(6, 12)
#include "mmu/page_track.h"
#endif

static inline void shim_configure_mmu(bool tdp)
{
	/* As AMD's backend has it: tables as deep as the host's, 1 GiB pages. */
#if BASE_AT_LEAST(5, 15)
	kvm_configure_mmu(tdp, 4, 4, PG_LEVEL_1G);
#else
	kvm_configure_mmu(tdp, 4, PG_LEVEL_1G);
#endif
}

#if BASE_AT_LEAST(5, 15)
/* Accessed and dirty bits, if wanted; pages that are only to be executed, where KVM asks. */
static inline void shim_ept_masks_1(void (*set)(bool ad), bool ad)
{
	set(ad);
}

static inline void shim_ept_masks_2(void (*set)(bool ad, bool execute_only),
				    bool ad)
{
	set(ad, true);
}
#endif

/* What an SPTE's bits mean: from 5.15 on the default needs no call. */
static inline void shim_masks(bool ept, bool ad)
{
#if BASE_AT_LEAST(5, 15)
	if (!ept)
		return;
	_Generic(kvm_mmu_set_ept_masks,
		 void (*)(bool): shim_ept_masks_1,
		 void (*)(bool, bool): shim_ept_masks_2)(kvm_mmu_set_ept_masks, ad);
	/* AMD's backend has none, and newer bases look whether there is one. */
	kvm_x86_ops.get_mt_mask = __SCT__kvm_x86_get_mt_mask;
#else
	if (!ept) {
		kvm_mmu_set_mask_ptes(PT_USER_MASK, PT_ACCESSED_MASK,
				      PT_DIRTY_MASK, PT64_NX_MASK, 0,
				      PT_PRESENT_MASK, 0, 0);
		return;
	}
	kvm_mmu_set_mask_ptes(VMX_EPT_READABLE_MASK, ad ? VMX_EPT_ACCESS_BIT : 0,
			      ad ? VMX_EPT_DIRTY_BIT : 0, 0, VMX_EPT_EXECUTABLE_MASK,
			      0, VMX_EPT_RWX_MASK, 0);
	kvm_mmu_set_mmio_spte_mask(VMX_EPT_MISCONFIG_WX_VALUE, 0);
#endif
}

static inline void shim_locks_init(struct kvm *kvm)
{
#if BASE_AT_LEAST(5, 15)
	rwlock_init(&kvm->mmu_lock);
	spin_lock_init(&kvm->mn_invalidate_lock);
#else
	spin_lock_init(&kvm->mmu_lock);
#endif
}

static inline void shim_mmu_init(struct kvm_vcpu *vcpu)
{
#if BASE_AT_LEAST(5, 15)
	vcpu->arch.reserved_gpa_bits = ~0UL << 48;
	kvm_init_mmu(vcpu);
#else
	kvm_init_mmu(vcpu, true);
#endif
}

static inline void shim_page_track_init(struct kvm *kvm)
{
#if BASE_AT_LEAST(6, 12)
#elif BASE_AT_LEAST(6, 1)
	INIT_HLIST_HEAD(&kvm->arch.track_notifier_head.track_notifier_list);
#else
	INIT_LIST_HEAD(&kvm->arch.active_mmu_pages);
	INIT_LIST_HEAD(&kvm->arch.zapped_obsolete_pages);
	INIT_LIST_HEAD(&kvm->arch.lpage_disallowed_mmu_pages);
	INIT_HLIST_HEAD(&kvm->arch.track_notifier_head.track_notifier_list);
#endif
}

static inline int shim_track_writes(struct kvm_memory_slot *slot,
				    enum vitro_mmu mmu)
{
#if BASE_AT_LEAST(6, 1)
	return mmu == VITRO_SHADOW ? kvm_page_track_write_tracking_alloc(slot) : 0;
#else
	return kvm_page_track_create_memslot(slot, slot->npages);
#endif
}

static inline void shim_zap_all(struct kvm *kvm)
{
#if BASE_AT_LEAST(6, 12)
	kvm_arch_flush_shadow_all(kvm);
#else
	kvm_mmu_zap_all(kvm);
#endif
}

/*
 * What the MMU notifier does when the process unmaps the slot's pages, and when it
 * is asked whether they were used.
 */
#if BASE_AT_LEAST(5, 15)
static inline struct kvm_gfn_range shim_range(struct kvm_memory_slot *slot)
{
	return (struct kvm_gfn_range) {
		.slot = slot,
		.start = slot->base_gfn,
		.end = slot->base_gfn + slot->npages,
		.may_block = true,
	};
}

static inline void shim_unmap(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct kvm_gfn_range range = shim_range(slot);

	write_lock(&kvm->mmu_lock);
	kvm_unmap_gfn_range(kvm, &range);
	write_unlock(&kvm->mmu_lock);
}

static inline void shim_age(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct kvm_gfn_range range = shim_range(slot);

	write_lock(&kvm->mmu_lock);
	kvm_age_gfn(kvm, &range);
	write_unlock(&kvm->mmu_lock);
}
#else
static inline void shim_unmap(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	spin_lock(&kvm->mmu_lock);
	kvm_unmap_hva_range(kvm, slot->userspace_addr,
			    slot->userspace_addr + (slot->npages << PAGE_SHIFT),
			    0);
	spin_unlock(&kvm->mmu_lock);
}

static inline void shim_age(struct kvm *kvm, struct kvm_memory_slot *slot)
{
	spin_lock(&kvm->mmu_lock);
	kvm_age_hva(kvm, slot->userspace_addr,
		    slot->userspace_addr + (slot->npages << PAGE_SHIFT));
	spin_unlock(&kvm->mmu_lock);
}
#endif

/* n MMU notifiers of all memory have begun and did not end. */
static inline void shim_invalidating(struct kvm *kvm, int n)
{
#if BASE_AT_LEAST(6, 1)
	kvm->mmu_invalidate_in_progress = n;
	kvm->mmu_invalidate_range_start = 0;
	kvm->mmu_invalidate_range_end = ULONG_MAX;
#else
	kvm->mmu_notifier_count = n;
#if BASE_AT_LEAST(5, 15)
	kvm->mmu_notifier_range_start = 0;
	kvm->mmu_notifier_range_end = ULONG_MAX;
#endif
#endif
}

static inline hpa_t shim_root_hpa(const struct kvm_vcpu *vcpu)
{
#if BASE_AT_LEAST(6, 1)
	return vcpu->arch.mmu->root.hpa;
#else
	return vcpu->arch.mmu->root_hpa;
#endif
}

#endif

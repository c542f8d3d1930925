/* SPDX-License-Identifier: GPL-2.0 */
struct kvm_vcpu {
	long gfn;
	int faults;
};

long spte_of(struct kvm_vcpu *vcpu);
int page_fault(struct kvm_vcpu *vcpu);

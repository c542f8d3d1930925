// SPDX-License-Identifier: GPL-2.0
#include <kvm.h>

int page_fault(struct kvm_vcpu *vcpu)
{
	long spte = spte_of(vcpu);

	vcpu->faults++;
	return spte ? 1 : 0;
}

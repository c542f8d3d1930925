// SPDX-License-Identifier: GPL-2.0
#include <kvm.h>

long spte_of(struct kvm_vcpu *vcpu)
{
	return vcpu->gfn << 12;
}

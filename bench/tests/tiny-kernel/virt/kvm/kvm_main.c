// SPDX-License-Identifier: GPL-2.0
#include <kvm.h>

struct kvm_vcpu the_vcpu;

int run(void)
{
	return page_fault(&the_vcpu);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * What some guests need of the kernel and the CPU they run on and not every host
 * has. Without it the cell is a skip, before anything is made for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

#define CPUID_SVM_LEAF	0x80000001u
#define CPUID_SVM_ECX	(1u << 2)

/* The flat guest that is a hypervisor itself. */
static bool is_hypervisor(const struct plan_cell *cell)
{
	return !strcmp(cell->guest, "nested");
}

static bool gives_svm(int kvm)
{
	struct kvm_cpuid2 *c = vm__supported_cpuid(kvm);
	bool has = false;

	for (uint32_t i = 0; i < c->nent; i++) {
		if (c->entries[i].function == CPUID_SVM_LEAF)
			has = c->entries[i].ecx & CPUID_SVM_ECX;
	}
	free(c);
	return has;
}

bool needs__met(int kvm, const struct plan_cell *cell, char *why, size_t whylen)
{
	if (is_hypervisor(cell) && !gives_svm(kvm)) {
		snprintf(why, whylen,
			 "its L1 runs an L2 by SVM, and KVM gives a guest none here: an AMD CPU with kvm_amd.nested=1 has it");
		return false;
	}
	return true;
}

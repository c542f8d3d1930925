// SPDX-License-Identifier: GPL-2.0
/*
 * What some guests need of the kernel and the CPU they run on and not every host
 * has. Without it the cell is a skip, before anything is made for it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Whose pages are copied when they are touched: by one thread, for one vCPU. */
static bool has_userfaultfd(const struct plan_cell *cell, char *why,
			    size_t whylen)
{
	int fd = uffd__open();

	if (fd < 0) {
		snprintf(why, whylen,
			 errno == ENOSYS ? "its memory is filled by userfaultfd, which this kernel lacks: -p userfaultfd has it" :
			 "its memory is filled by userfaultfd: %s: this user may not",
			 strerror(errno));
		return false;
	}
	close(fd);
	if (cell->vcpus > 1)
		snprintf(why, whylen,
			 "%llu vCPUs, and userfaultfd is answered for one",
			 (unsigned long long)cell->vcpus);
	return cell->vcpus == 1;
}

static bool has_private(int kvm, char *why, size_t whylen)
{
	if (private__is_there(kvm))
		return true;
	snprintf(why, whylen,
		 "its memory is private, and this KVM has no KVM_X86_SW_PROTECTED_VM: -p private-memory has it, with the TDP MMU, from 6.8 on");
	return false;
}

bool needs__met(int kvm, const struct plan_cell *cell, char *why, size_t whylen)
{
	if (is_hypervisor(cell) && !gives_svm(kvm)) {
		snprintf(why, whylen,
			 "its L1 runs an L2 by SVM, and KVM gives a guest none here: an AMD CPU with kvm_amd.nested=1 has it");
		return false;
	}
	switch (cell->backing) {
	case BACKING_USERFAULTFD:
		return has_userfaultfd(cell, why, whylen);
	case BACKING_GUEST_MEMFD:
		return has_private(kvm, why, whylen);
	}
	return true;
}

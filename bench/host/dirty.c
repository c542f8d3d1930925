// SPDX-License-Identifier: GPL-2.0
/*
 * What KVM says of the region's pages that were written: by its bitmap, which it
 * has for each slot, or by its ring, which it has for each vCPU of a VM that was
 * made for it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "host.h"

/* Of one vCPU: as large as KVM lets it be, more than a guest has events for. */
#define RING_BYTES	(65536 * sizeof(struct kvm_dirty_gfn))

bool dirty__is_logged(const struct plan_cell *cell)
{
	return cell->ready == READY_DIRTY_LOG || cell->ready == READY_DIRTY_RING;
}

bool dirty__prepare(struct vm *vm, char *why, size_t whylen)
{
	struct kvm_enable_cap cap = {
		.cap = KVM_CAP_DIRTY_LOG_RING, .args = { RING_BYTES },
	};
	int most;

	if (vm->cell->ready != READY_DIRTY_RING)
		return true;
	most = __vm_ioctl(vm->fd, KVM_CHECK_EXTENSION,
			  (void *)KVM_CAP_DIRTY_LOG_RING);
	if (most < (int)RING_BYTES) {
		snprintf(why, whylen, "this kernel's KVM_CAP_DIRTY_LOG_RING is %d",
			 most);
		return false;
	}
	vm_ioctl(vm->fd, KVM_ENABLE_CAP, &cap);
	return true;
}

static uint64_t pages_of_bitmap(struct vm *vm)
{
	uint64_t words = (vm->region_size / 4096 + 63) / 64, n = 0;
	uint64_t *bitmap = calloc(words, sizeof(*bitmap));
	struct kvm_dirty_log log = {
		.slot = SLOT_REGION, .dirty_bitmap = bitmap,
	};

	if (!bitmap)
		host_die("out of memory for the dirty log");
	vm_ioctl(vm->fd, KVM_GET_DIRTY_LOG, &log);
	for (uint64_t i = 0; i < words; i++)
		n += __builtin_popcountll(bitmap[i]);
	free(bitmap);
	return n;
}

/* A page that was pushed twice is counted twice. */
static uint64_t pages_of_ring(struct vm *vm)
{
	const struct kvm_dirty_gfn *ring;
	uint64_t n = 0;

	ring = mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED,
		    vm->vcpu[0].fd, KVM_DIRTY_LOG_PAGE_OFFSET * 4096);
	if (ring == MAP_FAILED)
		host_die("mmap of the dirty ring failed");
	while (n < RING_BYTES / sizeof(*ring) &&
	       ring[n].flags & KVM_DIRTY_GFN_F_DIRTY && ring[n].slot == SLOT_REGION)
		n++;
	munmap((void *)ring, RING_BYTES);
	return n;
}

uint64_t dirty__pages(struct vm *vm)
{
	return vm->cell->ready == READY_DIRTY_RING ? pages_of_ring(vm) :
						     pages_of_bitmap(vm);
}

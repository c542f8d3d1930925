// SPDX-License-Identifier: GPL-2.0
/*
 * A region of private memory: its pages are a guest_memfd's, which this program does
 * not map. They are there before the guest touches them. Next to it lies what the
 * same addresses would be if they were shared: nothing of the guest may come there.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

/* Newer than the headers of Debian 12. */
#ifndef KVM_CREATE_GUEST_MEMFD
#define KVM_CAP_VM_TYPES		235
#define KVM_X86_SW_PROTECTED_VM		1
#define KVM_MEM_GUEST_MEMFD		(1u << 2)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE	(1ull << 3)
struct kvm_userspace_memory_region2 {
	__u32 slot, flags;
	__u64 guest_phys_addr, memory_size, userspace_addr, guest_memfd_offset;
	__u32 guest_memfd, pad1;
	__u64 pad2[14];
};
struct kvm_create_guest_memfd {
	__u64 size, flags, reserved[6];
};
struct kvm_memory_attributes {
	__u64 address, size, attributes, flags;
};
#define KVM_SET_USER_MEMORY_REGION2 \
	_IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#define KVM_SET_MEMORY_ATTRIBUTES \
	_IOW(KVMIO, 0xd2, struct kvm_memory_attributes)
#define KVM_CREATE_GUEST_MEMFD \
	_IOWR(KVMIO, 0xd4, struct kvm_create_guest_memfd)
#endif

struct private_memory {
	int fd;			/* of the guest_memfd */
	char *shared;		/* what there would be without it */
	uint64_t size;		/* bytes of either */
};

unsigned long private__vm_type(const struct plan_cell *cell)
{
	return cell->backing == BACKING_GUEST_MEMFD ? KVM_X86_SW_PROTECTED_VM : 0;
}

bool private__is_there(int kvm)
{
	int types = __vm_ioctl(kvm, KVM_CHECK_EXTENSION,
			       (void *)KVM_CAP_VM_TYPES);

	return types > 0 && types & 1 << KVM_X86_SW_PROTECTED_VM;
}

static uint64_t *event_at(const struct private_memory *p,
			  const struct plan_cell *cell, uint64_t i)
{
	return (uint64_t *)(p->shared + i * cell->stride);
}

static void make_shared(struct private_memory *p, const struct plan_cell *cell)
{
	p->shared = mmap(NULL, p->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p->shared == MAP_FAILED)
		host_die("%llu bytes of shared memory: %s",
			 (unsigned long long)p->size, strerror(errno));
	for (uint64_t i = 0; i < cell->events; i++)
		*event_at(p, cell, i) = guest_stamp(cell->seed,
						    cell->region_gpa + i * cell->stride);
}

struct private_memory *private__map(int vm, int slot, const struct plan_cell *cell)
{
	struct private_memory *p = calloc(1, sizeof(*p));
	uint64_t size = plan__region_size(cell);
	struct kvm_create_guest_memfd create = { .size = size };
	struct kvm_userspace_memory_region2 region = {
		.slot = slot, .flags = KVM_MEM_GUEST_MEMFD,
		.guest_phys_addr = cell->region_gpa, .memory_size = size,
	};
	struct kvm_memory_attributes attributes = {
		.address = cell->region_gpa, .size = size,
		.attributes = KVM_MEMORY_ATTRIBUTE_PRIVATE,
	};

	if (!p)
		host_die("out of memory for private memory");
	p->size = size;
	make_shared(p, cell);
	p->fd = vm_ioctl(vm, KVM_CREATE_GUEST_MEMFD, &create);
	if (fallocate(p->fd, FALLOC_FL_KEEP_SIZE, 0, size))
		host_die("guest_memfd of %llu bytes: %s",
			 (unsigned long long)size, strerror(errno));
	region.userspace_addr = (uintptr_t)p->shared;
	region.guest_memfd = p->fd;
	vm_ioctl(vm, KVM_SET_USER_MEMORY_REGION2, &region);
	vm_ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES, &attributes);
	return p;
}

void private__say(const struct private_memory *p, const struct plan_cell *cell)
{
	uint64_t n = 0;

	if (!p)
		return;
	for (uint64_t i = 0; i < cell->events; i++)
		n += *event_at(p, cell, i) !=
		     guest_stamp(cell->seed, cell->region_gpa + i * cell->stride);
	chan__say("stat shared_stores %llu", (unsigned long long)n);
}

void private__release(struct private_memory *p)
{
	if (!p)
		return;
	close(p->fd);
	munmap(p->shared, p->size);
	free(p);
}

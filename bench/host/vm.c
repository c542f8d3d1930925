// SPDX-License-Identifier: GPL-2.0
/*
 * The small VMM: one VM, vCPUs in 64-bit mode, two memslots. The low slot
 * holds image, parameters, page tables and results; the region is what the
 * guest faults on. Both are populated in the host beforehand, so that a fault
 * finds its host page and what is measured is KVM's handler.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "host.h"

/* Newer than the headers of Debian 12. */
#ifndef KVM_PRE_FAULT_MEMORY
#define KVM_CAP_PRE_FAULT_MEMORY	236
struct kvm_pre_fault_memory {
	__u64 gpa, size, flags, padding[5];
};
#define KVM_PRE_FAULT_MEMORY _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#endif

const char *vm_dev_kvm = "/dev/kvm", *vm_guests = PLAN_GUESTS;

#define PTE_PRESENT	0x001ull
#define PTE_WRITE	0x002ull
#define PTE_ACCESSED	0x020ull
#define PTE_DIRTY	0x040ull
#define PTE_LARGE	0x080ull
#define PTE_TABLE	(PTE_PRESENT | PTE_WRITE | PTE_ACCESSED)
#define PTE_LEAF	(PTE_TABLE | PTE_DIRTY)

int __vm_ioctl(int fd, unsigned long request, void *arg)
{
	return ioctl(fd, request, arg);
}

int vm_ioctl_or_die(int fd, unsigned long request, void *arg,
		    const char *what, const char *file, int line)
{
	int r = __vm_ioctl(fd, request, arg);

	if (r < 0)
		host_die("%s:%d: %s: %s", file, line, what, strerror(errno));
	return r;
}

static void set_slot(struct vm *vm, int slot, uint64_t gpa, uint64_t size,
		     char *hva, uint32_t flags)
{
	struct kvm_userspace_memory_region r = {
		.slot = slot,
		.flags = flags,
		.guest_phys_addr = gpa,
		.memory_size = size,
		.userspace_addr = (uintptr_t)hva,
	};

	vm_ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &r);
}

/*
 * Identity map in the low slot: 4-level, 4 KiB leaves; 2 MiB leaves where a
 * region of small leaves would not fit the room for tables. Accessed and
 * dirty bits are set beforehand, so no walk has to write them.
 */
static uint64_t *table_at(struct vm *vm, uint64_t entry)
{
	return (uint64_t *)(vm->low + (entry & 0x000ffffffffff000ull));
}

static uint64_t *next_table(struct vm *vm, uint64_t *entry, uint64_t *free_gpa)
{
	if (!*entry) {
		if (*free_gpa >= GUEST_TABLES_END)
			host_die("no room for the guest's page tables");
		*entry = *free_gpa | PTE_TABLE;
		*free_gpa += 4096;
	}
	return table_at(vm, *entry);
}

static void identity_map(struct vm *vm, uint64_t gpa, uint64_t size,
			 uint64_t leaf, uint64_t *free_gpa)
{
	uint64_t *pml4 = (uint64_t *)(vm->low + GUEST_TABLES_GPA);

	for (uint64_t a = gpa; a < gpa + size; a += leaf) {
		uint64_t *t = next_table(vm, &pml4[a >> 39 & 511], free_gpa);

		t = next_table(vm, &t[a >> 30 & 511], free_gpa);
		if (leaf > 4096) {
			t[a >> 21 & 511] = a | PTE_LEAF | PTE_LARGE;
			continue;
		}
		t = next_table(vm, &t[a >> 21 & 511], free_gpa);
		t[a >> 12 & 511] = a | PTE_LEAF;
	}
}

static void make_tables(struct vm *vm, const struct plan_cell *cell)
{
	uint64_t room = (GUEST_TABLES_END - GUEST_TABLES_GPA) / 4096 - 16;
	uint64_t size = plan__region_size(cell);
	uint64_t free_gpa = GUEST_TABLES_GPA + 4096;
	uint64_t leaf = size / (2 << 20) < room && cell->page_size == 4096 ?
			4096 : 2 << 20;

	identity_map(vm, 0, GUEST_LOW_SIZE, 4096, &free_gpa);
	identity_map(vm, cell->region_gpa & ~(leaf - 1),
		     (size + leaf - 1) & ~(leaf - 1), leaf, &free_gpa);
}

static void load_image(struct vm *vm, const char *guest)
{
	char path[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "%s%s.bin", vm_guests, guest);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		host_die("%s: %s", path, strerror(errno));
	n = read(fd, vm->low + GUEST_IMAGE_GPA,
		 GUEST_IMAGE_END - GUEST_IMAGE_GPA);
	if (n <= 0 || n == GUEST_IMAGE_END - GUEST_IMAGE_GPA)
		host_die("%s: %zd bytes do not make a guest image", path, n);
	close(fd);
}

/* vCPU i has the events from i/vcpus of them on, or all of them. */
static void fill_params(struct vm *vm, const struct plan_cell *cell, uint64_t i)
{
	struct guest_params *p = (void *)(vm->low + GUEST_PARAMS_GPA +
					  i * GUEST_PARAMS_STEP);
	uint64_t first = cell->events * i / cell->vcpus;
	uint64_t end = cell->events * (i + 1) / cell->vcpus;

	*p = (struct guest_params) {
		.magic = GUEST_MAGIC,
		.version = GUEST_VERSION,
		.op = cell->op,
		.order = cell->order,
		.pretouch = cell->pretouch,
		.events = cell->events,
		.region_gpa = cell->region_gpa,
		.stride = cell->stride,
		.page_size = cell->page_size,
		.seed = cell->seed,
		.vcpu = i,
		.vcpus = cell->vcpus,
		.first = cell->overlap ? 0 : first,
		.count = cell->overlap ? cell->events : end - first,
		.first_sample = cell->overlap ? cell->events * i : first,
	};
}

static void fill_memory(struct vm *vm, const struct plan_cell *cell)
{
	for (uint64_t i = 0; i < cell->vcpus; i++)
		fill_params(vm, cell, i);
	for (uint64_t i = 0; vm->region && cell->populate && i < cell->events; i++)
		*(uint64_t *)(vm->region + i * cell->stride) =
			guest_stamp(cell->seed,
				    cell->region_gpa + i * cell->stride);
}

struct kvm_cpuid2 *vm__supported_cpuid(int kvm)
{
	struct kvm_cpuid2 *c = calloc(1, sizeof(*c) + 256 * sizeof(c->entries[0]));

	if (!c)
		host_die("out of memory for CPUID");
	c->nent = 256;
	vm_ioctl(kvm, KVM_GET_SUPPORTED_CPUID, c);
	return c;
}

static void set_cpuid(struct vm *vm, int vcpu)
{
	struct kvm_cpuid2 *c = vm__supported_cpuid(vm->kvm);

	vm_ioctl(vcpu, KVM_SET_CPUID2, c);
	free(c);
}

#define FLAGS_IF	(1 << 9)

/*
 * 64-bit mode, or 32-bit mode without paging; flat segments, no IDT: an exception
 * is a triple fault.
 */
static void set_registers(int vcpu, const struct plan_cell *cell, uint64_t i)
{
	struct kvm_segment seg = {
		.limit = 0xffffffff, .present = 1, .s = 1, .g = 1,
	};
	struct kvm_regs regs = {
		.rip = GUEST_IMAGE_GPA,
		.rsp = GUEST_STACK_TOP - i * GUEST_STACK_STEP,
		.rdi = GUEST_PARAMS_GPA + i * GUEST_PARAMS_STEP,
		.rflags = cell->irqchip ? FLAGS_IF | 2 : 2,
	};
	struct kvm_sregs s;

	vm_ioctl(vcpu, KVM_GET_SREGS, &s);
	seg.type = 3;
	seg.selector = 0x10;
	seg.db = 1;
	s.ds = s.es = s.fs = s.gs = s.ss = seg;
	seg.type = 11;
	seg.selector = 0x08;
	seg.db = !cell->paging;
	seg.l = cell->paging;
	s.cs = seg;
	s.cr0 |= 1;				/* PE */
	if (cell->paging) {
		s.cr3 = GUEST_TABLES_GPA;
		s.cr4 |= 1 << 5;		/* PAE */
		s.cr0 |= 1u << 31 | 1 << 16;	/* PG WP */
		s.efer |= 1 << 10 | 1 << 8;	/* LMA LME */
	}
	vm_ioctl(vcpu, KVM_SET_SREGS, &s);
	vm_ioctl(vcpu, KVM_SET_REGS, &regs);
}

void vm__map(struct vm *vm, uint64_t region_gpa)
{
	vm->low = memory__map(vm->low_size, 4096, true);
	set_slot(vm, SLOT_LOW, 0, vm->low_size, vm->low, 0);
	if (vm->region_size && vm->cell->backing == BACKING_GUEST_MEMFD) {
		vm->private = private__map(vm->fd, SLOT_REGION, vm->cell);
	} else if (vm->region_size) {
		vm->region = memory__map(vm->region_size, vm->cell->page_size,
					 vm->cell->populate);
		set_slot(vm, SLOT_REGION, region_gpa, vm->region_size, vm->region,
			 vm->cell->slot == PLAN_SLOT_READONLY ? KVM_MEM_READONLY : 0);
	}
}

/* What KVM and the low slot have room for; see guest.h. */
static bool can_have_vcpus(struct vm *vm, const struct plan_cell *cell,
			   char *why, size_t whylen)
{
	uint64_t n = cell->vcpus;
	int has = __vm_ioctl(vm->kvm, KVM_CHECK_EXTENSION,
			     (void *)KVM_CAP_MAX_VCPUS);
	uint64_t most = has > 0 ? has : 1;

	if (n > most) {
		snprintf(why, whylen,
			 "%llu vCPUs, and this kernel's KVM_CAP_MAX_VCPUS is %d",
			 (unsigned long long)n, has);
		return false;
	}
	if (smp_cpus && n > (uint64_t)CPU_COUNT(smp_cpus)) {
		snprintf(why, whylen,
			 "%llu vCPUs, and %d CPUs here: they would take turns",
			 (unsigned long long)n, CPU_COUNT(smp_cpus));
		return false;
	}
	if (linux_guest__is_guest(cell) && n > 1) {
		snprintf(why, whylen, "%llu vCPUs, and the Linux guest has one",
			 (unsigned long long)n);
		return false;
	}
	if (cell->overlap && cell->events * n > GUEST_MAX_EVENTS) {
		snprintf(why, whylen,
			 "%llu vCPUs, and a guest has room for %u samples",
			 (unsigned long long)n, GUEST_MAX_EVENTS);
		return false;
	}
	if (n > GUEST_MAX_VCPUS)
		snprintf(why, whylen,
			 "%llu vCPUs, and a guest has room for %d",
			 (unsigned long long)n, GUEST_MAX_VCPUS);
	return n <= GUEST_MAX_VCPUS;
}

static void make_vcpu(struct vm *vm, uint64_t i)
{
	int fd = vm_ioctl(vm->fd, KVM_CREATE_VCPU, i);

	vm->vcpu[i].fd = fd;
	vm->vcpu[i].run = mmap(NULL, vm->run_size, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fd, 0);
	if (vm->vcpu[i].run == MAP_FAILED)
		host_die("mmap of kvm_run: %s", strerror(errno));
}

bool vm__create(struct vm *vm, const struct plan_cell *cell, char *why,
		size_t whylen)
{
	*vm = (struct vm) { .cell = cell };
	vm->kvm = open(vm_dev_kvm, O_RDWR | O_CLOEXEC);
	if (vm->kvm < 0)
		host_die("%s: %s: %s", vm_dev_kvm, strerror(errno),
			 who__lacks_kvm());
	if (!can_have_vcpus(vm, cell, why, whylen) ||
	    !needs__met(vm->kvm, cell, why, whylen) ||
	    !memory__fits(cell, why, whylen) ||
	    (linux_guest__is_guest(cell) && !linux_guest__fits(cell, why, whylen))) {
		close(vm->kvm);
		return false;
	}
	vm->fd = vm_ioctl(vm->kvm, KVM_CREATE_VM, private__vm_type(cell));
	if (!dirty__prepare(vm, why, whylen)) {
		close(vm->fd);
		close(vm->kvm);
		return false;
	}
	if (linux_guest__is_guest(cell))
		linux_guest__create_chips(vm);
	else if (cell->irqchip)
		vm_ioctl(vm->fd, KVM_CREATE_IRQCHIP, 0);
	vm->run_size = vm_ioctl(vm->kvm, KVM_GET_VCPU_MMAP_SIZE, 0);
	for (uint64_t i = 0; i < cell->vcpus; i++)
		make_vcpu(vm, i);

	if (linux_guest__is_guest(cell)) {
		set_cpuid(vm, vm->vcpu[0].fd);
		linux_guest__load(vm, cell);
		return true;
	}
	vm->low_size = GUEST_LOW_SIZE;
	if (cell->slot && cell->events)
		vm->region_size = plan__region_size(cell);
	vm__map(vm, cell->region_gpa);
	fill_memory(vm, cell);
	if (vm->region && cell->backing == BACKING_USERFAULTFD)
		vm->uffd = uffd__take(vm->region, vm->region_size,
				      cell->stale);
	make_tables(vm, cell);
	load_image(vm, cell->guest);
	for (uint64_t i = 0; i < cell->vcpus; i++) {
		set_cpuid(vm, vm->vcpu[i].fd);
		set_registers(vm->vcpu[i].fd, cell, i);
	}
	return true;
}

void vm__destroy(struct vm *vm)
{
	linux_guest__destroy(vm);
	uffd__release(vm->uffd);
	for (uint64_t i = 0; i < vm->cell->vcpus; i++) {
		munmap(vm->vcpu[i].run, vm->run_size);
		close(vm->vcpu[i].fd);
	}
	close(vm->fd);
	close(vm->kvm);
	private__release(vm->private);
	munmap(vm->low, vm->low_size);
	if (vm->region) {
		munmap(vm->region, vm->region_size);
		memory__give_back();
	}
}

void vm__log_dirty(struct vm *vm)
{
	set_slot(vm, SLOT_REGION, vm->cell->region_gpa, vm->region_size,
		 vm->region, KVM_MEM_LOG_DIRTY_PAGES);
}

/*
 * MADV_FREE invalidates the range through the mmu notifier, which zaps every
 * SPTE, and leaves the pages where they are as long as memory is plenty: the
 * refault finds its host page, as a first touch does.
 */
void vm__zap(struct vm *vm)
{
	if (madvise(vm->region, vm->region_size, MADV_FREE))
		host_die("MADV_FREE: %s", strerror(errno));
}

bool vm__can_pre_fault(const struct vm *vm)
{
	return __vm_ioctl(vm->fd, KVM_CHECK_EXTENSION,
			  (void *)KVM_CAP_PRE_FAULT_MEMORY) > 0;
}

void vm__pre_fault(struct vm *vm, uint64_t gpa, uint64_t size)
{
	struct kvm_pre_fault_memory range = { .gpa = gpa, .size = size };

	vm_ioctl(vm->vcpu[0].fd, KVM_PRE_FAULT_MEMORY, &range);
	if (range.size)
		host_die("KVM_PRE_FAULT_MEMORY left %llu bytes of gpa 0x%llx",
			 (unsigned long long)range.size, (unsigned long long)gpa);
}

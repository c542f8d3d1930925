/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs inside the variant host, as one static program that is init:
 * shared by init.c, chan.c, vm.c, run.c, kvmstats.c and selftest.c.
 */
#ifndef FAULTLINE_HOST_H
#define FAULTLINE_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/kvm.h>

#include "guest.h"
#include "plan.h"

/* chan.c: the channel to the rig, and the end of the host. */

/* Take the ports. Called once, before anything is said. */
void chan__open(void);
/* Say one line of the protocol in bench/record/wire.h. */
void chan__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Say `die`, leave QEMU. For what the host cannot go on from. */
_Noreturn void host_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void host_exit(int code);

/* vm.c: one VM with one vCPU in 64-bit mode. */

struct linux_guest;

struct vm {
	int kvm, fd, vcpu;
	struct kvm_run *run;
	size_t run_size;
	char *low, *region;		/* host addresses of the two slots */
	uint64_t low_size;		/* bytes of the low slot */
	uint64_t region_size;		/* bytes, 0 without a slot */
	const struct plan_cell *cell;
	struct linux_guest *linux_guest;	/* NULL for a flat one */
};

/*
 * __vm_ioctl() returns what the kernel returned, vm_ioctl() dies with the
 * expression, file, line and errno.
 */
int __vm_ioctl(int fd, unsigned long request, void *arg);
int vm_ioctl_or_die(int fd, unsigned long request, void *arg,
		    const char *what, const char *file, int line);
#define vm_ioctl(fd, request, arg) \
	vm_ioctl_or_die((fd), (request), (void *)(arg), #request, \
			__FILE__, __LINE__)

/*
 * Make the VM the cell asks for, memory populated and stamped, image loaded,
 * vCPU at its entry. Dies when it cannot.
 */
void vm__create(struct vm *vm, const struct plan_cell *cell);
void vm__destroy(struct vm *vm);
/*
 * Map and populate both slots: low_size bytes from 0 on, region_size bytes from
 * region_gpa on. vm__create() does it for a flat guest.
 */
void vm__map(struct vm *vm, uint64_t region_gpa);
/* Turn dirty logging of the region on: KVM write-protects what is mapped. */
void vm__log_dirty(struct vm *vm);
/* Pages of the region that KVM says were written to since; clears that. */
uint64_t vm__dirty_pages(struct vm *vm);
/* Make the mmu notifier zap the region; the host's pages stay in place. */
void vm__zap(struct vm *vm);
/* Can this kernel map memory ahead of a fault? */
bool vm__can_pre_fault(const struct vm *vm);
/* Let KVM map size bytes from gpa on as if they had been touched. */
void vm__pre_fault(struct vm *vm, uint64_t gpa, uint64_t size);

/* linux.c: the Linux guest in such a VM. */

bool linux__is_guest(const struct plan_cell *cell);
/* Is what it takes from power-on to init the measured phase? */
bool linux__is_boot(const struct plan_cell *cell);
/* irqchip and PIT; to be called before a vCPU is made. */
void linux__create_chips(struct vm *vm);
/* Memory, kernel, initramfs, registers. Dies when it cannot. */
void linux__load(struct vm *vm, const struct plan_cell *cell);
/* Prints what the guest printed and frees what linux__load() made. */
void linux__destroy(struct vm *vm);
/* Answer an access to any port but the doorbell's. */
void linux__io(struct vm *vm);
/* Say the figures that init told, as `stat`. */
void linux__say(struct vm *vm);
/* How many samples init gave, and where they are; add one. */
uint64_t linux__samples(struct vm *vm, uint32_t **sample);
void linux__sample(struct vm *vm, uint32_t ticks);
/* Why it died, in the words of its console: a static text. */
const char *linux__last_words(struct vm *vm);

/* kvmstats.c: KVM's own counters of one VM, summed over its vCPUs. */

struct kvmstats;

struct kvmstats *kvmstats__open(int vmfd);
void kvmstats__close(struct kvmstats *s);
/* Read all counters into the first (0) or second (1) snapshot. */
void kvmstats__snap(struct kvmstats *s, int which);
/* The value of one counter now. */
uint64_t kvmstats__now(const struct kvmstats *s, const char *name);
/* Say every counter that differs between the two as `stat`. */
void kvmstats__say(const struct kvmstats *s);

/* run.c */

/* Carry out one cell: says `cell`, measurements and `end`. */
void run__cell(const struct plan_cell *cell);

/* selftest.c */

/* Run all checks: says `check` and `checked` for each. How many there were. */
unsigned int selftest__run(FILE *checks);

#endif

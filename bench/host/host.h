/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs on the variant host: the small VMM and what surrounds it. Under
 * QEMU it is init (init.c, with selftest.c), on the machine itself a program
 * among others (metal.c); each has its own end of the channel.
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

struct chan_end {
	void (*put)(const char *line, size_t size);
	void (*leave)(int code);	/* end the host or the program: no return */
};

/* From now on lines go there. Called once, before anything is said. */
void chan__open(const struct chan_end *end);
/* chan_port.c: take the ports; init ends without them. */
const struct chan_end *chan_port__open(void);
/* chan_pipe.c: an open file. */
const struct chan_end *chan_pipe__open(int fd);
/* Say one line of the protocol in bench/record/wire.h. */
void chan__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Say `die` and leave. For what the host cannot go on from. */
_Noreturn void host_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void host_exit(int code);

/* who.c: what this kernel says of itself. */

/* Say `hello` and what it is: release, command line, KVM's parameters, vuln/. */
void who__say(void);
/* First line of a file without its newline, or NULL. */
char *read_line(const char *path, char *buf, size_t size);

/* vm.c: one VM with one vCPU in 64-bit mode. */

/* Where /dev/kvm and the images of the guests are. */
extern const char *vm_dev_kvm, *vm_guests;

struct vm {
	int kvm, fd, vcpu;
	struct kvm_run *run;
	size_t run_size;
	char *low, *region;		/* host addresses of the two slots */
	uint64_t region_size;		/* bytes, 0 without a slot */
	const struct plan_cell *cell;
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
/* The machine's huge pages as they were; vm__destroy() does it too. */
void vm__give_back(void);
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

/*
 * Carry out a plan, one cell after another: says `cell`, measurements and
 * `end` for each, `bye` at last. Dies where it is none.
 */
void run__plan(const char *path);

/* pmu.c: the cell's own counters, host and guest apart. */

/* Open them where the cell asks for them; says what it came to. */
void pmu__open(const struct plan_cell *cell);
void pmu__start(void);
void pmu__stop(void);
/* Say every count as `count`; events tells whether they can be. */
void pmu__say(uint64_t events);

/* selftest.c */

/* Run all checks: says `check` and `checked` for each. How many there were. */
unsigned int selftest__run(FILE *checks);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs on the variant host: the small VMM and what surrounds it. Under
 * QEMU it is init (init.c, with selftest.c), on the machine itself a program
 * among others (metal.c); each has its own end of the channel.
 */
#ifndef FAULTLINE_HOST_H
#define FAULTLINE_HOST_H

#include <sched.h>
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

/* vm.c: one VM, its vCPUs in 64-bit mode. */

/* Where /dev/kvm, the images of the guests and the Linux guest's files are. */
extern const char *vm_dev_kvm, *vm_guests, *vm_linux;

struct linux_guest;

struct vm {
	int kvm, fd;
	struct {
		int fd;
		struct kvm_run *run;
	} vcpu[GUEST_MAX_VCPUS];	/* as many as the cell has */
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
 * every vCPU at its entry. False where it can have no VM with so many vCPUs,
 * why (of size whylen) saying so; nothing is left then. Dies when it cannot.
 */
bool vm__create(struct vm *vm, const struct plan_cell *cell, char *why,
		size_t whylen);
void vm__destroy(struct vm *vm);
/* The machine's huge pages as they were; vm__destroy() does it too. */
void vm__give_back(void);
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

/* linux_guest.c: the Linux guest in such a VM. */

bool linux_guest__is_guest(const struct plan_cell *cell);
/* Is what it takes from power-on to init the measured phase? */
bool linux_guest__is_boot(const struct plan_cell *cell);
/* ... and does it end with the guest's power-off? */
bool linux_guest__is_off(const struct plan_cell *cell);
/* Has this host the memory for it? If not, why (of size whylen) says so. */
bool linux_guest__fits(const struct plan_cell *cell, char *why, size_t whylen);
/* irqchip and PIT; to be called before a vCPU is made. */
void linux_guest__create_chips(struct vm *vm);
/* Memory, kernel, initramfs, registers. Dies when it cannot. */
void linux_guest__load(struct vm *vm, const struct plan_cell *cell);
/* Prints what the guest printed and frees what linux_guest__load() made. */
void linux_guest__destroy(struct vm *vm);
/* Answer an access to any port but the doorbell's. */
void linux_guest__io(struct vm *vm);
/* Say the figures that init told, as `stat`. */
void linux_guest__say(struct vm *vm);
/* How many samples init gave, and where they are; add one. */
uint64_t linux_guest__samples(struct vm *vm, uint32_t **sample);
void linux_guest__sample(struct vm *vm, uint32_t ticks);
/* Why it died, in the words of its console: a static text. */
const char *linux_guest__last_words(struct vm *vm);

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

/* One counter of one vCPU, by KVM_GET_STATS_FD; -1 where there is none. */
int64_t kvmstats__of_vcpu(int vcpufd, const char *name);

/* cell.c */

/*
 * Carry out a plan, one cell after another: says `cell`, measurements and
 * `end` for each, `bye` at last. Dies where it is none.
 */
void cell__plan(const char *path);

/* pmu.c: the cell's own counters, host and guest apart. */

/* Open them where the cell asks for them; says what it came to. */
void pmu__open(const struct plan_cell *cell);
void pmu__start(void);
void pmu__stop(void);
/* Say every count as `count`; events tells whether they can be. */
void pmu__say(uint64_t events);

/* perf_host.c: Linux perf around the measured phase, where the cell asks for it. */

/* Its file in the host, or its name on PATH. */
extern const char *perf_program;
/*
 * Start it, attached to this process and counting nothing. False where it is
 * not allowed to, why (of size whylen) saying so; dies where it cannot be run or
 * takes no such event.
 */
bool perf_host__open(const struct plan_cell *cell, char *why, size_t whylen);
void perf_host__start(void);
void perf_host__stop(void);
/* End it; where something was measured, say what it printed as `perf`. */
void perf_host__say(bool measured);

/* A cell on its way. */
struct cell_run {
	struct vm vm;
	struct kvmstats *stats;
	uint32_t bell;			/* the last one rung, by all vCPUs */
	uint64_t start, total;		/* TSC ticks */
	uint64_t irqs;
	uint64_t dirty_pages;		/* where dirty logging is on */
	uint64_t fixed_after;		/* faults fixed after the measured phase */
	const char *outcome;		/* NULL while the guest runs */
	char why[256];
	struct smp *smp;		/* smp.c's, where there are several vCPUs */
};

/* For smp.c: what one vCPU and several have in common. */

/* The cell ends so. */
void cell__finish(struct cell_run *r, const char *outcome, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* What the host does when the guest rings, now being the clock then. */
void cell__at_bell(struct cell_run *r, uint32_t bell, uint64_t now);
/* A vCPU rang BELL_FAIL. */
void cell__at_fail(struct cell_run *r, uint64_t vcpu);
/* The host's clock: TSC ticks, no earlier load after it. */
static inline uint64_t cell__clock(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

/* smp.c: several vCPUs, a thread each, that wait for each other at every bell. */

/*
 * The CPUs they may have, one each from the last one down; vCPU 0's is where
 * this thread is. NULL: wherever the kernel puts them.
 */
extern const cpu_set_t *smp_cpus;

/* Fill r->smp, for a cell of more than one vCPU. */
void smp__create(struct cell_run *r);
/* Run the guest until r->outcome. */
void smp__run(struct cell_run *r);
/* Say every vCPU as `vcpu`, how many touches there were as `num events`. */
void smp__say(const struct cell_run *r);
/* Pull the samples of all vCPUs together; returns how many there are. */
uint64_t smp__samples(const struct cell_run *r);
/* From the signal handler: the guest took too long. */
void smp__alarm(struct cell_run *r);
/* Nothing where there is none. */
void smp__free(struct cell_run *r);

/* selftest.c */

/* Run all checks: says `check` and `checked` for each. How many there were. */
unsigned int selftest__run(FILE *checks);

#endif

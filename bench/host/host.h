/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What runs on the variant host: the small VMM and the code around it. Under
 * QEMU it is init (init.c, with selftest.c); on the machine itself it is an
 * ordinary process (metal.c). Each has its own end of the channel.
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

/* Send all lines there from now on. Called once, before the first. */
void chan__open(const struct chan_end *end);
/* chan_port.c: get access to the ports; init ends without them. */
const struct chan_end *chan_port__open(void);
/* chan_pipe.c: an open file. */
const struct chan_end *chan_pipe__open(int fd);
/* Send one line of the protocol in bench/record/wire.h. */
void chan__say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Send `die` and leave. For errors that the host cannot continue after. */
_Noreturn void host_die(const char *fmt, ...)
	__attribute__((format(printf, 1, 2)));
_Noreturn void host_exit(int code);

/* who.c: what this kernel reports about itself. */

/* Send `hello`, then release, command line, KVM's parameters and vuln/. */
void who__say(void);
/* Return: why there may be no /dev/kvm; a static text. */
const char *who__lacks_kvm(void);
/* Return: the first line of a file without its newline, in buf; or NULL. */
char *read_line(const char *path, char *buf, size_t size);

/* vm.c: one VM, its vCPUs in 64-bit mode. */

/* Where /dev/kvm, the images of the guests and the Linux guest's files are. */
extern const char *vm_dev_kvm, *vm_guests, *vm_linux;

struct linux_guest;
struct uffd;
struct private_memory;

enum vm_slot { SLOT_LOW, SLOT_REGION };

struct vm {
	int kvm, fd;
	struct {
		int fd;
		struct kvm_run *run;
	} vcpu[GUEST_MAX_VCPUS];	/* one per vCPU of the cell */
	size_t run_size;
	char *low, *region;		/* host addresses of the two slots */
	uint64_t low_size;		/* bytes of the low slot */
	uint64_t region_size;		/* bytes, 0 without a slot */
	const struct plan_cell *cell;
	struct linux_guest *linux_guest;	/* NULL for a flat one */
	struct uffd *uffd;		/* NULL where the region is not its own to fill */
	struct private_memory *private;	/* in place of the region, or NULL */
};

/*
 * __vm_ioctl() returns what the kernel returned; vm_ioctl() dies on an error,
 * with the expression, file, line and errno.
 */
int __vm_ioctl(int fd, unsigned long request, void *arg);
int vm_ioctl_or_die(int fd, unsigned long request, void *arg,
		    const char *what, const char *file, int line);
#define vm_ioctl(fd, request, arg) \
	vm_ioctl_or_die((fd), (request), (void *)(arg), #request, \
			__FILE__, __LINE__)

/*
 * Make the VM that the cell asks for: memory populated and stamped, image
 * loaded, every vCPU at its entry. Dies on errors. Return: true; or false where
 * this host cannot have a VM with that many vCPUs, with a message in @why and
 * nothing left to free.
 */
bool vm__create(struct vm *vm, const struct plan_cell *cell, char *why,
		size_t whylen);
void vm__destroy(struct vm *vm);
/*
 * Map and populate both slots: low_size bytes at 0, region_size bytes at
 * region_gpa. vm__create() does it for a flat guest.
 */
void vm__map(struct vm *vm, uint64_t region_gpa);
/* Turn dirty logging of the region on: KVM write-protects what is mapped. */
void vm__log_dirty(struct vm *vm);
/* Let the mmu notifier zap the region; the host's pages stay in place. */
void vm__zap(struct vm *vm);
/* Return: does this kernel have KVM_PRE_FAULT_MEMORY? */
bool vm__can_pre_fault(const struct vm *vm);
/* Let KVM map size bytes at gpa as if they had been touched. */
void vm__pre_fault(struct vm *vm, uint64_t gpa, uint64_t size);
/* Return: the CPUID that KVM can give a guest; allocated, the caller frees it. */
struct kvm_cpuid2 *vm__supported_cpuid(int kvm);

/* uffd.c: memory that is copied when it is touched. */

/* Return: a descriptor of a userfaultfd, or -1 with errno where there is none. */
int uffd__open(void);
/*
 * Empty the region, of size bytes, and answer whoever touches it from now on. Called
 * by the thread that will run the guest. With stale, the address that is
 * waited for is invalidated before its page comes, so that KVM has to ask again. Dies
 * on errors. The caller releases it, when the guest is over and before the region goes.
 */
struct uffd *uffd__take(char *region, uint64_t size, bool stale);
/* Send the pages copied, and those that another thread waited for, as `stat`. */
void uffd__say(const struct uffd *u);
void uffd__release(struct uffd *u);

/* private.c: memory of a guest_memfd. */

/* Return: what KVM_CREATE_VM is given for this cell. */
unsigned long private__vm_type(const struct plan_cell *cell);
/* Return: can this KVM have a VM with private memory? */
bool private__is_there(int kvm);
/* Fill a slot of that VM with private memory, the cell's region. Dies on errors. */
struct private_memory *private__map(int vm, int slot,
				    const struct plan_cell *cell);
/* Send how many of the guest's stores came to shared memory, as `stat`. */
void private__say(const struct private_memory *p, const struct plan_cell *cell);
void private__release(struct private_memory *p);

/* needs.c */

/* Return: is there what this cell needs? If not, a message in @why. */
bool needs__met(int kvm, const struct plan_cell *cell, char *why, size_t whylen);

/* memory.c: a guest's memory in the host. */

/* Return: has the host such pages for the region? If not, a message in @why. */
bool memory__fits(const struct plan_cell *cell, char *why, size_t whylen);
/* Dies where there is none. */
char *memory__map(uint64_t size, uint64_t page_size, bool populate);
/* Restore the machine's number of huge pages; vm__destroy() does it too. */
void memory__give_back(void);

/* dirty.c: which pages of the region KVM says were written to. */

bool dirty__is_logged(const struct plan_cell *cell);
/*
 * Before any vCPU is made: give each a ring, where the cell wants it. Return:
 * true; or false where this kernel has none, with a message in @why.
 */
bool dirty__prepare(struct vm *vm, char *why, size_t whylen);
/* Return: pages of the region written to since dirty logging is on. */
uint64_t dirty__pages(struct vm *vm);

/* linux_guest.c: the Linux guest in such a VM. */

bool linux_guest__is_guest(const struct plan_cell *cell);
/* Is the measured phase the guest's boot, from power-on to init? */
bool linux_guest__is_boot(const struct plan_cell *cell);
/* ... to power-off? */
bool linux_guest__is_off(const struct plan_cell *cell);
/* Return: does this host have the memory for it? If not, a message in @why. */
bool linux_guest__fits(const struct plan_cell *cell, char *why, size_t whylen);
/* irqchip and PIT; to be called before a vCPU is made. */
void linux_guest__create_chips(struct vm *vm);
/* Memory, kernel, initramfs, registers. Dies when it cannot. */
void linux_guest__load(struct vm *vm, const struct plan_cell *cell);
/* Print what the guest printed, and free what linux_guest__load() made. */
void linux_guest__destroy(struct vm *vm);
/* Emulate an access to any port except the doorbell. */
void linux_guest__io(struct vm *vm);
/* Answer a load from a chip that is not there with all ones, as a bus does; false: no load. */
bool linux_guest__probes(struct vm *vm);
/* Send the figures that the guest's init reported, as `stat`. */
void linux_guest__say(struct vm *vm);
/* Return: how many samples there are, with their place in *sample; add one. */
uint64_t linux_guest__samples(struct vm *vm, uint32_t **sample);
void linux_guest__sample(struct vm *vm, uint32_t ticks);
/* Return: why it died, in the words of its console; a static text. */
const char *linux_guest__last_words(struct vm *vm);

/* kvmstats.c: KVM's own counters of one VM, summed over its vCPUs. */

struct kvmstats;

struct kvmstats *kvmstats__open(int vmfd);
void kvmstats__close(struct kvmstats *s);
/* Read all counters into the first (0) or second (1) snapshot. */
void kvmstats__snap(struct kvmstats *s, int which);
/* The value of one counter now. */
uint64_t kvmstats__now(const struct kvmstats *s, const char *name);
/* Send the difference of the two snapshots, each counter as `stat`. */
void kvmstats__say(const struct kvmstats *s);

/* Return: one counter of one vCPU, by KVM_GET_STATS_FD; -1 without it. */
int64_t kvmstats__of_vcpu(int vcpufd, const char *name);

/* cell.c */

/*
 * Carry out a plan, one cell after another: send `cell`, measurements and
 * `end` for each, then `bye`. Dies when the file is not a plan.
 */
void cell__plan(const char *path);

/* perturb.c */

/* Wait, and take pages, as the plan has it for this cell. */
void perturb__host(const struct plan_cell *cell);

/* pmu.c: the cell's own counters, host and guest apart. */

/* Open them where the cell asks for them, or send why they cannot be. */
void pmu__open(const struct plan_cell *cell);
void pmu__start(void);
void pmu__stop(void);
/* Send every count as `count`; events is for a check that they are plausible. */
void pmu__say(uint64_t events);

/* perf_host.c: Linux perf around the measured phase, where the cell asks for it. */

/* Its file in the host, or its name on PATH. */
extern const char *perf_program;
/*
 * Start it, attached to this process but not counting yet. Dies where it cannot
 * be run or does not know an event. Return: true; or false with a message in
 * @why where it is not allowed to count.
 */
bool perf_host__open(const struct plan_cell *cell, char *why, size_t whylen);
void perf_host__start(void);
void perf_host__stop(void);
/* End it; where something was measured, send its output as `perf`. */
void perf_host__say(bool measured);

/* A cell that is being run. */
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

/* End the cell with that outcome. */
void cell__finish(struct cell_run *r, const char *outcome, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The guest rang; now is the clock at that moment. */
void cell__at_bell(struct cell_run *r, uint32_t bell, uint64_t now);
/* A vCPU rang BELL_FAIL. */
void cell__at_fail(struct cell_run *r, uint64_t vcpu);
/* Return: TSC ticks, read after every earlier load. */
static inline uint64_t cell__clock(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

/* smp.c: several vCPUs, one thread each; all wait at every bell for the last. */

/*
 * The CPUs they run on, one each, from the last one down; vCPU 0 stays on this
 * thread's. NULL: the scheduler decides.
 */
extern const cpu_set_t *smp_cpus;

/* Fill r->smp, for a cell of more than one vCPU. */
void smp__create(struct cell_run *r);
/* Run the guest until r->outcome. */
void smp__run(struct cell_run *r);
/* Send each vCPU as `vcpu`, and the number of touches as `num events`. */
void smp__say(const struct cell_run *r);
/* Collect the samples of all vCPUs. Return: how many there are. */
uint64_t smp__samples(const struct cell_run *r);
/* From the signal handler: the guest took too long. */
void smp__alarm(struct cell_run *r);
/* Does nothing where r->smp is NULL. */
void smp__free(struct cell_run *r);

/* selftest.c */

/* Run all checks, sending `check` and `checked` for each. Return: their number. */
unsigned int selftest__run(FILE *checks);

#endif

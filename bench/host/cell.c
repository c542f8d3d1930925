// SPDX-License-Identifier: GPL-2.0
/*
 * Carry out one cell: run the guest from bell to bell, take the clock and
 * KVM's counters at the start and at the end of the measured phase, and send
 * what was measured. Counters are read outside the clock.
 */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>

#include "host.h"
#include "wire.h"

static struct cell_run *alarm_run;

/* The guest took too long: leave KVM_RUN now, or as soon as it is entered. */
static void on_alarm(int sig)
{
	(void)sig;
	alarm_run->vm.vcpu[0].run->immediate_exit = 1;
	if (alarm_run->smp)
		smp__alarm(alarm_run);
}

static void set_limit(uint64_t ms, struct cell_run *r)
{
	struct itimerval t = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { 0, ms ? 10000 : 0 },
	};
	struct sigaction sa = { .sa_handler = on_alarm };

	alarm_run = r;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

/* Interrupts the host took since boot: the first number after "intr". */
static uint64_t host_irqs(void)
{
	FILE *f = fopen("/proc/stat", "r");
	unsigned long long n = 0;
	char line[4096];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "intr %llu", &n) == 1)
			break;
	}
	if (f)
		fclose(f);
	return n;
}

/*
 * Begin with empty per-CPU LRU batches: MADV_COLD drains them, as munmap() did
 * before 7.x. Otherwise the pages that happen to be pending are in the figure:
 * marking a huge page accessed searches the batch, five instructions per page in
 * it. And begin with empty per-CPU differences of the memory statistics, which
 * are folded into the global ones each time they grow too large: twelve
 * instructions, in whose fault depends on what was counted since the boot.
 */
static void settle(void)
{
	FILE *f;
	volatile char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		host_die("mmap of a page: %s", strerror(errno));
	*p = 1;
	madvise((void *)p, 4096, MADV_COLD);
	munmap((void *)p, 4096);
	f = fopen("/proc/sys/vm/stat_refresh", "w");
	if (f) {
		fputs("1", f);
		fclose(f);
	}
}

void cell__finish(struct cell_run *r, const char *outcome,
		 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->why, sizeof(r->why), fmt, ap);
	va_end(ap);
	r->outcome = outcome;
}

static void at_ready(struct cell_run *r)
{
	if (r->vm.cell->start == START_PRE_FAULT &&
	    !vm__can_pre_fault(&r->vm)) {
		cell__finish(r, WIRE_SKIP, "this kernel has no KVM_PRE_FAULT_MEMORY");
		return;
	}
	switch (r->vm.cell->ready) {
	case READY_ZAP:
		vm__zap(&r->vm);
		break;
	case READY_DIRTY_LOG:
	case READY_DIRTY_RING:
		vm__log_dirty(&r->vm);
		break;
	}
}

/*
 * The host provokes the events itself: an ioctl calls the handler, without a
 * world switch. The samples are stored where the guest would store them.
 */
static void pre_fault(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA);
	uint32_t *sample = (uint32_t *)(r->vm.low + GUEST_SAMPLES_GPA);

	for (uint64_t i = 0; i < c->events; i++) {
		uint64_t t0 = cell__clock();

		vm__pre_fault(&r->vm, c->region_gpa + i * c->stride,
			      c->page_size);
		sample[i] = cell__clock() - t0;
	}
	g->samples = c->events;
}

void cell__at_fail(struct cell_run *r, uint64_t vcpu)
{
	const struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA +
						vcpu * GUEST_RESULT_STEP);

	char who[32] = "";

	if (r->vm.linux_guest) {
		cell__finish(r, WIRE_GUEST_FAIL, "Linux guest: %s",
			    linux_guest__last_words(&r->vm));
		return;
	}
	if (r->smp)
		snprintf(who, sizeof(who), "vCPU %llu: ",
			 (unsigned long long)vcpu);
	cell__finish(r, WIRE_GUEST_FAIL,
	       "%sguest check in line %llu, event %llu: expected 0x%llx, found 0x%llx", who,
	       (unsigned long long)g->line, (unsigned long long)g->index,
	       (unsigned long long)g->expected, (unsigned long long)g->found);
}

/* The host's own look at the region: what the guest wrote lies where it must. */
static void at_pass(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	uint64_t seed = c->op == GUEST_WRITE ? ~c->seed : c->seed;

	if (r->vm.linux_guest) {		/* its init looked itself */
		cell__finish(r, WIRE_PASS, "ok");
		return;
	}
	for (uint64_t i = 0; r->vm.region && i < c->events; i++) {
		uint64_t at = i * c->stride;
		uint64_t want = guest_stamp(seed, c->region_gpa + at);
		uint64_t found = *(uint64_t *)(r->vm.region + at);

		if (found != want) {
			cell__finish(r, WIRE_GUEST_FAIL,
			       "host check, page %llu: expected 0x%llx, found 0x%llx",
			       (unsigned long long)i, (unsigned long long)want,
			       (unsigned long long)found);
			return;
		}
	}
	cell__finish(r, WIRE_PASS, "ok");
}

/*
 * Inline, so that several vCPUs, which call it from elsewhere, add nothing to
 * what one has between its clock and KVM_RUN: that is in every total.
 */
static inline __attribute__((always_inline)) void at_bell(struct cell_run *r,
							  uint32_t bell,
							  uint64_t now)
{
	if (bell == BELL_FAIL) {
		cell__at_fail(r, 0);
		return;
	}
	if (bell != r->bell + 1 || bell > BELL_PASS) {
		cell__finish(r, WIRE_GUEST_FAIL, "bell %u after bell %u", bell,
		       r->bell);
		return;
	}
	r->bell = bell;
	switch (bell) {
	case BELL_READY:
		at_ready(r);
		break;
	case BELL_START:
		perf_host__start();
		settle();
		kvmstats__snap(r->stats, 0);
		r->irqs = host_irqs();
		pmu__start();
		r->start = cell__clock();
		if (r->vm.cell->start == START_PRE_FAULT)
			pre_fault(r);
		break;				/* KVM_RUN follows */
	case BELL_END:
		r->total = now - r->start;
		pmu__stop();
		r->irqs = host_irqs() - r->irqs;
		kvmstats__snap(r->stats, 1);
		if (dirty__is_logged(r->vm.cell))
			r->dirty_pages = dirty__pages(&r->vm);
		r->fixed_after = kvmstats__now(r->stats, "pf_fixed");
		perf_host__stop();
		break;
	case BELL_PASS:
		r->fixed_after = kvmstats__now(r->stats, "pf_fixed") -
				 r->fixed_after;
		at_pass(r);
		break;
	}
}

void cell__at_bell(struct cell_run *r, uint32_t bell, uint64_t now)
{
	at_bell(r, bell, now);
}

static void at_io(struct cell_run *r, uint64_t now)
{
	struct kvm_run *run = r->vm.vcpu[0].run;
	uint32_t value;

	if (run->io.port != GUEST_PORT || run->io.size != 4 ||
	    run->io.direction != KVM_EXIT_IO_OUT) {
		if (r->vm.linux_guest) {
			linux_guest__io(&r->vm);
			return;
		}
		cell__finish(r, WIRE_GUEST_FAIL, "port 0x%x is not a doorbell",
		       run->io.port);
		return;
	}
	memcpy(&value, (char *)run + run->io.data_offset, sizeof(value));
	at_bell(r, value, now);
}

/*
 * Is it a store to a ROM, which takes none and says nothing about it? Not inline, and
 * with nothing that at_mmio() has in a register: see run_cell().
 */
static __attribute__((noinline, cold)) bool is_rom(const struct cell_run *r)
{
	const struct kvm_run *run = r->vm.vcpu[0].run;
	const struct plan_cell *c = r->vm.cell;

	return c->slot == PLAN_SLOT_READONLY && run->mmio.is_write &&
	       run->mmio.phys_addr - c->region_gpa < plan__region_size(c);
}

/* A load from where no slot is, answered with the stamp of its address. */
static void at_mmio(struct cell_run *r)
{
	struct kvm_run *run = r->vm.vcpu[0].run;
	const struct plan_cell *c = r->vm.cell;
	uint64_t stamp = guest_stamp(c->seed, run->mmio.phys_addr);
	uint64_t off = run->mmio.phys_addr - c->region_gpa;

	if (c->slot || run->mmio.is_write || run->mmio.len != 8 ||
	    off >= plan__region_size(c)) {
		if (r->vm.linux_guest && linux_guest__probes(&r->vm))
			return;
		if (is_rom(r))
			return;
		cell__finish(r, WIRE_GUEST_FAIL, "%s of %u bytes at 0x%llx, where nothing is",
		       run->mmio.is_write ? "store" : "load", run->mmio.len,
		       (unsigned long long)run->mmio.phys_addr);
		return;
	}
	memcpy(run->mmio.data, &stamp, sizeof(stamp));
}

/* Under SVM a shutdown resets the vCPU: where it happened is not known. */
static __attribute__((noinline)) void at_shutdown(struct cell_run *r)
{
	uint64_t now = cell__clock();

	if (linux_guest__is_off(r->vm.cell) && r->bell == BELL_START) {
		cell__at_bell(r, BELL_END, now);
		cell__at_bell(r, BELL_PASS, now);
	} else if (r->vm.linux_guest)
		cell__finish(r, WIRE_GUEST_FAIL, "Linux guest after bell %u: %s",
			    r->bell, linux_guest__last_words(&r->vm));
	else
		cell__finish(r, WIRE_GUEST_FAIL, "triple fault after bell %u",
			    r->bell);
}

static void run_guest(struct cell_run *r)
{
	struct kvm_run *run = r->vm.vcpu[0].run;

	while (!r->outcome) {
		int ret = __vm_ioctl(r->vm.vcpu[0].fd, KVM_RUN, NULL);
		uint64_t now = cell__clock();

		if (ret < 0 && errno == EINTR) {
			cell__finish(r, WIRE_GUEST_HANG,
			       "no bell after bell %u in %llu ms of the host's time",
			       r->bell,
			       (unsigned long long)r->vm.cell->limit_ms);
			return;
		}
		if (ret < 0) {
			cell__finish(r, WIRE_GUEST_FAIL, "KVM_RUN: %s",
			       strerror(errno));
			return;
		}
		switch (run->exit_reason) {
		case KVM_EXIT_IO:
			at_io(r, now);
			break;
		case KVM_EXIT_MMIO:
			at_mmio(r);
			break;
		case KVM_EXIT_HLT:
			cell__finish(r, WIRE_GUEST_FAIL, "halted after bell %u",
			       r->bell);
			break;
		case KVM_EXIT_SHUTDOWN:
			at_shutdown(r);
			break;
		case KVM_EXIT_INTERNAL_ERROR:
			cell__finish(r, WIRE_GUEST_FAIL, "KVM internal error %u",
			       run->internal.suberror);
			break;
		default:
			cell__finish(r, WIRE_GUEST_FAIL, "unexpected exit reason %u",
			       run->exit_reason);
		}
	}
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Where the guest's samples lie, and how many there are. */
static uint64_t samples(struct cell_run *r, uint32_t **s)
{
	const struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA);
	uint64_t n;

	if (r->vm.linux_guest)
		return linux_guest__samples(&r->vm, s);
	*s = (uint32_t *)(r->vm.low + GUEST_SAMPLES_GPA);
	n = r->smp ? smp__samples(r) : g->samples;
	return n <= GUEST_MAX_EVENTS ? n : 0;
}

/* The samples as a histogram; the order is lost, nothing else is. */
static void say_samples(struct cell_run *r, uint32_t *s, uint64_t n)
{
	const struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA);
	uint64_t i = 0;

	chan__say("num samples %llu", (unsigned long long)n);
	chan__say("num clock_floor %llu", (unsigned long long)
		  (r->vm.linux_guest ? 0 : g->clock_floor));
	qsort(s, n, sizeof(*s), by_value);
	while (i < n) {
		uint64_t from = i;

		while (i < n && s[i] == s[from])
			i++;
		chan__say("hist %u %llu", s[from],
			  (unsigned long long)(i - from));
	}
}

/*
 * Sums of n samples in the order they were taken in, for a noisy rig; of
 * several vCPUs one after another.
 */
static void say_blocks(struct cell_run *r, const uint32_t *s, uint64_t n)
{
	uint64_t chunk = r->vm.cell->chunk;

	if (!chunk)
		return;
	chan__say("num chunk %llu", (unsigned long long)chunk);
	for (uint64_t i = 0; i + chunk <= n; i += chunk) {
		uint64_t sum = 0;

		for (uint64_t k = i; k < i + chunk; k++)
			sum += s[k];
		chan__say("block %llu", (unsigned long long)sum);
	}
}

static void say_measured(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	uint32_t *s;
	uint64_t n;

	if (linux_guest__is_boot(c))
		linux_guest__sample(&r->vm, r->total);
	if (r->vm.linux_guest)
		linux_guest__say(&r->vm);
	if (r->smp)
		smp__say(r);
	else
		chan__say("num events %llu", (unsigned long long)c->events);
	chan__say("num total %llu", (unsigned long long)r->total);
	chan__say("num irqs %llu", (unsigned long long)r->irqs);
	kvmstats__say(r->stats);
	if (dirty__is_logged(c))
		chan__say("stat dirty_pages %llu",
			  (unsigned long long)r->dirty_pages);
	uffd__say(r->vm.uffd);
	private__say(r->vm.private, c);
	if (r->bell >= BELL_PASS)
		chan__say("stat pf_fixed_after %llu",
			  (unsigned long long)r->fixed_after);
	/* Pre-faulting runs no guest whose events could be counted. */
	pmu__say(c->start == START_PRE_FAULT ? 0 : c->events);
	n = samples(r, &s);
	say_blocks(r, s, n);
	say_samples(r, s, n);
}

/* The measured phase begins with the first instruction, before any bell. */
static void start_at_entry(struct cell_run *r)
{
	r->bell = BELL_START;
	perf_host__start();
	kvmstats__snap(r->stats, 0);
	r->irqs = host_irqs();
	pmu__start();
	r->start = cell__clock();
}

/* Counters open, limit set: from the guest's entry to its outcome. */
static void run_measured(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;

	if (c->vcpus > 1)
		smp__create(r);
	set_limit(c->limit_ms, r);
	if (linux_guest__is_boot(c))
		start_at_entry(r);
	if (r->smp)
		smp__run(r);
	else
		run_guest(r);
	set_limit(0, r);
	perf_host__say(r->bell >= BELL_END);
	if (r->bell >= BELL_END)
		say_measured(r);
	smp__free(r);
}

static void run_vm(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;

	r->stats = kvmstats__open(r->vm.fd);
	pmu__open(c);
	if (perf_host__open(c, r->why, sizeof(r->why)))
		run_measured(r);
	else
		r->outcome = WIRE_SKIP;
	kvmstats__close(r->stats);
	vm__destroy(&r->vm);
}

/*
 * On its own: an mmio fault ends in this program, so that its code is in that
 * figure, and code around it would change how this is compiled.
 */
static __attribute__((noinline)) void run_cell(const struct plan_cell *cell)
{
	struct cell_run r = { 0 };

	chan__say("cell %s", cell->id);
	if (vm__create(&r.vm, cell, r.why, sizeof(r.why)))
		run_vm(&r);
	else
		r.outcome = WIRE_SKIP;
	chan__say("end %s %s %s", cell->id, r.outcome, r.why);
}

void cell__plan(const char *path)
{
	struct plan_cell cell;
	unsigned int line = 0, cells = 0;
	FILE *plan = fopen(path, "r");
	char err[256];
	int r;

	if (!plan)
		host_die("%s: %s", path, strerror(errno));
	while ((r = plan__parse(plan, &cell, &line, err, sizeof(err))) > 0) {
		perturb__host(&cell);
		run_cell(&cell);
		cells++;
	}
	if (r < 0)
		host_die("%s: %s", path, err);
	fclose(plan);
	chan__say("bye %u", cells);
}

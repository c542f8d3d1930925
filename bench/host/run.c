// SPDX-License-Identifier: GPL-2.0
/*
 * Carry out one cell: run the guest from bell to bell, take the clock and
 * KVM's counters at the start and at the end of the measured phase, and say
 * what was found. Counters are read outside the clock.
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

struct cell_run {
	struct vm vm;
	struct kvmstats *stats;
	uint32_t bell;			/* the last one rung */
	uint64_t start, total;		/* TSC ticks */
	uint64_t irqs;
	uint64_t dirty_pages;		/* where dirty logging is on */
	uint64_t fixed_after;		/* faults fixed after the measured phase */
	const char *outcome;		/* NULL while the guest runs */
	char why[256];
};

static struct kvm_run *alarm_run;

/* The guest took too long: leave KVM_RUN now, or as soon as it is entered. */
static void on_alarm(int sig)
{
	(void)sig;
	alarm_run->immediate_exit = 1;
}

static void set_limit(uint64_t ms, struct kvm_run *run)
{
	struct itimerval t = {
		.it_value = { ms / 1000, ms % 1000 * 1000 },
		.it_interval = { 0, ms ? 10000 : 0 },
	};
	struct sigaction sa = { .sa_handler = on_alarm };

	alarm_run = run;
	sigaction(SIGALRM, &sa, NULL);
	setitimer(ITIMER_REAL, &t, NULL);
}

static uint64_t host_clock(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
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
 * Begin with empty per-CPU LRU batches: munmap() drains them. Otherwise the
 * pages that happen to be pending are in the figure: marking a huge page
 * accessed searches the batch, five instructions a page in it.
 */
static void settle(void)
{
	volatile char *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		host_die("mmap of a page: %s", strerror(errno));
	*p = 1;
	munmap((void *)p, 4096);
}

static void finish(struct cell_run *r, const char *outcome,
		   const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void finish(struct cell_run *r, const char *outcome,
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
		finish(r, WIRE_SKIP, "this kernel has no KVM_PRE_FAULT_MEMORY");
		return;
	}
	switch (r->vm.cell->ready) {
	case READY_ZAP:
		vm__zap(&r->vm);
		break;
	case READY_DIRTY_LOG:
		vm__log_dirty(&r->vm);
		break;
	}
}

/*
 * The host provokes the events itself: the handler without a world switch,
 * behind an ioctl instead. The samples lie where the guest's would.
 */
static void pre_fault(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA);
	uint32_t *sample = (uint32_t *)(r->vm.low + GUEST_SAMPLES_GPA);

	for (uint64_t i = 0; i < c->events; i++) {
		uint64_t t0 = host_clock();

		vm__pre_fault(&r->vm, c->region_gpa + i * c->stride,
			      c->page_size);
		sample[i] = host_clock() - t0;
	}
	g->samples = c->events;
}

static void at_fail(struct cell_run *r)
{
	const struct guest_result *g = (void *)(r->vm.low + GUEST_RESULT_GPA);

	if (r->vm.linux_guest) {
		finish(r, WIRE_GUEST_FAIL, "Linux guest: %s",
		       linux__last_words(&r->vm));
		return;
	}
	finish(r, WIRE_GUEST_FAIL,
	       "guest check in line %llu, event %llu: expected 0x%llx, found 0x%llx",
	       (unsigned long long)g->line, (unsigned long long)g->index,
	       (unsigned long long)g->expected, (unsigned long long)g->found);
}

/* The host's own look at the region: what the guest wrote lies where it must. */
static void at_pass(struct cell_run *r)
{
	const struct plan_cell *c = r->vm.cell;
	uint64_t seed = c->op == GUEST_WRITE ? ~c->seed : c->seed;

	if (r->vm.linux_guest) {		/* its init looked itself */
		finish(r, WIRE_PASS, "ok");
		return;
	}
	for (uint64_t i = 0; r->vm.region && i < c->events; i++) {
		uint64_t at = i * c->stride;
		uint64_t want = guest_stamp(seed, c->region_gpa + at);
		uint64_t found = *(uint64_t *)(r->vm.region + at);

		if (found != want) {
			finish(r, WIRE_GUEST_FAIL,
			       "host check, page %llu: expected 0x%llx, found 0x%llx",
			       (unsigned long long)i, (unsigned long long)want,
			       (unsigned long long)found);
			return;
		}
	}
	finish(r, WIRE_PASS, "ok");
}

static void at_bell(struct cell_run *r, uint32_t bell, uint64_t now)
{
	if (bell == BELL_FAIL) {
		at_fail(r);
		return;
	}
	if (bell != r->bell + 1 || bell > BELL_PASS) {
		finish(r, WIRE_GUEST_FAIL, "bell %u after bell %u", bell,
		       r->bell);
		return;
	}
	r->bell = bell;
	switch (bell) {
	case BELL_READY:
		at_ready(r);
		break;
	case BELL_START:
		settle();
		kvmstats__snap(r->stats, 0);
		r->irqs = host_irqs();
		r->start = host_clock();
		if (r->vm.cell->start == START_PRE_FAULT)
			pre_fault(r);
		break;				/* KVM_RUN follows */
	case BELL_END:
		r->total = now - r->start;
		r->irqs = host_irqs() - r->irqs;
		kvmstats__snap(r->stats, 1);
		if (r->vm.cell->ready == READY_DIRTY_LOG)
			r->dirty_pages = vm__dirty_pages(&r->vm);
		r->fixed_after = kvmstats__now(r->stats, "pf_fixed");
		break;
	case BELL_PASS:
		r->fixed_after = kvmstats__now(r->stats, "pf_fixed") -
				 r->fixed_after;
		at_pass(r);
		break;
	}
}

static void at_io(struct cell_run *r, uint64_t now)
{
	struct kvm_run *run = r->vm.run;
	uint32_t value;

	if (run->io.port != GUEST_PORT || run->io.size != 4 ||
	    run->io.direction != KVM_EXIT_IO_OUT) {
		if (r->vm.linux_guest) {
			linux__io(&r->vm);
			return;
		}
		finish(r, WIRE_GUEST_FAIL, "port 0x%x is no doorbell",
		       run->io.port);
		return;
	}
	memcpy(&value, (char *)run + run->io.data_offset, sizeof(value));
	at_bell(r, value, now);
}

/* A load from where no slot is, answered with the stamp of its address. */
static void at_mmio(struct cell_run *r)
{
	struct kvm_run *run = r->vm.run;
	const struct plan_cell *c = r->vm.cell;
	uint64_t stamp = guest_stamp(c->seed, run->mmio.phys_addr);
	uint64_t off = run->mmio.phys_addr - c->region_gpa;

	if (c->slot || run->mmio.is_write || run->mmio.len != 8 ||
	    off >= plan__region_size(c)) {
		finish(r, WIRE_GUEST_FAIL, "%s of %u bytes at 0x%llx, where nothing is",
		       run->mmio.is_write ? "store" : "load", run->mmio.len,
		       (unsigned long long)run->mmio.phys_addr);
		return;
	}
	memcpy(run->mmio.data, &stamp, sizeof(stamp));
}

/* Under SVM a shutdown resets the vCPU: where it happened is not known. */
static void at_shutdown(struct cell_run *r)
{
	if (r->vm.linux_guest)
		finish(r, WIRE_GUEST_FAIL, "Linux guest after bell %u: %s",
		       r->bell, linux__last_words(&r->vm));
	else
		finish(r, WIRE_GUEST_FAIL, "triple fault after bell %u", r->bell);
}

static void run_guest(struct cell_run *r)
{
	struct kvm_run *run = r->vm.run;

	while (!r->outcome) {
		int ret = __vm_ioctl(r->vm.vcpu, KVM_RUN, NULL);
		uint64_t now = host_clock();

		if (ret < 0 && errno == EINTR) {
			finish(r, WIRE_GUEST_HANG,
			       "no bell after bell %u in %llu ms of the host's time",
			       r->bell,
			       (unsigned long long)r->vm.cell->limit_ms);
			return;
		}
		if (ret < 0) {
			finish(r, WIRE_GUEST_FAIL, "KVM_RUN: %s",
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
			finish(r, WIRE_GUEST_FAIL, "halted after bell %u",
			       r->bell);
			break;
		case KVM_EXIT_SHUTDOWN:
			at_shutdown(r);
			break;
		case KVM_EXIT_INTERNAL_ERROR:
			finish(r, WIRE_GUEST_FAIL, "KVM internal error %u",
			       run->internal.suberror);
			break;
		default:
			finish(r, WIRE_GUEST_FAIL, "unexpected exit reason %u",
			       run->exit_reason);
		}
	}
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The samples as a histogram; the order is lost, nothing else is. */
static void say_samples(struct cell_run *r)
{
	static const struct guest_result none;
	const struct guest_result *g = &none;
	uint32_t *s;
	uint64_t n, i = 0;

	if (r->vm.linux_guest) {
		n = linux__samples(&r->vm, &s);
	} else {
		g = (void *)(r->vm.low + GUEST_RESULT_GPA);
		s = (uint32_t *)(r->vm.low + GUEST_SAMPLES_GPA);
		n = g->samples;
	}
	if (n > GUEST_MAX_EVENTS)
		n = 0;
	chan__say("num samples %llu", (unsigned long long)n);
	chan__say("num clock_floor %llu", (unsigned long long)g->clock_floor);
	qsort(s, n, sizeof(*s), by_value);
	while (i < n) {
		uint64_t from = i;

		while (i < n && s[i] == s[from])
			i++;
		chan__say("hist %u %llu", s[from],
			  (unsigned long long)(i - from));
	}
}

/* The measured phase begins with the first instruction, before any bell. */
static void start_at_entry(struct cell_run *r)
{
	r->bell = BELL_START;
	kvmstats__snap(r->stats, 0);
	r->irqs = host_irqs();
	r->start = host_clock();
}

void run__cell(const struct plan_cell *cell)
{
	struct cell_run r = { 0 };

	chan__say("cell %s", cell->id);
	vm__create(&r.vm, cell);
	r.stats = kvmstats__open(r.vm.fd);
	set_limit(cell->limit_ms, r.vm.run);
	if (linux__is_boot(cell))
		start_at_entry(&r);
	run_guest(&r);
	set_limit(0, r.vm.run);
	if (r.bell >= BELL_END) {
		if (linux__is_boot(cell))
			linux__sample(&r.vm, r.total);
		if (r.vm.linux_guest)
			linux__say(&r.vm);
		chan__say("num events %llu", (unsigned long long)cell->events);
		chan__say("num total %llu", (unsigned long long)r.total);
		chan__say("num irqs %llu", (unsigned long long)r.irqs);
		kvmstats__say(r.stats);
		if (cell->ready == READY_DIRTY_LOG)
			chan__say("stat dirty_pages %llu",
				  (unsigned long long)r.dirty_pages);
		if (r.bell >= BELL_PASS)
			chan__say("stat pf_fixed_after %llu",
				  (unsigned long long)r.fixed_after);
		say_samples(&r);
	}
	kvmstats__close(r.stats);
	vm__destroy(&r.vm);
	chan__say("end %s %s %s", cell->id, r.outcome, r.why);
}

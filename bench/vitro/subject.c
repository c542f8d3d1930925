// SPDX-License-Identifier: GPL-2.0
/*
 * Copies of the handler in this process; see subject.h.
 */
#include <asm/prctl.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "cpu.h"
#include "subject.h"
#include "util.h"

/*
 * Where things lie: below what valgrind takes for itself, above the program.
 * Guest memory lies below PAGE_OFFSET, as user memory does under a kernel.
 */
#define PERCPU		0x400000000ul
#define PERCPU_STEP	0x80000000ul	/* a thread: more than all copies' symbols */
#define HVA		0x800000000ul
#define PAGE_OFFSET	0x1000000000ul
#define PHYS_SIZE	(256ul << 20)	/* two sections of the kernel's */
#define PAGE		4096ul

#define CLI	0xfa
#define STI	0xfb
#define NOP	0x90

static unsigned int nops;
static __thread struct subject *volatile running;
static __thread sigjmp_buf out;
static __thread volatile bool leaving;	/* already says why */

int process__fix_layout(char **argv)
{
	int now = personality(0xffffffff);

	if (now < 0)
		return -errno;
	if (now & ADDR_NO_RANDOMIZE)
		return 0;
	if (personality(now | ADDR_NO_RANDOMIZE) < 0)
		return -errno;
	execv("/proc/self/exe", argv);
	return -errno;
}

/* The running subject is done for. */
static _Noreturn void give_up(char *why)
{
	if (!running)
		die(EXIT_INTERNAL, "vitro: %s, outside of any handler", why);
	/* Of several threads the first says why. */
	if (!__sync_bool_compare_and_swap(&running->failed, NULL, why))
		free(why);
	siglongjmp(out, 1);
}

/* From kernel code, whose stack is aligned to 8 bytes only. */
__attribute__((force_align_arg_pointer))
static void shim_failed(const char *why, vitro_u64 value)
{
	leaving = true;
	give_up(xasprintf("%s (%#lx)", why, value));
}

/* From kernel code as well. */
__attribute__((force_align_arg_pointer))
static void shim_cpuid(unsigned int leaf, unsigned int reg[4])
{
	cpu__cpuid(leaf, reg);
}

static const char *trap_at(const struct vitro_copy *c, const char *addr)
{
	if (addr < c->traps || addr >= c->traps_end)
		return NULL;
	return c->trap_names[(addr - c->traps) / VITRO_TRAP_SIZE];
}

static char *describe(int sig, const struct vitro_copy *c, const char *addr,
		      const unsigned char *ip)
{
	const char *name = trap_at(c, addr) ?:
		trap_at(c, (char *)(((unsigned long)addr - PERCPU) % PERCPU_STEP));
	bool inside = ip >= c->text && ip < c->text_end;

	if (sig == PROCESS_GIVE_UP)
		return xasprintf(THREADS_LATE "; it was %s%#tx",
				 inside ? "at text+" : "outside the handler, ",
				 inside ? ip - c->text : (ptrdiff_t)ip);
	if (name)
		return xasprintf("the handler needs %s, which the shim lacks", name);
	if (sig == SIGILL && inside && ip[0] == 0x0f && ip[1] == 0x0b)
		return xasprintf("BUG or WARN at text+%#tx", ip - c->text);
	if (sig == SIGILL && inside)
		return xasprintf("an instruction that this CPU refuses, %02x %02x %02x ..., at text+%#tx",
				 ip[0], ip[1], ip[2], ip - c->text);
	return xasprintf("%s at %p, from %s%#tx", strsignal(sig), addr,
			 inside ? "text+" : "outside the handler, ",
			 inside ? ip - c->text : (ptrdiff_t)ip);
}

/*
 * CLI and STI need a privilege that a process does not have: the first time
 * one is met it becomes a nop of the same length, and the handler goes on.
 * (Valgrind does not know them: SIGILL.)
 */
static void on_signal(int sig, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned char *ip = (unsigned char *)uc->uc_mcontext.gregs[REG_RIP];
	const struct vitro_copy *c;

	if (!running) {
		if (sig != PROCESS_GIVE_UP)
			signal(sig, SIG_DFL);
		return;
	}
	if (sig == PROCESS_GIVE_UP && leaving)
		return;
	c = running->cell->copy;
	if ((sig == SIGSEGV || sig == SIGILL) &&
	    ip >= c->text && ip < c->text_end &&
	    (*ip == CLI || *ip == STI || *ip == NOP)) {
		/* A nop does not fault: another thread was here first. */
		if (*ip == NOP)
			return;
		*ip = NOP;
		nops++;
		return;
	}
	leaving = true;
	give_up(describe(sig, c, info->si_addr, ip));
}

unsigned int process__cli_sti(void)
{
	return nops;
}

bool subject__try(struct subject *s, void (*fn)(struct subject *s, void *arg),
		  void *arg)
{
	if (s->failed)
		return false;
	leaving = false;
	if (!sigsetjmp(out, 0)) {
		running = s;
		fn(s, arg);
	}
	running = NULL;
	return !s->failed;
}

static int map(unsigned long addr, size_t size, const char *what, char *err,
	       size_t errlen)
{
	void *p = mmap((void *)addr, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE |
		       MAP_FIXED_NOREPLACE, -1, 0);
	int e = errno;

	if (p == (void *)addr)
		return 0;
	if (p != MAP_FAILED) {
		munmap(p, size);
		e = EEXIST;
	}
	snprintf(err, errlen, "no room for %s, %zu MiB at %#lx: %s; see ulimit -v and what else runs",
		 what, size >> 20, addr, strerror(e));
	return -e;
}

/* Where it points holds the stack canary, %gs:40. */
static int set_gs(unsigned int n, char *err, size_t errlen)
{
	const unsigned long at = PERCPU + n * PERCPU_STEP;
	int e = map(at, PAGE, "per-CPU memory", err, errlen);

	if (e)
		return e;
	if (syscall(SYS_arch_prctl, ARCH_SET_GS, at)) {
		e = errno;
		snprintf(err, errlen, "%%gs cannot be set: arch_prctl(ARCH_SET_GS): %s; the kernel's code finds its per-CPU variables by it, so the vitro rig cannot run here (is it forbidden by seccomp?)",
			 strerror(e));
		return -e;
	}
	return 0;
}

static void set_signal_stack(void)
{
	stack_t stack = { .ss_size = 1 << 16 };

	stack.ss_sp = xcalloc(1, stack.ss_size);	/* for good */
	sigaltstack(&stack, NULL);
}

int process__enter(unsigned int n, char *err, size_t errlen)
{
	set_signal_stack();
	/* The first one's area is the process's own. */
	if (n)
		return set_gs(n, err, errlen);
	if (!syscall(SYS_arch_prctl, ARCH_SET_GS, PERCPU))
		return 0;
	snprintf(err, errlen, "%%gs cannot be set in a thread: %s", strerror(errno));
	return -EPERM;
}

int process__start(unsigned int nr, char *err, size_t errlen)
{
	struct sigaction sa = { .sa_sigaction = on_signal,
				.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	const int sig[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP,
			    PROCESS_GIVE_UP };
	int e;

	if (nr > VITRO_MAX_COPIES) {
		snprintf(err, errlen, "%u copies are more than the %d that fit into one process; ask for fewer variants or profiles",
			 nr, VITRO_MAX_COPIES);
		return -E2BIG;
	}
	e = set_gs(0, err, errlen);
	if (e)
		return e;
	set_signal_stack();
	for (size_t i = 0; i < ARRAY_SIZE(sig); i++)
		sigaction(sig[i], &sa, NULL);
	return 0;
}

static unsigned long down(const void *p)
{
	return (unsigned long)p & ~(PAGE - 1);
}

static unsigned long up(const void *p)
{
	return ((unsigned long)p + PAGE - 1) & ~(PAGE - 1);
}

/*
 * The per-CPU variables of a copy, at the same distance from each vCPU's %gs, a
 * page at a time: two copies' may share one.
 */
static int map_percpu(const struct vitro_copy *c, char *err, size_t errlen)
{
	const unsigned long end = PERCPU + c->most_vcpus * PERCPU_STEP;

	for (unsigned long cpu = PERCPU; cpu < end; cpu += PERCPU_STEP) {
		for (unsigned long at = down(c->percpu); at < up(c->percpu_end); at += PAGE) {
			int e = map(cpu + at, PAGE, "per-CPU variables", err,
				    errlen);

			if (e && e != -EEXIST)
				return e;
		}
	}
	return 0;
}

static int map_memory(struct subject *s, char *err, size_t errlen)
{
	int e = map(PAGE_OFFSET + s->env.phys, PHYS_SIZE, "page tables", err,
		    errlen);

	if (e)
		return e;
	/* As the kernel's direct map: large pages, where they are available. */
	madvise((void *)(PAGE_OFFSET + s->env.phys), PHYS_SIZE, MADV_HUGEPAGE);
	return map_percpu(s->cell->copy, err, errlen);
}

static int open_text(const struct vitro_copy *c, char *err, size_t errlen)
{
	if (mprotect((void *)down(c->text), up(c->text_end) - down(c->text),
		     PROT_READ | PROT_WRITE | PROT_EXEC) ||
	    mprotect(c->traps, c->traps_end - c->traps, PROT_NONE)) {
		int e = errno;

		snprintf(err, errlen, "the handler's text cannot be made writable, to be patched as boot patches it: mprotect: %s",
			 strerror(e));
		return -e;
	}
	return 0;
}

static char *keep(const char *from, const char *end)
{
	char *p = xcalloc(1, end - from);

	return memcpy(p, from, end - from);
}

static void init_and_patch(struct subject *s, void *arg)
{
	(void)arg;
	s->cell->copy->init(&s->env);
	s->cell->copy->patch(&s->cell->patch, &s->patched);
}

int subject__init(struct subject *s, unsigned int place,
		  const struct vitro_cell *cell, char *err, size_t errlen)
{
	const struct vitro_copy *c = cell->copy;
	int e;

	*s = (struct subject) {
		.cell = cell,
		.env = {
			.page_offset = PAGE_OFFSET,
			.phys = (place + 1) * PHYS_SIZE,
			.phys_size = PHYS_SIZE,
			.percpu = PERCPU,
			.percpu_step = PERCPU_STEP,
			.fail = shim_failed,
			.cpuid = shim_cpuid,
		},
	};
	if (c->abi != VITRO_ABI || c->size != sizeof(*c)) {
		snprintf(err, errlen, "%s was linked with another shim; run: make clean",
			 cell->variant);
		return -EINVAL;
	}
	e = map_memory(s, err, errlen) ?: open_text(c, err, errlen);
	if (e)
		return e;
	s->data = keep(c->data, c->data_end);
	s->percpu = keep(c->percpu, c->percpu_end);
	s->dead = !subject__try(s, init_and_patch, NULL);
	return 0;
}

static void make(struct subject *s, void *arg)
{
	s->env.hva = HVA;
	s->cell->copy->init(&s->env);
	s->cell->copy->make(arg);
}

static void map_frames(vitro_u64 gfn, vitro_u64 npages)
{
	void *at = (void *)(HVA + (gfn << 12));

	munmap(at, npages << 12);
	if (mmap(at, npages << 12, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
		 0) == MAP_FAILED)
		die(EXIT_MISSING, "vitro: no room for %lu MiB of guest memory: %s",
		    npages >> 8, strerror(errno));
}

/* Guest memory that nobody touches but the guest's own page tables. */
static void map_guest(const struct vitro_machine *m)
{
	if (m->npages)
		map_frames(m->base_gfn, m->npages);
	map_frames(0, m->low_npages);
}

/* Zeros; whole pages by giving them back, for most of them were never used. */
static void clear(char *from, char *end)
{
	char *first = (char *)up(from), *last = (char *)down(end);

	if (first >= last || madvise(first, last - first, MADV_DONTNEED)) {
		memset(from, 0, end - from);
		return;
	}
	memset(from, 0, first - from);
	memset(last, 0, end - last);
}

void subject__make(struct subject *s, const struct vitro_machine *m)
{
	const struct vitro_copy *c = s->cell->copy;

	if (s->dead)
		return;
	free(s->failed);
	s->failed = NULL;
	memcpy(c->data, s->data, c->data_end - c->data);
	clear(c->bss, c->bss_end);
	for (unsigned int n = 0; n < c->most_vcpus; n++)
		memcpy((char *)PERCPU + n * PERCPU_STEP + (unsigned long)c->percpu,
		       s->percpu, c->percpu_end - c->percpu);
	madvise((void *)(PAGE_OFFSET + s->env.phys), PHYS_SIZE, MADV_DONTNEED);
	map_guest(m);
	s->machine = *m;
	subject__try(s, make, &s->machine);
}

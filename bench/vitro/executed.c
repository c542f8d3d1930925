// SPDX-License-Identifier: GPL-2.0
/*
 * Breakpoints in the handler, and its single steps; see executed.h.
 */
#include <signal.h>
#include <string.h>
#include <ucontext.h>

#include "executed.h"

#define INT3		0xcc
#define TRAP_FLAG	0x100
#define SITES		4096	/* of a copy, at most */
#define FNV_OFFSET	0xcbf29ce484222325ull	/* FNV-1a, 64 bits */
#define FNV_PRIME	0x100000001b3ull

/* The site's first bytes as they were patched; where it was met, it is back. */
static struct breakpoint {
	struct vitro_site site;
	unsigned char was[3];
	bool hit;
} breakpoint[SITES];

static unsigned int nr_breakpoints;

static void on_breakpoint(int sig, siginfo_t *info, void *context)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
	unsigned char *at = (unsigned char *)reg[REG_RIP] - 1;

	(void)sig, (void)info;
	for (unsigned int i = 0; i < nr_breakpoints; i++) {
		struct breakpoint *b = &breakpoint[i];

		if (b->site.at != at)
			continue;
		b->hit = true;
		*at = b->was[0];
		reg[REG_RIP] = (greg_t)at;
	}
}

/* Several entries may be of one site: each remembers the same bytes. */
static void plant(struct subject *s, void *arg)
{
	static struct vitro_site site[SITES];
	struct executed *out = arg;

	nr_breakpoints = s->cell->copy->sites(site, SITES);
	if (nr_breakpoints > SITES)
		nr_breakpoints = 0;
	for (unsigned int i = 0; i < nr_breakpoints; i++) {
		breakpoint[i] = (struct breakpoint) { .site = site[i] };
		memcpy(breakpoint[i].was, site[i].at, sizeof(breakpoint[i].was));
	}
	for (unsigned int i = 0; i < nr_breakpoints; i++)
		*site[i].at = INT3;
	*out = (struct executed) { 0 };
}

static uint64_t hash(const void *data, size_t n, uint64_t x)
{
	for (const unsigned char *p = data; n--; p++)
		x = (x ^ *p) * FNV_PRIME;
	return x;
}

/* Where a call or a jump leads to depends on the layout. */
static size_t bytes_of(const unsigned char *was)
{
	return *was == 0xe8 || *was == 0xe9 ? 1 : sizeof(breakpoint[0].was);
}

static void sum_up(const struct subject *s, struct executed *out)
{
	out->hash = hash(s->cell->handler_sha256,
			 strlen(s->cell->handler_sha256), FNV_OFFSET);
	for (unsigned int i = 0; i < nr_breakpoints; i++) {
		const struct breakpoint *b = &breakpoint[i];

		*b->site.at = b->was[0];
		if (!b->hit)
			continue;
		out->sites++;
		out->indirect += b->site.kind == VITRO_INDIRECT;
		/* A sum, for in each layout they come in another order. */
		out->hash += hash(b->was, bytes_of(b->was), FNV_OFFSET + b->site.kind);
	}
}

static void begin(struct subject *s, void *arg)
{
	fill__begin(arg, s);
}

/* Every fault of a fill; number `stepped` step by step, if there is one. */
struct faults {
	const struct fill *f;
	unsigned int stepped;
};

static struct steps {
	const struct vitro_copy *copy;
	bool inside;
	struct executed_steps count;
} steps;

/*
 * A `rep stos` or `rep movs` would trap in each of its up to 4096 turns: it is
 * done here instead. Its length, or 0 for anything else.
 */
static int do_rep(const unsigned char *ip, greg_t *reg)
{
	const bool wide = ip[1] == 0x48;
	const unsigned char op = ip[1 + wide];
	const unsigned int unit = !(op & 1) ? 1 : wide ? 8 : 4;
	const size_t bytes = (size_t)reg[REG_RCX] * unit;
	const bool moves = (op & 0xfe) == 0xa4;
	char *to = (char *)reg[REG_RDI];

	if (*ip != 0xf3 || (!moves && (op & 0xfe) != 0xaa))
		return 0;
	if (moves) {
		memmove(to, (char *)reg[REG_RSI], bytes);
		reg[REG_RSI] += bytes;
	} else {
		for (size_t i = 0; i < bytes; i++)
			to[i] = reg[REG_RAX] >> 8 * (i % unit);
	}
	steps.count.turns += reg[REG_RCX];
	reg[REG_RDI] += bytes;
	reg[REG_RCX] = 0;
	return 2 + wide;
}

/* Before each instruction, from the entry's first to where it returns to. */
static void on_step(int sig, siginfo_t *info, void *context)
{
	greg_t *reg = ((ucontext_t *)context)->uc_mcontext.gregs;
	int len;

	(void)sig, (void)info;
	do {
		const unsigned char *ip = (unsigned char *)reg[REG_RIP];

		if (ip < steps.copy->text || ip >= steps.copy->text_end) {
			if (steps.inside)
				reg[REG_EFL] &= ~(greg_t)TRAP_FLAG;
			return;
		}
		steps.inside = true;
		steps.count.instructions++;
		len = do_rep(ip, reg);
		reg[REG_RIP] += len;
	} while (len);
}

/* The instruction after the next one traps. Below a red zone, if any. */
static inline void set_trap_flag(void)
{
	__asm__ volatile("lea -128(%%rsp), %%rsp\n\tpushfq\n\t"
			 "orq %0, (%%rsp)\n\tpopfq\n\tlea 128(%%rsp), %%rsp"
			 : : "i" (TRAP_FLAG) : "memory", "cc");
}

static void take(struct subject *s, void *arg)
{
	const struct vitro_copy *c = s->cell->copy;
	const struct faults *t = arg;

	for (unsigned int i = 0; i < t->f->faults; i++) {
		if (i == t->stepped)
			set_trap_flag();
		c->entry(c->vcpu, t->f->gpa[i], t->f->error_code, NULL, 0);
	}
}

static void check(struct subject *s, void *arg)
{
	struct numbers stats = { 0 };
	char err[256];

	if (!fill__check(arg, s, &stats, err, sizeof(err)))
		s->failed = xstrdup(err);
	fill__free_stats(&stats);
}

static void take_under(void (*handler)(int, siginfo_t *, void *), struct subject *s, struct faults *t)
{
	struct sigaction trap = { .sa_sigaction = handler,
				  .sa_flags = SA_SIGINFO | SA_ONSTACK };
	struct sigaction before;

	sigaction(SIGTRAP, &trap, &before);
	subject__try(s, take, t);
	sigaction(SIGTRAP, &before, NULL);
}

bool executed__look(struct subject *s, struct fill *f, struct executed *out)
{
	struct faults t = { f, f->faults };

	if (!subject__try(s, begin, f) || !subject__try(s, plant, out))
		return false;
	take_under(on_breakpoint, s, &t);
	sum_up(s, out);
	return subject__try(s, check, f);
}

bool executed__step(struct subject *s, struct fill *f, unsigned int n,
		    struct executed_steps *out)
{
	struct faults t = { f, n };

	steps = (struct steps) { .copy = s->cell->copy };
	subject__try(s, begin, f);
	take_under(on_step, s, &t);
	*out = steps.count;
	return subject__try(s, check, f);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * How a call finds its function: directly, through a pointer in memory, or
 * through the pointer, guarded by a generic or an LFENCE retpoline, and as KVM's
 * handler does it where retpolines are built in: compare the pointer with the
 * likely function and call that directly.
 *
 * All forms are written by hand so that one object has them all, and look the
 * same to the compiler. The thunk is the kernel's __x86_indirect_thunk_rax.
 * Each indirect call has one target, so the predictor knows it: a misprediction
 * is not in these figures.
 */
#include "small.h"

/* What is called; each call takes what the last one gave. */
NOIPA long dispatch_target(long x);
NOIPA long dispatch_target(long x)
{
	return x + 1;
}

static struct { long (*handler)(long x); } ops = { dispatch_target };

asm(".pushsection .text\n"
    ".balign 64, 0xcc\n"
    "dispatch_retpoline_rax:\n"
    "	call 1f\n"
    "2:	pause\n"
    "	lfence\n"
    "	jmp 2b\n"
    ".balign 16, 0xcc\n"
    "1:	mov %rax, (%rsp)\n"
    "	ret\n"
    "	int3\n"
    ".popsection\n");

#define DIRECT		"call dispatch_target"
#define INDIRECT	"mov %[handler], %%rax\n\tcall *%%rax"
#define RETPOLINE	"mov %[handler], %%rax\n\tcall dispatch_retpoline_rax"
#define LFENCE		"mov %[handler], %%rax\n\tlfence\n\tcall *%%rax"
/* Not taken, to out of the way: as the compiler puts what is unlikely. */
#define COMPARED	"mov %[handler], %%rax\n\t"			\
			"cmp $dispatch_target, %%rax\n\tjne 1f\n\t"	\
			"call dispatch_target\n2:\n"			\
			".subsection 1\n1:\tcall dispatch_retpoline_rax\n\t" \
			"jmp 2b\n.previous"

/* The stack pointer as an operand: the frame is set up before the call. */
#define BENCHMARK(name, insns)						\
static void name(struct gbench_state *s, void *data)			\
{									\
	register unsigned long sp asm("rsp");				\
	long x = 0, result;						\
									\
	SMALL_LOOP(s, data,						\
		asm volatile(insns					\
			     : "+D"(x), "=&a"(result), "+r"(sp)		\
			     : [handler] "m"(ops.handler)		\
			     : "rcx", "rdx", "rsi", "r8", "r9", "r10",	\
			       "r11", "cc", "memory");			\
		x = result);						\
}

BENCHMARK(direct, DIRECT)
BENCHMARK(indirect, INDIRECT)
BENCHMARK(retpoline, RETPOLINE)
BENCHMARK(lfence, LFENCE)
BENCHMARK(compared, COMPARED)

int dispatch__register(void)
{
	static struct small row[] = {
		{ "dispatch/floor", "empty loop", small__floor },
		{ "dispatch/same:1", "A/A: as dispatch/indirect", indirect },
		{ "dispatch/same:2", "A/A: as dispatch/indirect", indirect },
		{ "dispatch/direct", "call f", direct },
		{ "dispatch/indirect", "call *%rax", indirect },
		{ "dispatch/retpoline", "call thunk: call, mov %rax,(%rsp), ret", retpoline },
		{ "dispatch/retpoline-lfence", "lfence; call *%rax", lfence },
		{ "dispatch/compared", "cmp $f,%rax; jne retpoline; call f", compared },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (!gbench__register(row[i].name, row[i].fn, &row[i]))
			return -1;
	}
	return 0;
}

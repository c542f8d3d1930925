// SPDX-License-Identifier: GPL-2.0
/*
 * How VMX finds the handler of an EPT violation: the end of __vmx_handle_exit(),
 * instruction by instruction as gcc 12 compiled it in v6.1, with the same
 * registers and the same table of 76 pointers. Six exits are compared and none is
 * this one; then the table is asked, by a plain, a retpolined or an
 * LFENCE-guarded call. With the overlay +ept-direct a seventh compare calls the
 * function itself. What stands before and after it is not here, and neither
 * is a misprediction: each branch goes the same way each time.
 */
#include "small.h"

#define EPT_VIOLATION	48
#define HANDLERS	76

/* handle_ept_violation() in its place. */
NOIPA long exits_handler(void *vcpu);
NOIPA long exits_handler(void *vcpu)
{
	(void)vcpu;
	return 1;
}

/* Named in the instructions below. */
long (*exits_table[HANDLERS])(void *vcpu) = { [EPT_VIOLATION] = exits_handler };
static volatile uint32_t reason = EPT_VIOLATION;

/* The kernel's __x86_indirect_thunk_rax, and where no exit leads. */
asm(".pushsection .text\n"
    ".balign 64, 0xcc\n"
    "exits_retpoline_rax:\n"
    "	call 1f\n"
    "2:	pause\n"
    "	lfence\n"
    "	jmp 2b\n"
    "1:	mov %rax, (%rsp)\n"
    "	ret\n"
    "	int3\n"
    "exits_other:\n"
    "	ud2\n"
    ".popsection\n");

#define COMPARE(reg, with)	"cmp $" with ", %%" reg "\n\tje exits_other\n\t"
#define SIX(reg)							\
	"cmp $0x4b, %%" reg "\n\tja exits_other\n\t"			\
	COMPARE(reg, "0x20") COMPARE(reg, "0x34") COMPARE(reg, "7")	\
	COMPARE(reg, "1") COMPARE(reg, "0xc") COMPARE(reg, "0x31")
#define TABLE(call)							\
	"mov %[reason], %%r12d\n\t" SIX("r12w")				\
	"movzwl %%r12w, %%eax\n\tcmp $0x4c, %%rax\n\t"			\
	"sbb %%rax, %%rax\n\tand %%r12d, %%eax\n\tmovzwl %%ax, %%eax\n\t" \
	"mov exits_table(, %%rax, 8), %%rax\n\t"			\
	"test %%rax, %%rax\n\tje exits_other\n\t"			\
	"mov %%rbx, %%rdi\n\t" call "\n\tjmp 1f\n1:\n"
/* A call of 5 bytes was there: a nop takes the rest. */
#define PLAIN		"call *%%rax\n\tnopl (%%rax)"
#define RETPOLINE	"call exits_retpoline_rax"
#define LFENCE		"lfence\n\tcall *%%rax"
#define DIRECT								\
	"mov %[reason], %%r12d\n\t" SIX("r12w")				\
	"cmp $0x30, %%r12w\n\tje 2f\n\tud2\n"				\
	".subsection 1\n2:\tmov %%rbx, %%rdi\n\tcall exits_handler\n\t"	\
	"jmp 1f\n.previous\n1:\n"

#define BENCHMARK(name, insns)						\
static void name(struct gbench_state *s, void *data)			\
{									\
	register unsigned long sp asm("rsp");				\
	long result;							\
									\
	SMALL_LOOP(s, data,						\
		asm volatile(insns					\
			     : "=&a"(result), "+r"(sp)			\
			     : [reason] "m"(reason)			\
			     : "rcx", "rdx", "rsi", "rdi", "r8", "r9",	\
			       "r10", "r11", "r12", "cc", "memory"));	\
	(void)result;							\
}

BENCHMARK(table, TABLE(PLAIN))
BENCHMARK(table_retpoline, TABLE(RETPOLINE))
BENCHMARK(table_lfence, TABLE(LFENCE))
BENCHMARK(ept_direct, DIRECT)

int exits__register(void)
{
	static struct small row[] = {
		{ "exits/floor", "empty loop", small__floor },
		{ "exits/same:1", "A/A: as exits/table", table },
		{ "exits/same:2", "A/A: as exits/table", table },
		{ "exits/table", "6 compares, table, call *%rax", table },
		{ "exits/table-retpoline", "6 compares, table, call thunk", table_retpoline },
		{ "exits/table-lfence", "6 compares, table, lfence, call *%rax", table_lfence },
		{ "exits/ept-direct", "7 compares, call f", ept_direct },
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(*row); i++) {
		if (!gbench__register(row[i].name, row[i].fn, &row[i]))
			return -1;
	}
	return 0;
}

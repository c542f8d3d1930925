// SPDX-License-Identifier: GPL-2.0
/*
 * A flat guest as hypervisor; see svm.h.
 */
#include "svm.h"

#define CODE_64		0xa9b		/* present code segment, long mode */
#define DATA		0xc93
#define PAT_RESET	0x0007040600070406ull

struct svm_regs svm_l2_regs;

static void write_msr(uint32_t msr, uint64_t value)
{
	asm volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value),
		     "d"((uint32_t)(value >> 32)));
}

static uint64_t read_msr(uint32_t msr)
{
	uint32_t lo, hi;

	asm volatile("rdmsr" : "=a"(lo), "=d"(hi) : "c"(msr));
	return (uint64_t)hi << 32 | lo;
}

void svm_on(const void *host_save)
{
	write_msr(MSR_EFER, read_msr(MSR_EFER) | EFER_SVME);
	write_msr(MSR_VM_HSAVE_PA, (uint64_t)host_save);
}

#define read_cr(nr) ({							\
	uint64_t cr_;							\
	asm volatile("mov %%cr" #nr ", %0" : "=r"(cr_));		\
	cr_;								\
})

void svm_same_mode(struct vmcb *vmcb)
{
	const struct vmcb_seg data = { 0x10, DATA, 0xffffffff, 0 };

	vmcb->intercept_1 = 0;
	vmcb->intercept_2 = SVM_INTERCEPT_VMRUN | SVM_INTERCEPT_VMMCALL;
	vmcb->asid = 1;
	vmcb->nested_ctl = 1;
	vmcb->es = vmcb->ss = vmcb->ds = vmcb->fs = vmcb->gs = data;
	vmcb->cs = (struct vmcb_seg) { 0x08, CODE_64, 0xffffffff, 0 };
	vmcb->efer = read_msr(MSR_EFER);
	vmcb->cr0 = read_cr(0);
	vmcb->cr3 = read_cr(3);
	vmcb->cr4 = read_cr(4);
	vmcb->dr6 = 0xffff0ff0;
	vmcb->dr7 = 0x400;
	vmcb->rflags = 2;
	vmcb->pat = PAT_RESET;
}

/*
 * VMRUN switches %rax, %rsp, %rip, flags and segments; the rest changes places with
 * svm_l2_regs here, before and after.
 */
asm(
"	.text\n"
"	.globl	svm_run\n"
"svm_run:\n"
"	pushq	%rbx\n"
"	pushq	%rbp\n"
"	pushq	%r12\n"
"	pushq	%r13\n"
"	pushq	%r14\n"
"	pushq	%r15\n"
"	movq	%rdi, %rax\n"
"	call	svm_exchange\n"
"	vmrun	%rax\n"
"	call	svm_exchange\n"
"	popq	%r15\n"
"	popq	%r14\n"
"	popq	%r13\n"
"	popq	%r12\n"
"	popq	%rbp\n"
"	popq	%rbx\n"
"	ret\n"
"svm_exchange:\n"
"	xchgq	%rbx, svm_l2_regs+0x00\n"
"	xchgq	%rcx, svm_l2_regs+0x08\n"
"	xchgq	%rdx, svm_l2_regs+0x10\n"
"	xchgq	%rsi, svm_l2_regs+0x18\n"
"	xchgq	%rdi, svm_l2_regs+0x20\n"
"	xchgq	%rbp, svm_l2_regs+0x28\n"
"	xchgq	%r8,  svm_l2_regs+0x30\n"
"	xchgq	%r9,  svm_l2_regs+0x38\n"
"	xchgq	%r10, svm_l2_regs+0x40\n"
"	xchgq	%r11, svm_l2_regs+0x48\n"
"	xchgq	%r12, svm_l2_regs+0x50\n"
"	xchgq	%r13, svm_l2_regs+0x58\n"
"	xchgq	%r14, svm_l2_regs+0x60\n"
"	xchgq	%r15, svm_l2_regs+0x68\n"
"	ret\n"
);

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of AMD's SVM as a flat guest needs to be a hypervisor: the VMCB (AMD64
 * Architecture Programmer's Manual, volume 2, appendix B), the switch, the bits of
 * a nested page table.
 */
#ifndef FAULTLINE_GUEST_SVM_H
#define FAULTLINE_GUEST_SVM_H

#include <stdint.h>

#define NPT_TABLE	0x027ull	/* present, writable, user, accessed */
#define NPT_DIRTY	0x040ull
#define NPT_ADDRESS	0x000ffffffffff000ull

#define SVM_EXIT_VMMCALL	0x081u
#define SVM_EXIT_NPF		0x400u
#define SVM_INTERCEPT_VMRUN	(1u << 0)	/* it must be */
#define SVM_INTERCEPT_VMMCALL	(1u << 1)

#define MSR_EFER		0xc0000080u
#define MSR_VM_HSAVE_PA		0xc0010117u
#define EFER_SVME		(1ull << 12)

struct vmcb_seg {
	uint16_t selector, attrib;
	uint32_t limit;
	uint64_t base;
};

/* What is not named is zero: nothing intercepted, nothing injected. */
struct vmcb {
	uint32_t intercept_rw[2], intercept_exceptions;
	uint32_t intercept_1, intercept_2;	/* 0x00c */
	uint8_t  to_asid[0x058 - 0x014];
	uint32_t asid, tlb_control;
	uint64_t interrupt[2];
	uint64_t exit_code, exit_info_1, exit_info_2, exit_int_info;	/* 0x070 */
	uint64_t nested_ctl;			/* 0x090; bit 0: nested paging */
	uint8_t  to_nested_cr3[0x0b0 - 0x098];
	uint64_t nested_cr3;
	uint8_t  to_save[0x400 - 0x0b8];
	struct vmcb_seg es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;	/* 0x400 */
	uint8_t  to_efer[0x4d0 - 0x4a0];
	uint64_t efer;
	uint8_t  to_cr4[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t  to_rsp[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t  to_rax[0x5f8 - 0x5e0];
	uint64_t rax;
	uint8_t  to_pat[0x668 - 0x600];
	uint64_t pat;
	uint8_t  to_end[0x1000 - 0x670];
};

_Static_assert(sizeof(struct vmcb) == 4096 &&
	       __builtin_offsetof(struct vmcb, exit_code) == 0x070 &&
	       __builtin_offsetof(struct vmcb, nested_ctl) == 0x090 &&
	       __builtin_offsetof(struct vmcb, es) == 0x400 &&
	       __builtin_offsetof(struct vmcb, rip) == 0x578,
	       "the VMCB is as the CPU has it");

/* The registers of L2 that are in no VMCB, while L1 runs. */
struct svm_regs {
	uint64_t rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
};
extern struct svm_regs svm_l2_regs;

/* Turn SVM on; the CPU keeps L1's state in that page. */
void svm_on(const void *host_save);
/* L2 in L1's mode, with L1's page tables, below nested_cr3. */
void svm_same_mode(struct vmcb *vmcb);
/* Run L2 until L1 has to do something; exit_code says what. */
void svm_run(struct vmcb *vmcb);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between the two sides of the vitro rig. A copy is one variant
 * of the kernel's page-fault handler, patched for one profile: the kernel's
 * own objects and bench/vitro/shim, compiled with the kernel's flags and
 * linked so that one symbol is left, its struct vitro_copy. The program has
 * as many copies as there are cells. Plain C types only: one side knows no
 * libc header and the other no header of the kernel's.
 *
 * Calls into a copy are made by one thread, whose %gs base is where
 * env->percpu says; vCPU n of a copy that has several (most_vcpus) is entered
 * by any one thread at a time, with %gs n times env->percpu_step further on.
 */
#ifndef FAULTLINE_VITRO_H
#define FAULTLINE_VITRO_H

#define VITRO_ABI	9

typedef unsigned long vitro_u64;	/* an address, a frame number, a count */

/* What a copy is given, before anything else is called; it stays. */
struct vitro_env {
	vitro_u64 page_offset;	/* address of physical address 0 */
	vitro_u64 phys, phys_size; /* memory of this copy alone, bytes */
	vitro_u64 hva;		/* address of guest physical 0, below page_offset */
	vitro_u64 percpu;	/* what %gs points at */
	/* Does not return: what went wrong, and a figure to it. */
	void (*fail)(const char *why, vitro_u64 value);
	/* eax, ebx, ecx, edx of a leaf of CPUID; zeros where there is none. */
	void (*cpuid)(unsigned int leaf, unsigned int reg[4]);
	vitro_u64 percpu_step;	/* from one vCPU's %gs to the next; unused where there is one */
};

/* What boot decides for the text: X86_FEATURE_... by its meaning. */
struct vitro_profile {
	int retpoline;		/* indirect branches go through thunks */
	int lfence;		/* ... and these are LFENCE, jmp */
	int rethunk;		/* returns go through the untrained thunk */
	int srso, srso_alias;	/* ... through the safe one of Zen 1 and 2, of Zen 3 and 4 */
	int its;		/* branches in a line's lower half go through thunks in an upper one */
	/*
	 * One letter a jump label, in the order of the objects' tables: j a jump, n a nop,
	 * as a booted host has them. NULL, or those after its end: as their keys begin.
	 */
	const char *jumps;
};

/* What boot did to the text, instructions or sites. */
struct vitro_patched {
	unsigned int retpolines, returns, alternatives;	/* sites rewritten */
	unsigned int retpoline_sites, return_sites, alternative_sites;
	unsigned int thunked;	/* returns through a thunk */
	unsigned int its;	/* indirect branches through an ITS thunk */
	unsigned int jumps, jump_sites;	/* jump labels that are jumps, and all */
	unsigned int page_offset; /* immediates that hold PAGE_OFFSET */
};

/* One of them, whatever became of it. */
struct vitro_site {
	unsigned char *at;
	unsigned int len;
	enum { VITRO_INDIRECT, VITRO_RETURN, VITRO_ALTERNATIVE,
	       VITRO_JUMP } kind;
};

enum vitro_mmu { VITRO_TDP, VITRO_LEGACY, VITRO_SHADOW };
enum vitro_bits { VITRO_NPT, VITRO_EPT };

struct vitro_machine {
	enum vitro_mmu mmu;
	enum vitro_bits bits;		/* ignored with VITRO_SHADOW */
	vitro_u64 page_size;		/* of the host's pages: 4096 or 2 MiB */
	vitro_u64 base_gfn, npages;	/* the slot, 512-page aligned; 0: none */
	vitro_u64 low_npages;		/* of low memory's slot, at frame 0 */
	unsigned int vcpus;		/* 1 to most_vcpus */
	int nx_huge;			/* who executes gets no huge page */
	int no_ad;			/* Intel's tables without accessed and dirty bits */
};

struct vitro_stat {
	const char *name;
	vitro_u64 *value;
};

/* Where the tables of the guest that runs now are, for an independent walk. */
struct vitro_root {
	vitro_u64 root;		/* physical address of the top table */
	int level;		/* of the top table: 4 */
	vitro_u64 pfn;		/* frame of the slot's first page */
};

/*
 * kvm_mmu_page_fault(): above 0 back to the guest (1, in newer bases RET_PF_...), 0 to
 * the VMM, or -errno.
 */
typedef int (*vitro_entry)(void *vcpu, vitro_u64 gpa, vitro_u64 error_code,
			   void *insn, int insn_len);

struct vitro_copy {
	unsigned int abi, size;		/* VITRO_ABI, sizeof */
	unsigned int version;		/* LINUX_VERSION_CODE of its source */
	unsigned char *text, *text_end;	/* all code, page aligned */
	char *traps, *traps_end;	/* no access: what the shim lacks */
	const char *const *trap_names;	/* one for each TRAP_SIZE bytes */
	char *percpu, *percpu_end;	/* to be copied to env->percpu + percpu */
	char *data, *data_end, *bss, *bss_end;	/* all it writes to */

	void (*init)(const struct vitro_env *env);
	/* Apply what boot applies. The text must be writable. */
	void (*patch)(const struct vitro_profile *p, struct vitro_patched *out);
	/* A jump label that is not as patch() left it, or NULL. */
	const unsigned char *(*wrong_jump)(const struct vitro_profile *p);
	/* Fill room for `most` sites; how many there are. In no order of places. */
	unsigned int (*sites)(struct vitro_site *site, unsigned int most);
	/*
	 * Make host tables, kvm, vcpu, memslot and MMU; once, unless data,
	 * bss and percpu were put back to what they were at first.
	 */
	void (*make)(const struct vitro_machine *m);
	vitro_entry entry;
	void *vcpu;			/* the first; the others follow each other */
	vitro_u64 vcpu_size;
	unsigned int most_vcpus;
	/* Unmap everything and load a new root. */
	void (*zap)(void);
	/* Unmap the slot's pages, as an MMU notifier does: tables stay. */
	void (*unmap)(void);
	/* Mark the slot's pages as not accessed, as an MMU notifier does. */
	void (*age)(void);
	/* Until zap(): an MMU notifier of the slot has begun; the slot is being moved. */
	void (*invalidate)(void);
	void (*move_slot)(void);
	/* Turn dirty logging on and write-protect the slot, as KVM does. */
	void (*protect)(void);
	/* Pages of the slot that the dirty log has since protect(). */
	vitro_u64 (*dirty)(void);
	void (*root)(struct vitro_root *out);
	/* Ends with a NULL name. What lies in the first vCPU is that one's. */
	const struct vitro_stat *stats;
	vitro_u64 *emulated;		/* calls of x86_emulate_instruction() */
};

#define VITRO_TRAP_SIZE	16

#endif

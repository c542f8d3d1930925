/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two rigs' instructions of one fault, function by function: the whole kernel
 * under TCG, the handler's objects in a process under callgrind. What both
 * have must be equal; what one lacks is named.
 */
#ifndef FAULTLINE_INSTRUCTIONS_H
#define FAULTLINE_INSTRUCTIONS_H

#include "attribution.h"
#include "callgrind.h"

enum instr_group {
	INSTR_OWN,		/* the handler's objects, on the path that both go */
	INSTR_STAND_IN,		/* both have it, vitro by the shim's code */
	INSTR_KERNEL,		/* the kernel alone */
	NR_INSTR_GROUPS,
};

enum instr_rig { INSTR_TCG, INSTR_VITRO, NR_INSTR_RIGS };

struct instr_row {
	const char *name;
	enum instr_group group;
	/*
	 * Of the kernel alone: under which function the path leaves what vitro
	 * has, that one included where it is no stand-in. NULL: outside of the
	 * handler's entry, and every other group.
	 */
	const char *under;
	uint64_t insns[NR_INSTR_RIGS];
	int64_t diff;		/* vitro less tcg */
	const char *why;	/* what explains diff, or "" */
};

/* Rows of one under: a part of what vitro leaves out. */
struct instr_part {
	const char *under;
	bool stand_in;		/* under is one: its own are not in here */
	uint64_t insns;
};

struct instructions {
	const struct attr_class *tcg;
	struct callgrind_typical vitro;
	struct instr_row *row;	/* by group, part, instructions in tcg */
	size_t nr;
	struct instr_part *part;	/* of INSTR_KERNEL, largest first */
	size_t nr_parts;
	uint64_t sum[NR_INSTR_GROUPS][NR_INSTR_RIGS];
	uint64_t total[NR_INSTR_RIGS];	/* what the rig itself says */
	uint64_t harness;	/* of vitro's total: the loop around the handler */
	size_t differing;	/* rows of INSTR_OWN */
	bool sums;		/* groups (and harness) are the totals */
	struct strlist names;
};

/* Where both rigs enter the handler, and vitro's loop around it. */
#define INSTR_ENTRY	"kvm_mmu_page_fault"
#define INSTR_HARNESS	"alone__faults"

/*
 * Compare two typical faults with each other; both must live as long as x.
 * prefix is what vitro's copy puts before names; own are the functions of the
 * objects that both rigs have, stand_ins those of the shim.
 */
void instructions__compare(struct instructions *x, const struct attr_class *tcg,
			   const struct callgrind_typical *vitro,
			   const char *prefix, const struct strlist *own,
			   const struct strlist *stand_ins);
void instructions__free(struct instructions *x);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Modelled cycles of a sequence of instructions, by llvm-mca: what a published
 * model of one processor's back end says, never a measurement, and always
 * called modelled. It assumes that
 *
 * - every load hits the L1 cache and every translation the TLB;
 * - every branch is predicted, and the front end (fetch, decode, op cache) is
 *   never the limit;
 * - no load depends on an earlier store (-noalias, its default): what an
 *   argument on the stack costs through store forwarding is not in it;
 * - rsp is a register like any other: there is no stack engine;
 * - calls and returns are plain: a call is a push and a jump (llvm-mca has a
 *   made-up 100 cycles for it), a return a load and a jump;
 * - the sequence runs once (-iterations=1) from an empty pipeline until the last
 *   instruction retires, so filling and draining are in the figure;
 * - what the assembler or the model does not know is left out and counted:
 *   system instructions, rep strings, iret, vmrun. LLVM gives these a latency of
 *   exactly 100 cycles, which stands for "not known". What such an instruction
 *   costs, or makes others wait for, is not in the figure.
 */
#ifndef FAULTLINE_MCA_H
#define FAULTLINE_MCA_H

#include <stdint.h>

#include "insn.h"

struct mca_left_out {
	char mnemonic[32];
	size_t nr;
};

struct mca {
	uint64_t cycles;	/* modelled */
	uint64_t uops;		/* modelled */
	size_t insns;		/* that were modelled; the rest: */
	size_t left_out;
	struct mca_left_out *left;	/* by falling count, then by mnemonic */
	size_t nr_left;
};

/*
 * Model nr instructions in the order they were executed on cpu, a name that
 * llvm-mca -mcpu takes ("znver3"). 0, or -ENOENT without llvm-mca, -EINVAL for
 * an unknown cpu or nothing that can be modelled, -EIO when llvm-mca fails;
 * err says which.
 */
int mca__run(const struct insn *insn, size_t nr, const char *cpu,
	     struct mca *m, char *err, size_t errlen);
void mca__free(struct mca *m);

#endif

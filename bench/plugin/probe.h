/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The contract between faultprobe, which runs inside QEMU, and bench/trace,
 * which reads its log. The plugin only records: it knows
 * addresses and bytes, no names. Whatever follows from a recorded path (its
 * functions, its stack, its class) is worked out afterwards, once a path.
 *
 *	-plugin faultprobe.so,out=FILE,points=FILE
 *
 * points, given to the plugin, a line each, addresses in hex:
 *
 *	entry FROM TO	interrupts and exceptions enter at FROM <= pc < TO
 *	vmexit ADDR	a host of VMX goes on at ADDR after a VM exit
 *	vcpus N		of the guest; where the line is not there, one
 *
 * out, left by it at exit, text, a line each. Numbers are decimal, addresses,
 * lines and bytes hex. Nothing comes in another order than this:
 *
 *	faultprobe 1
 *	insn I ADDR BYTES	an instruction as it was executed; I counts up
 *	ran A B MEASURED
 *		Instructions A to B were executed by the host, at least once from
 *		the first exit on: MEASURED is 1 when that was so in PHASE 2
 *		(below; of several vCPUs: from the first BELL_START to the last
 *		BELL_END), 0 when it was only outside of it
 *	path N PHASE HOW GUEST OWN IRQ LINES-MIN LINES-MAX LINES-SUM STORED
 *		N VM exits whose path to the next VM entry was the same. PHASE
 *		doorbells had been rung. GUEST are the bytes of the guest's
 *		last instruction, HOW how it went on (below). OWN instructions
 *		each; IRQ: instructions of interrupts within all N together.
 *		LINES: data cache lines (64 bytes) touched by one of them:
 *		least, most, and the sum over all N; "- - -" when not STORED.
 *		STORED is 1 when the lines that follow tell the path, as the
 *		first of the N took it; 0: the room for paths was used up.
 *		The path on which BELL_START was rung begins after the VMM's
 *		last reading of its clock; in PHASE 3 there is one, from the
 *		exit by BELL_END to the VMM's reading. Together they are what
 *		the VMM measured where the guest did nothing else.
 *	x A B		instructions A to B, one after another
 *	l I ADDR SIZE	instruction I loaded SIZE bytes
 *	s I ADDR SIZE	... stored
 *	i 1, i 0	an interrupt or exception begins; is over
 *	end		of a path's lines
 *	sample T N	N times the guest's clock moved by T between the first
 *			and the second reading of a measured event
 *	total NAME N	exits, paths, odd (transfers that nothing explains),
 *			long (paths longer than the room for one), lost
 *			(instructions that were executed and not reported),
 *			vcpus, ...
 *	bye
 */
#ifndef FAULTLINE_PROBE_H
#define FAULTLINE_PROBE_H

#define PROBE_VERSION	1

/* How the guest went on after the VM entry. */
#define PROBE_RETRY	"retry"		/* the same instruction again */
#define PROBE_NEXT	"next"		/* the instruction after it */
#define PROBE_ELSEWHERE	"elsewhere"	/* somewhere else: a fetch had failed */
#define PROBE_NOT	"not"		/* not at all: another exit came first */

/* A doorbell: the guest executed one of these bytes (`out %eax, (%dx)`). */
#define PROBE_BELL_OPCODE	0xef

/* PHASE of what is measured: BELL_START was the last to be rung, and BELL_END. */
#define PROBE_MEASURED	2
#define PROBE_OVER	3

#define PROBE_LINE	64		/* bytes a cache line */

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest between a VM entry and the next exit: how it went on, the doorbells
 * that it rang, and its clock, counted here instruction by instruction. Both
 * instruments tell it what they see; the log that comes of it is in probe.h.
 */
#ifndef FAULTLINE_PLUGIN_GUEST_SIDE_H
#define FAULTLINE_PLUGIN_GUEST_SIDE_H

#include <stdio.h>

#include "exit_path.h"
#include "probe.h"

#define GUEST_MEASURED_PHASE	PROBE_MEASURED

/*
 * Begin with nothing; it has rung that many doorbells when it is first seen, the
 * last of them just now.
 */
void guest__watch_from(unsigned int phase);
/* It has several vCPUs: each of them rings, and START of the first begins it all. */
void guest__vcpus(unsigned int nr);
/* It begins to execute an instruction, which has this number. */
void guest__insn(uint32_t i);
/* ... and that accessed memory. */
void guest__memory(uint32_t i);
/* Its clock went on, and nothing says which instruction it was. */
void guest__ticks(uint64_t n);
/*
 * A VM exit: a path begins. An instruction that was begun and not completed is
 * in the guest's clock where @attempts are.
 */
void guest__exit(bool attempts);
/*
 * The VMM read its clock. From its last reading after BELL_START to the first
 * after BELL_END it measures everything: the paths there begin and end with it.
 */
void guest__vmm_clock(void);
/* All was measured, though nobody saw the guest ring for it. */
void guest__over(void);
/* The VM entry that ends the path was executed. */
void guest__entry(void);
/* So many were executed and not reported: the log is worth nothing. */
void guest__lost(uint64_t n);
/* Write the whole log: instructions, paths, samples, totals. */
void guest__write_log(FILE *f);

#endif

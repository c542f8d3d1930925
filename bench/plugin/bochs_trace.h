/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What Bochs's debugger prints with `trace on` and `trace-mem on`, read line by
 * line and recorded as the plugin in QEMU records. These lines are the trace's:
 *
 *	(0).[TICK] [0xPHY] CS:RIP (SYMBOL): TEXT ; BYTES
 *		before an instruction is executed, or tried; TICK is the time
 *		stamp counter, which counts each of these
 *	(0).[TICK] ??? (physical address not available)
 *		... where the debugger finds no code: a guest of SVM in 2.7
 *	[CPU0 RD]: LIN 0xADDR PHY 0xPHY (len=N, TYPE): VALUE
 *		what it accessed; RD, WR, RW (both), EX, ...
 *	[CPU0 WR]: PHY 0xPHY (len=N, TYPE): VALUE	; WHAT
 *		the same of a table that the CPU walks or of a VMCS
 *	CPU 0: Exception 0xNN ..., CPU 0: Interrupt 0xNN ...
 */
#ifndef FAULTLINE_BOCHS_TRACE_H
#define FAULTLINE_BOCHS_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Begin. @vmexit is where the host goes on after a VM exit of VMX (SVM goes on
 * after its VMRUN). False where there is no memory or no capstone.
 */
bool bochs_trace__init(uint64_t vmexit);
/* Take a line, without its newline. False: it is not the trace's. */
bool bochs_trace__line(const char *line, size_t len);
/* Write the log that probe.h describes. */
void bochs_trace__write(FILE *f);

#endif

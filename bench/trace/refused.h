/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which instruction valgrind refused, by what it said of it. It does not
 * execute what it does not know, nor what this machine's CPUID hides, although
 * its own CPUID may offer that: the program gets a SIGILL.
 */
#ifndef FAULTLINE_REFUSED_H
#define FAULTLINE_REFUSED_H

#include <stdbool.h>

struct refused {
	char *mnemonic;		/* "rdtscp"; NULL: capstone does not know it */
	char *insn;		/* ... with its operands, or "(unknown)" */
	char *bytes;		/* "0f 01 f9" */
	char *func;		/* the function it is in, or NULL */
};

/*
 * Fill *r with the last instruction that a log of valgrind's names, but for
 * those that are refused to any process: CLI, STI and UD2, which vitro's
 * program takes care of itself. Return: false, and *r empty, where the log
 * names none.
 */
bool refused__find(struct refused *r, const char *log);
void refused__free(struct refused *r);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A copy of the handler at work: its memory, its text patched as boot would,
 * and what became of it. A handler that asks for what the shim lacks, warns or
 * faults does not take the program along: subject__try() comes back and says
 * what it was, and that subject is done for until it is given a new machine.
 */
#ifndef FAULTLINE_SUBJECT_H
#define FAULTLINE_SUBJECT_H

#include "cells.h"

struct subject {
	const struct vitro_cell *cell;
	struct vitro_env env;
	struct vitro_patched patched;
	struct vitro_machine machine;
	char *data, *percpu;		/* as they were at first */
	char *failed;			/* why it is done for, or NULL */
	bool dead;			/* ... whatever machine it is given */
	/* KVM's counters when the fill began: fill.c. */
	vitro_u64 before[16], emulated_before;
};

/*
 * Turn off address randomisation and run this program again, unless that is
 * done already. 0, or -errno where it cannot be: the layout then is another
 * one each time.
 */
int process__fix_layout(char **argv);

/*
 * Give %gs to the copies, map the memory of nr of them and listen for what
 * they must not do. 0, or -errno with a message in @err: %gs that cannot be set, too
 * little memory, a text that cannot be written.
 */
int process__start(unsigned int nr, char *err, size_t errlen);

/*
 * For a thread that is to call into copies as their vCPU n, from 0 on: its
 * %gs and its signals' stack. 0, or -errno with a message in @err. The calling thread of
 * process__start() is vCPU 0 while no other is.
 */
int process__enter(unsigned int n, char *err, size_t errlen);
/*
 * A thread that is sent this signal in subject__try() comes out of it, and the
 * subject is done for: nothing else gets one out of a lock that spins.
 */
#define PROCESS_GIVE_UP	SIGUSR1
#define THREADS_LATE	"a vCPU was not through in time"

/* Memory, at a place from 0 on, and first patches. */
int subject__init(struct subject *s, unsigned int place,
		  const struct vitro_cell *cell, char *err, size_t errlen);

/*
 * A new machine: everything the copy wrote is put back first. What it failed in
 * on the last one is forgotten, unless it could not be patched.
 */
void subject__make(struct subject *s, const struct vitro_machine *m);

/* fn(s, arg), unless s failed before; false when it fails now. In any thread. */
bool subject__try(struct subject *s, void (*fn)(struct subject *s, void *arg),
		  void *arg);

/* CLI and STI that became nops so far, all copies together. */
unsigned int process__cli_sti(void);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exit codes, one table for every command and script: scripts/lib/common.sh
 * reads the EXIT_ lines of this file, README.md explains them.
 */
#ifndef FAULTLINE_EXITS_H
#define FAULTLINE_EXITS_H

enum faultline_exit {
	EXIT_OK            = 0,		/* done, every record valid */
	EXIT_INTERNAL      = 1,		/* a bug in Faultline */
	EXIT_USAGE         = 2,		/* the command line is wrong */
	EXIT_UNKNOWN_NAME  = 3,		/* no such base, variant, workload, ... */
	EXIT_MISSING       = 4,		/* a program, package, file, permission */
	EXIT_BUSY          = 5,		/* another run has this checkout */
	EXIT_STORAGE       = 6,		/* a write failed: disk full, read-only */
	EXIT_CHANGED       = 7,		/* other programs, or other code, than is here */
	EXIT_PATCH         = 10,	/* a patch does not apply */
	EXIT_BUILD         = 11,	/* a kernel does not build */
	EXIT_WRONG_SOURCE  = 12,	/* KERNEL_SRC is not of that base */
	EXIT_CHECK         = 13,	/* a selftest fails on a variant */
	EXIT_DISAGREE      = 14,	/* two methods, or measurements, that must agree do not */
	EXIT_PANIC         = 20,	/* the host panicked */
	EXIT_OOPS          = 21,	/* the host's kernel oopsed */
	EXIT_WARN          = 22,	/* the host's kernel warned */
	EXIT_HANG          = 23,	/* the host did not end in time */
	EXIT_GUEST_FAIL    = 24,	/* a guest failed: check, triple fault */
	EXIT_GUEST_HANG    = 25,	/* a guest did not ring its bell */
	EXIT_LOST          = 26,	/* a record did not arrive whole */
	EXIT_DENOMINATOR   = 27,	/* faults counted are not those provoked */
	EXIT_PROFILE       = 28,	/* a profile did not take effect */
	EXIT_RIG           = 29,	/* QEMU or the VMM ended by itself */
	EXIT_BAD_RECORD    = 30,	/* a run holds lines that are no records */
	EXIT_NO_DATA       = 31,	/* nothing there to compare */
	EXIT_HISTORY       = 32,	/* the history is damaged, or of another schema */
	EXIT_REGRESSION    = 40,	/* alert: a fault got dearer */
	EXIT_IMPROVED      = 41,	/* alert: ... cheaper; accept it */
	EXIT_UNJUDGED      = 42,	/* alert: too few points, or a suspect to run again */
	EXIT_INTERRUPTED   = 130,	/* Ctrl-C; finished records are kept */
};

#endif

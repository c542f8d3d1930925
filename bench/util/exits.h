/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exit codes, one table for every command and script: scripts/lib/common.sh
 * reads the EXIT_ lines of this file, docs/exit-codes.md is made of them: what
 * a code means -> what to do next.
 */
#ifndef FAULTLINE_EXITS_H
#define FAULTLINE_EXITS_H

enum faultline_exit {
	EXIT_OK            = 0,		/* done, every record is valid */
	EXIT_INTERNAL      = 1,		/* a bug in Faultline -> report it */
	EXIT_USAGE         = 2,		/* the command line is wrong -> `--help` of the command */
	EXIT_UNKNOWN_NAME  = 3,		/* no such base, variant, profile, workload, rig or class,
					 * or two folders of that name -> the message lists the
					 * valid names, or the folders */
	EXIT_MISSING       = 4,		/* a program, package, file or permission is missing, or a
					 * machine is not meant for it -> the message names the
					 * command that provides it */
	EXIT_BUSY          = 5,		/* another run uses this checkout, another process the
					 * history, or another night still runs -> wait for the
					 * process that the message names */
	EXIT_STORAGE       = 6,		/* a write failed: disk full, read-only -> free some room,
					 * then `run --resume` */
	EXIT_CHANGED       = 7,		/* kernels, guests or QEMU are not those of the run; or
					 * objects are not the code of their kernel -> begin a new
					 * run; `same-code` names object, function and byte */
	EXIT_PATCH         = 10,	/* a patch does not apply, or mail is no whole series -> the
					 * message names mail, file and hunk, and what to do */
	EXIT_BUILD         = 11,	/* a kernel does not build -> the message names the error and
					 * the log */
	EXIT_WRONG_SOURCE  = 12,	/* KERNEL_SRC is not of that base -> name another tree */
	EXIT_CHECK         = 13,	/* a selftest fails on a variant, or comes to its limit on the
					 * unchanged source -> the message names test, variant and
					 * console */
	EXIT_DISAGREE      = 14,	/* two methods, or two measurements of a cell, that must agree
					 * do not -> the message names functions or cell: they were
					 * not given the same work */
	EXIT_PANIC         = 20,	/* the host panicked -> the console in the run's `boots/` */
	EXIT_OOPS          = 21,	/* the host's kernel oopsed -> the console in the run's
					 * `boots/` */
	EXIT_WARN          = 22,	/* the host's kernel warned -> the console in the run's
					 * `boots/` */
	EXIT_HANG          = 23,	/* the host did not end in time -> the console in the run's
					 * `boots/`, or a longer `--boot-limit` */
	EXIT_GUEST_FAIL    = 24,	/* a guest failed: check, triple fault -> the message names
					 * line and values */
	EXIT_GUEST_HANG    = 25,	/* a guest did not ring its doorbell -> `limit_ms` of the
					 * workload's stanza */
	EXIT_LOST          = 26,	/* a record did not arrive whole -> `run --resume` */
	EXIT_DENOMINATOR   = 27,	/* KVM counted other faults than were provoked, or built a
					 * wrong table -> the message names the counter or the page */
	EXIT_PROFILE       = 28,	/* a profile, or the MMU that a workload is about, did not
					 * take effect -> the message shows what sysfs said */
	EXIT_RIG           = 29,	/* QEMU or the VMM ended by itself, init gave up, or in vitro
					 * the handler called what the shim lacks -> QEMU's output in
					 * the run's `boots/`; the message names a missing symbol */
	EXIT_BAD_RECORD    = 30,	/* a run holds lines that are not records -> `run --resume`
					 * measures them again */
	EXIT_NO_DATA       = 31,	/* nothing there to compare, to judge, to add or to show ->
					 * `run`, or `history add` */
	EXIT_HISTORY       = 32,	/* the history is missing, damaged, or of another schema ->
					 * the message says what to do with the file */
	EXIT_OUT_OF_ORDER  = 33,	/* a run is from the future, or started long before the newest
					 * of the history -> the message names both and the clock;
					 * `history add --apart`, or `history withdraw` the other */
	EXIT_REGRESSION    = 40,	/* alert: a fault costs more, and nobody acknowledged it ->
					 * the message names run, commits and functions; fix it,
					 * `alert --accept`, or acknowledge it */
	EXIT_IMPROVED      = 41,	/* alert: a fault costs less -> `alert --accept` */
	EXIT_UNJUDGED      = 42,	/* alert: too few points, a suspect to run again, or another
					 * instrument that counts otherwise -> more nights; `alert
					 * --rerun` prints what to run again; `alert --accept` */
	EXIT_BASE_MOVED    = 43,	/* alert: a base costs another number, and its variants with
					 * it -> the message names kernel, compiler and instrument;
					 * `alert --accept` */
	EXIT_SEVERAL       = 44,	/* bisect: what cannot be measured leaves several commits ->
					 * the message names them; make one of them build */
	EXIT_NOT_BETWEEN   = 45,	/* bisect: GOOD is bad already, or BAD is not bad -> name
					 * others, or another `--limit` */
	EXIT_INTERRUPTED   = 130,	/* interrupted; finished records are kept, and what was
					 * compiled -> `run --resume`, or the same command again */
};

#endif

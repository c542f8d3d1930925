/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selftests in a variant host: a boot of the tcg rig that is given checks
 * instead of a plan, and the result of each. Tests that need the same command
 * line of the host share a boot.
 */
#ifndef FAULTLINE_CHECK_H
#define FAULTLINE_CHECK_H

#include "rig.h"
#include "selftests.h"

enum check_end {
	CHECK_NOT_RUN,		/* by the list or the base, or it belongs
				   to another boot */
	CHECK_LOST,		/* the host ended before it or in it */
	CHECK_PASS,
	CHECK_FAIL,
	CHECK_SKIP,		/* by the test itself */
	CHECK_SIGNAL,
	CHECK_TIMEOUT,
};

struct check_result {
	enum check_end end;
	char *why;		/* the last line of output, the reason */
};

struct check_job {
	const char *base, *kernel;	/* kernel: folder of build-kernel */
	const struct profile *profile;
	const char *cmdline;		/* the tests that need this one are run */
	const struct selftests *tests;
	const char *programs;		/* folder of build-selftests */
	const char *logs;		/* stem of the boot's log files */
	double limit_s;			/* a host still up then hangs */
	bool (*stop)(void);
};

struct check_log {
	struct check_result *result;	/* one per test of the list */
	size_t nr;
	bool booted;			/* there was something to run */
	enum outcome host;		/* OUTCOME_OK: it finished */
	char *why;			/* of the host, or NULL */
};

/* Return: does the test belong to this boot? */
bool check__has(const struct check_job *job, const struct selftest *t);
/*
 * Return: why a test cannot be run at all (the list says so, or the base does
 * not have it), allocated, the caller frees it; or NULL.
 */
char *check__obstacle(const struct check_job *job, const struct selftest *t);

/* Boot once and fill the log, unless there is nothing to run. */
enum boot_end check__boot(const struct check_job *job, struct check_log *log);

#endif

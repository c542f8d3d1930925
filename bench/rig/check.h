/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Selftests in a variant host: a boot of the tcg rig that is handed checks in
 * place of a plan, and what came of each. Tests that want the same command
 * line of the host share a boot.
 */
#ifndef FAULTLINE_CHECK_H
#define FAULTLINE_CHECK_H

#include "rig.h"
#include "selftests.h"

enum check_end {
	CHECK_NOT_RUN,		/* the list or the base says so, or another
				   boot has it */
	CHECK_LOST,		/* the host ended before it or in it */
	CHECK_PASS,
	CHECK_FAIL,
	CHECK_SKIP,		/* the test itself said so */
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
	const char *cmdline;		/* the tests that want this one run */
	const struct selftests *tests;
	const char *programs;		/* folder of build-selftests */
	const char *logs;		/* stem of the boot's log files */
	double limit_s;			/* a host still up then hangs */
	bool (*stop)(void);
};

struct check_log {
	struct check_result *result;	/* one a test of the list */
	size_t nr;
	bool booted;			/* there was something to run */
	enum outcome host;		/* OUTCOME_OK: it came to its end */
	char *why;			/* of the host, or NULL */
};

/* Whether the test belongs to this boot. */
bool check__has(const struct check_job *job, const struct selftest *t);
/*
 * What keeps a test from being run at all, in new memory, or NULL: the list,
 * or that the base does not have it.
 */
char *check__obstacle(const struct check_job *job, const struct selftest *t);

/* Boot once and fill the log, unless there is nothing to run. */
enum boot_end check__boot(const struct check_job *job, struct check_log *log);

#endif

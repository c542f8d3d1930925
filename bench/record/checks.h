/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The checks that the rig hands to the host in place of a plan: one line a
 * selftest, which the rig writes with checks__print() and init reads with
 * checks__parse().
 *
 *	<name> <limit_ms> <setup> <program> <argument> ...
 *
 * setup is "-", or files of /proc and /sys with what to write into them while
 * the test runs: path=value,path=value. No word holds white space.
 */
#ifndef FAULTLINE_CHECKS_H
#define FAULTLINE_CHECKS_H

#include <stdint.h>
#include <stdio.h>

#define CHECKS_FILE	"/checks"	/* in the initramfs */
#define CHECKS_DIR	"/selftests"	/* where the programs lie there */
#define CHECKS_MAX_ARGS	32

struct check {
	char	 name[64];
	uint64_t limit_ms;		/* of the host's own time */
	char	 setup[512];
	char	 command[512];		/* program and arguments */
};

void checks__print(FILE *f, const struct check *check);

/* Read the next one. 1: *check is filled; 0: the end; -1: no such line. */
int checks__parse(FILE *f, struct check *check);

#endif

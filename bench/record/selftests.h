/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The list of the kernel's own selftests, guests/selftests.conf, as it is for
 * one base. FAULTLINE_SELFTESTS names another list in its place.
 */
#ifndef FAULTLINE_SELFTESTS_H
#define FAULTLINE_SELFTESTS_H

#include "checks.h"
#include "util.h"

struct selftest {
	char *program;		/* a name that the base may have, or a path */
	char *skip;		/* why it is not run on this base, or NULL */
	char *cmdline;		/* of the host; "" when it needs none */
	struct check check;	/* as the host gets it */
};

struct selftests {
	struct selftest *item;
	size_t nr;
};

/*
 * Read the list; only those named in `only` unless that is empty. Return: 0, or
 * -1 with code and message in @err when the list is wrong or lacks a name; the
 * list is empty then.
 */
int selftests__read(struct selftests *list, const char *base,
		    const struct strlist *only, struct err *err);
void selftests__free(struct selftests *list);

#endif

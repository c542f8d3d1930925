/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Settings of this machine that make cycles vary: what they are, what they
 * should be, and a way to set them for the duration of a run.
 *
 * The old values are restored when the process ends, however it ends: they are
 * in a file before the first is changed, and a guard, a process of its own,
 * restores them when this one is gone. If both were killed, the next start
 * finds the stale file and restores them.
 *
 * Paths are below FAULTLINE_SYSFS, see path_of_system().
 */
#ifndef FAULTLINE_HOST_TUNING_H
#define FAULTLINE_HOST_TUNING_H

#include <stdbool.h>
#include <stddef.h>

#include "util.h"

struct host_tuning_setting {
	const char *name;	/* "governor" */
	const char *why;	/* what it does to a measurement */
	char *file;		/* in /sys or /proc */
	char *is;		/* its value */
	const char *want;
	bool good;		/* as it should be, or as good */
};

struct host_tuning {
	struct host_tuning_setting *item;	/* in the order of setting */
	size_t nr;
};

/* Find every setting that this machine has. */
void host_tuning__look(struct host_tuning *m);
void host_tuning__free(struct host_tuning *m);

/*
 * The load of the last minute and the number of running tasks, without this
 * program. Return: 0, or -1 where /proc does not have them.
 */
int host_tuning__load(double *minute, unsigned int *running);

/*
 * Set everything that is not good, until this process ends. Each setting is
 * reported once, in `set` ("governor: performance, was powersave") or, with the
 * reason, in `not_set`. Called once, before any thread is started. Return: 0,
 * or with a message in @err the exit code to end with: EXIT_BUSY while another
 * run holds the machine, EXIT_MISSING where the old values cannot be kept,
 * EXIT_INTERNAL without a guard.
 */
int host_tuning__quiet(struct strlist *set, struct strlist *not_set, char *err,
		       size_t errlen);

/*
 * Restore what a killed run left. Return: what was done, allocated, the caller
 * frees it; or NULL when there was nothing to restore. *ok is false where some
 * of it could not be restored.
 */
char *host_tuning__put_back_stale(bool *ok);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the machine does besides measuring: settings that make cycles vary, as
 * they are and as they should be, and a way to set them for the time of a run.
 *
 * What is set is put back when the process ends, however it ends: the old
 * values are in a file before the first is changed, and a guard, a process of
 * its own, puts them back when it sees that this one has ended. Were both killed, the
 * file is found stale by the next start.
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

/* Every setting that this machine has. */
void host_tuning__look(struct host_tuning *m);
void host_tuning__free(struct host_tuning *m);

/*
 * The load of the last minute and what runs now, this program not counted. 0,
 * or -1 where /proc does not say.
 */
int host_tuning__load(double *minute, unsigned int *running);

/*
 * Set all that is not good, until this process ends. Each is named in set
 * ("governor: performance, was powersave", once a name) or in not_set, with the
 * reason. Dies with EXIT_BUSY while another run has the machine, EXIT_MISSING
 * where the old values cannot be kept. Called once, before any thread.
 */
void host_tuning__quiet(struct strlist *set, struct strlist *not_set);

/*
 * Put back what a killed run left. What was done, in words and new memory, or
 * NULL when nothing was left. *ok is false where some of it could not be.
 */
char *host_tuning__put_back_stale(bool *ok);

#endif

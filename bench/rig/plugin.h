/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The attribution plugin as QEMU is given it.
 */
#ifndef FAULTLINE_PLUGIN_H
#define FAULTLINE_PLUGIN_H

#include "rig.h"

/*
 * Return: the plugin's file, or what FAULTLINE_PLUGIN names; allocated, the
 * caller frees it.
 */
char *plugin__path(void);
/*
 * Write to the file `points` what is to be known of the job's kernel. Return: 0,
 * or -EINVAL with a message in @err.
 */
int plugin__points(const struct boot_job *job, const char *points, char *err,
		   size_t errlen);
/*
 * Write to the file `points` what the plugin must know of the job's kernel, and
 * set *option (allocated) to what QEMU's -plugin takes. Return: 0,
 * or -EINVAL with a message in @err.
 */
int plugin__prepare(const struct boot_job *job, const char *points,
		    char **option, char *err, size_t errlen);

#endif

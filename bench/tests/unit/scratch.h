/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The folder that a unit test works in.
 */
#ifndef FAULTLINE_SCRATCH_H
#define FAULTLINE_SCRATCH_H

#include <stdlib.h>

#include "util.h"

/* The folder and all that is in it. Return: 0, or what rm said. */
static inline int scratch__remove(const char *dir)
{
	char *command = xasprintf("rm -rf '%s'", dir);
	int r = system(command);

	free(command);
	return r;
}

#endif

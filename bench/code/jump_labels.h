/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The jump labels of an object file, and whether a kernel has a jump or a nop
 * there: as it was built, or as its boot left it.
 */
#ifndef FAULTLINE_JUMP_LABELS_H
#define FAULTLINE_JUMP_LABELS_H

#include <stddef.h>

#include "image.h"
#include "util.h"

/*
 * A line "j KEY FUNCTION" or "n KEY FUNCTION" for each entry of the __jump_table
 * of the object file @path, in its order; KEY is "?" where it has no name. Return:
 * 0, or -1 with a message in @err.
 */
int jump_labels__list(const struct image *kernel, const char *path,
		      struct strlist *line, char *err, size_t errlen);

#endif

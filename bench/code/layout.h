/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The layout of a struct, as pahole prints it from vmlinux.debug.
 */
#ifndef FAULTLINE_LAYOUT_H
#define FAULTLINE_LAYOUT_H

#include <stddef.h>

/*
 * What pahole prints of struct @name in the kernel folder @dir; allocated, the caller frees it.
 * NULL with err: no pahole, no debug file, or the kernel has no such struct.
 */
char *layout__text(const char *dir, const char *name, char *err,
		   size_t errlen);

#endif

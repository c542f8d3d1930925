/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Files that may be packed: plain, gzip or xz. Which of them a file is, its
 * first bytes say, not its name; whoever reads one need not know.
 */
#ifndef FAULTLINE_PACKED_H
#define FAULTLINE_PACKED_H

#include <stddef.h>

/*
 * The whole content of a file, unpacked, with a zero after it; allocated, the
 * caller frees it. Where the file is cut or damaged, what comes before that is
 * returned, and @err says what is wrong with it; otherwise @err is "".
 * Return: NULL with a message in @err and errno set where nothing can be read.
 */
char *packed__read(const char *path, size_t *size, char *err, size_t errlen);

/*
 * Write @size bytes of @text as xz, to the disk, whole or not at all.
 * Return: 0, or -errno.
 */
int packed__write(const char *path, const char *text, size_t size);

/*
 * @path, or @path with ".xz" where only that exists; allocated, the caller
 * frees it. Both are there only where packing or unpacking was interrupted: the
 * plain file is whole then, and may be newer.
 */
char *packed__find(const char *path);

#endif

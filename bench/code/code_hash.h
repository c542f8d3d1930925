/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of an object file reaches a kernel, as one hash: so that of two commits
 * it can be said before any link that their kernels are the same code.
 */
#ifndef FAULTLINE_CODE_HASH_H
#define FAULTLINE_CODE_HASH_H

#include <stddef.h>

/*
 * Hex SHA-256 (allocated; the caller frees it) over every section of @path that
 * is loaded: name, kind, alignment, bytes and relocations; and over the symbols
 * that it defines or wants. Debug information is not in it, nor are line numbers
 * of WARN and BUG, nor the numbers that the compiler gives to static variables
 * of one name. NULL with a message in @err.
 */
char *code_hash__object(const char *path, char *err, size_t errlen);

/*
 * The same of many objects: one line "HASH PATH" per object into @text
 * (allocated; the caller frees it), in the order given. @manifest is a file that
 * remembers what was hashed, by time and size; it is read and written anew.
 * Return: 0, or -1 with a message in @err.
 */
int code_hash__objects(char *const *path, size_t nr, const char *manifest,
		       char **text, char *err, size_t errlen);

#endif

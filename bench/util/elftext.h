/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of object files, hashed so that two builds of the same code are
 * equal and any other two are not.
 */
#ifndef FAULTLINE_ELFTEXT_H
#define FAULTLINE_ELFTEXT_H

#include <stddef.h>

/*
 * Hex SHA-256 (allocated; the caller frees it) over every executable section of the objects in
 * the order given: section name, bytes, and relocations as (offset, type,
 * symbol or section name, addend). Addresses of a link, debug information and
 * line numbers are not in it. NULL with a message in @err.
 */
char *elftext__sha256(char *const *objects, size_t nr, char *err,
		      size_t errlen);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The code of a flat guest, for an instrument that does not see which of its
 * instructions are executed, but how many, and where it began and left off:
 * they follow from its image. A debugger that finds no code under SVM is one.
 */
#ifndef FAULTLINE_PLUGIN_GUEST_CODE_H
#define FAULTLINE_PLUGIN_GUEST_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Read an image that lies at @addr of the guest. What it executes outside of it
 * are pages that hold a `ret` (guest_stamp()). Return: 0, or -1 with a message
 * on stderr.
 */
int guest_code__read(const char *path, uint64_t addr);
/*
 * From @from it began nr instructions. The last of them is at @to, or, where it
 * was completed (@done), leads there. loaded[i] is what the i-th loaded last: a `ret`
 * goes there. Fill way[] with their numbers (code.h).
 * Return: false where no way through the code is like that, or no image was read.
 */
bool guest_code__way(uint64_t from, size_t nr, uint64_t to, bool done,
		     const uint64_t *loaded, uint32_t *way);

#endif

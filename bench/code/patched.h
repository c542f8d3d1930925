/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether two programs that have the same functions were patched to the same
 * code: a kernel as its boot left it, and a process that has copies of its
 * functions, patched as boot patches them. An instruction is the same when it
 * is so byte by byte, but for the addresses in it: of a branch the target is the
 * same function, of anything else the object has a relocation there.
 */
#ifndef FAULTLINE_PATCHED_H
#define FAULTLINE_PATCHED_H

#include <stddef.h>
#include <stdint.h>

#include "image.h"
#include "util.h"

struct patched {
	size_t functions, instructions;	/* compared */
	uint64_t bytes;
	size_t branches;	/* whose target is the same by name */
	size_t addresses;	/* of data, at a relocation; not compared */
	size_t page_offsets;	/* movabs of an address of the direct map */
	size_t static_calls;	/* of these: resolved in the kernel, to a stand-in in the process */
	size_t no_calls;	/* static calls of what the host's backend does not have: no call there */
	size_t locks;		/* LOCK, which a host of one CPU has no use for */
	size_t privileged;	/* STAC and CLAC, which a process may not */
	size_t its;		/* returns that ITS reaches in one place and not in the other */
	size_t sealed;		/* endbr64 that boot sealed, a nop in the kernel */
	size_t left_out;	/* functions: weak, or not in both */
	size_t differing;	/* instructions */
	struct strlist difference;	/* in words, the first of each function */
};

/*
 * Every function of the object file @path: as it is in @kernel, against the one
 * of that name with @prefix in @process. Figures are added to @p. Return: 0, or
 * -1 with a message in @err.
 */
int patched__compare(const struct image *kernel, const struct image *process,
		     const char *prefix, const char *path, struct patched *p,
		     char *err, size_t errlen);

#endif

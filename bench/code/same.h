/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether object files are the ones a vmlinux was linked from: every byte and
 * every relocation of what the link kept. A section's place in vmlinux comes
 * from its symbols, from what refers to it, or from its content.
 */
#ifndef FAULTLINE_SAME_H
#define FAULTLINE_SAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util.h"

/* Sections whose bytes are not compared with vmlinux, and why. */
enum same_left_out {
	SAME_MERGED,	/* SHF_MERGE: compared where a relocation refers to it */
	SAME_SORTED,	/* ORC unwind tables, which sorttable sorts */
	SAME_DISCARDED,	/* /DISCARD/ of the kernel's linker script */
	SAME_LEFT_OUT
};

/* Relocations that cannot be computed, and why. In code each is a difference. */
enum same_masked {
	SAME_INTO_DISCARDED,	/* their symbol is in a section left out */
	SAME_INTO_UNPLACED,	/* ... in a section that has no place */
	SAME_UNKNOWN,		/* vmlinux does not know their symbol */
	SAME_MASKED
};

/* The words for them: "merged", "unknown symbol". */
extern const char *const same_left_out_name[SAME_LEFT_OUT];
extern const char *const same_masked_name[SAME_MASKED];

struct same_object {
	const char *path;
	char build_id[2 * 64 + 1];	/* "" where there is none, as usual */
	size_t sections;		/* compared */
	uint64_t bytes, code_bytes;	/* compared; code: SHF_EXECINSTR */
	size_t relocs;			/* computed and compared */
	size_t merged;			/* of these: into merged sections, by content */
	size_t masked[SAME_MASKED];
	uint64_t left_out[SAME_LEFT_OUT];	/* bytes */
	uint64_t differing;		/* bytes, and sections without a place */
	struct strlist difference;	/* in words: the first of a function, a few */
};

struct same;

/*
 * A file `discarded` in the vmlinux's folder names the sections that its linker
 * script discards, a pattern a line; without it, those of v5.10 to v6.12.
 * NULL with err where it is no linked x86-64 ELF file with symbols.
 */
struct same *same__open(const char *vmlinux, char *err, size_t errlen);
void same__close(struct same *s);
const char *same__build_id(const struct same *s);

/*
 * Compare one object with it: false with a message in @err if it cannot be read. Equal is
 * o->differing == 0. Free with same_object__free().
 */
bool same__object(const struct same *s, const char *path,
		  struct same_object *o, char *err, size_t errlen);
void same_object__free(struct same_object *o);

#endif

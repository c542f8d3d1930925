/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a built kernel says of its own code, without running it: symbols from
 * vmlinux (libelf), source lines, stack frames, argument counts and offsets
 * in structs from vmlinux.debug (libdw).
 */
#ifndef FAULTLINE_IMAGE_H
#define FAULTLINE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct func {
	const char *name;	/* lives as long as the image */
	uint64_t addr, size;	/* bytes; those of no size reach to the next */
};

struct image;
struct strlist;

/*
 * Open the folder that scripts/build-kernel printed: vmlinux and, where it is,
 * vmlinux.debug. NULL with err naming what is wrong: no such file, no ELF
 * file, no symbols (stripped), a debug file of another build.
 */
struct image *image__open(const char *dir, char *err, size_t errlen);
/* The same of any one ELF file, without a debug file. */
struct image *image__open_file(const char *path, char *err, size_t errlen);
void image__close(struct image *img);

/* The build id in hex; "" where there is none. */
const char *image__build_id(const struct image *img);

/* The function that addr is in, or NULL. Of several at one address the same
 * one every time: global before local, then by name. */
const struct func *image__func_at(const struct image *img, uint64_t addr);
/* The function called name, or NULL; of several the lowest. */
const struct func *image__func(const struct image *img, const char *name);
/* Every function called name, by rising address; NULL when there is none. */
const struct func *image__funcs_named(const struct image *img,
				      const char *name, size_t *nr);
/* Every function by rising address; *nr how many. */
const struct func *image__funcs(const struct image *img, size_t *nr);
/*
 * The symbol of code or data that addr lies in and how far in, or NULL. One of
 * no size has only its first byte, in data.
 */
const char *image__symbol_at(const struct image *img, uint64_t addr,
			     uint64_t *offset);
/* The value of any symbol, 0 when there is none. */
uint64_t image__symbol(const struct image *img, const char *name);

/*
 * The bytes of the file at addr, *left of them to the end of their section,
 * and its name; NULL when they are not in the file. As they were built: a running kernel patches its alternatives, retpolines and keys.
 */
const void *image__at(const struct image *img, uint64_t addr, size_t *left,
		      const char **section);
/* Copy size bytes of the image at addr. 0, or -ENOENT when not in the file. */
int image__bytes(const struct image *img, uint64_t addr, void *buf,
		 size_t size);

/* False when there is no debug file. */
bool image__has_debug(const struct image *img);
/* Source file (below the kernel's tree) and line of addr. */
bool image__line(struct image *img, uint64_t addr, const char **file,
		 int *line);
/* image_lines.c. The source file that was compiled to what is at addr, or NULL. */
const char *image__unit(struct image *img, uint64_t addr);
/* The function whose source that is, inlined or not, or NULL. */
const char *image__source_func(struct image *img, uint64_t addr);
/* Code of one line, from one address up to another. */
struct line_row {
	uint64_t from, to;
	const char *file;	/* lives as long as the image */
	int line;
};
/*
 * All code of the lines of these source files, wherever it was inlined: *nr rows by
 * file, line and address, allocated; the caller frees it. NULL: there is none.
 */
struct line_row *image__rows(struct image *img, const struct strlist *files,
			     size_t *nr);
/*
 * Bytes of stack that a function takes at its deepest, return address included
 * and callees not, from its CFI; -1 when not known: no debug file, no CFI, or
 * a frame that rbp tells (its CFI does not say how far it reaches).
 */
long image__frame(struct image *img, const struct func *f);
/*
 * How many parameters it has in the source, though a clone dropped some; -1
 * when not known: only the objects of the handler have full types.
 */
int image__args(struct image *img, const struct func *f);
/* Byte offset of "a.b.c" in struct name, unnamed members looked into; or -1. */
long image__offset_of(struct image *img, const char *name,
		      const char *member);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What image.c and image_debug.c share, and nobody else.
 */
#ifndef FAULTLINE_IMAGE_PRIV_H
#define FAULTLINE_IMAGE_PRIV_H

#include <elfutils/libdw.h>
#include <gelf.h>

#include "image.h"

/* Ranges by rising address that an address can be looked up in. */
struct table {
	struct func *func;
	size_t nr;
	ssize_t *outer;		/* the range that this one begins in, or -1 */
};

struct image_debug;

struct image {
	int fd;
	Elf *elf;
	char build_id[2 * 64 + 1];
	struct table text, data;
	struct func *named;	/* text by name, aliases included */
	size_t nr_named;
	struct image_debug *debug;	/* NULL: no debug file */
};

/* Its build id in hex; "" where it has none. */
void image__read_build_id(Elf *elf, char *hex, size_t size);

/* NULL with err when path is no debug file of the image. */
struct image_debug *image_debug__open(const char *path, const char *build_id,
				      char *err, size_t errlen);
void image_debug__close(struct image_debug *d);
/* What libdw reads, and a path below the kernel's tree, which lives as long. */
Dwarf *image_debug__dwarf(struct image_debug *d);
const char *image_debug__source(struct image_debug *d, const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory that Bochs starts with: a kernel at the addresses it is linked
 * for, its initramfs and command line, and what the PVH entry wants to know,
 * in one file that Bochs reads to one address. bochs-rom.S jumps into it.
 */
#ifndef FAULTLINE_BOCHS_IMAGE_H
#define FAULTLINE_BOCHS_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "bochs_rom.h"

struct bochs_image {
	const char *vmlinux, *initrd;	/* files */
	const char *cmdline;
	uint64_t memory;		/* bytes that the host has */
};

/*
 * Write the image to the file `path`. Return: 0, or -errno with a message in
 * @err; -ENOSPC where the disk is full.
 */
int bochs_image__write(const struct bochs_image *image, const char *path,
		       char *err, size_t errlen);

#endif

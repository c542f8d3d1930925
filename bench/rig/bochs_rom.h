/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the image lies and how it begins, for the ROM that jumps into it
 * (bochs-rom.S) and for what writes it (bochs_image.c).
 */
#ifndef FAULTLINE_BOCHS_ROM_H
#define FAULTLINE_BOCHS_ROM_H

/* One block of Bochs's memory below 16 MiB, where kernels are linked for. */
#define IMAGE_BLOCK	0x20000
#define IMAGE_ADDRESS	(0x1000000 - IMAGE_BLOCK)

/* 32-bit words at its beginning, as byte offsets. */
#define IMAGE_NR_BLOCKS	0	/* of IMAGE_BLOCK bytes that the image covers */
#define IMAGE_ENTRY	4	/* physical address of the kernel's PVH entry */
#define IMAGE_START	8	/* ... of its struct hvm_start_info */
#define IMAGE_HEADER	16	/* bytes */

#endif

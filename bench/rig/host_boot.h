/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What every emulated host is started with, whichever program emulates it.
 */
#ifndef FAULTLINE_HOST_BOOT_H
#define FAULTLINE_HOST_BOOT_H

#include "boot.h"

/*
 * Write the initramfs to b->input: the host's archive, and those that the
 * workload needs as well. A part of a boot_kind's prepare(), with its return.
 */
int host_boot__initrd(struct boot *b);
/*
 * Why what would be booted, or was, is not what the record says and what this
 * process booted before: the kernel's file, or the host's archive. Allocated, the
 * caller frees it; NULL: all is as it was.
 */
char *host_boot__changed(const struct boot *b);
/* Return: what profile and workload add to the command line; the caller frees it. */
char *host_boot__cmdline(const struct boot_job *job);
/* Return: the kernel's file in that link layout (0: the plain one); the caller frees it. */
char *host_boot__vmlinux(const char *kernel, uint64_t layout);

#endif

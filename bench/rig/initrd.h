/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The initramfs of one boot. The kernel unpacks one archive after another, so
 * what a boot needs of its own follows the host's archive.
 */
#ifndef FAULTLINE_INITRD_H
#define FAULTLINE_INITRD_H

#include <stdio.h>

#include "plan.h"

/*
 * The archive with init and the guests: build/host.cpio, or what
 * FAULTLINE_HOST_CPIO names. Return: its path, allocated, the caller frees it.
 */
char *initrd__host(void);
/*
 * Write the archives in `cpios`, one after another up to a NULL, then one that
 * holds the plan and so many pages that nobody reads. Return: 0, or -errno.
 */
int initrd__write(const char *path, const char *const *cpios,
		  const struct plan_cell *cell, uint64_t pad_pages);

/*
 * The same in three steps, for other content. Names are absolute paths in the
 * host. initrd__open() returns NULL with errno set, initrd__close() 0 or
 * -errno, of any step.
 */
FILE *initrd__open(const char *path, const char *host_cpio);
void initrd__add(FILE *f, unsigned int mode, const char *name,
		 const char *data, size_t size);
int initrd__close(FILE *f);

#endif

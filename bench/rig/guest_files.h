/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of the Linux guest.
 */
#ifndef FAULTLINE_GUEST_FILES_H
#define FAULTLINE_GUEST_FILES_H

#include "catalog.h"
#include "record.h"

/* Return: does the workload run in the Linux guest? */
bool guest_files__wanted(const struct workload *w);
/*
 * Find or build them, and add their checksums to r->host. FAULTLINE_GUEST
 * names another folder. Return: their folder, allocated, the caller frees it;
 * or NULL with a message in r->why.
 */
char *guest_files__dir(const char *base, struct record *r);
/* The same. Return: the archive that brings them into a host's initramfs. */
char *guest_files__archive(const char *base, struct record *r);

#endif

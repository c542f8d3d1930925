/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All attributions of a packed run in one file, attribution.jsonl.xz: a line
 * {"name":NAME,"attribution":OBJECT} each, NAME what the boot's own file would be
 * called without its ends. They are nearly alike, and xz sees it only side by side.
 */
#ifndef FAULTLINE_ATTRIBUTION_ARCHIVE_H
#define FAULTLINE_ATTRIBUTION_ARCHIVE_H

#include "run.h"

struct archived {
	char *name;
	const char *text;	/* of the object; no zero ends it */
	size_t size;
};

struct archive {
	char *path;
	char wrong[256];	/* why it cannot be believed, with its path, or "" */
	struct archived *item;	/* by name */
	size_t nr;
	char *text;		/* what the items point into */
};

/*
 * The archive of a run, or NULL where it has none. It is unpacked once, kept for
 * the others who ask, and read anew when the file is another one; it belongs to
 * this file, and is good until it is asked for again.
 */
const struct archive *archive__of(const struct run *run);

/* The first of that name in the file, or NULL. */
const struct archived *archive__find(const struct archive *a, const char *name);

/*
 * Write the items, which are sorted for it, as the archive of @run: to the disk,
 * whole or not at all, and read back. Return: 0, or -errno.
 */
int archive__write(const struct run *run, struct archived *item, size_t nr);

#endif

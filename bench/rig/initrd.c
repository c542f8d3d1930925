// SPDX-License-Identifier: GPL-2.0
/*
 * The initramfs of one boot. The kernel unpacks one archive after another, so
 * the plan rides behind the host's archive as a second, tiny one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

/* One entry of the "newc" format: Documentation/driver-api/early-userspace. */
static void cpio_entry(FILE *f, unsigned int ino, unsigned int mode,
		       const char *name, const char *data, size_t size)
{
	static const char zero[4];
	size_t name_size = strlen(name) + 1;

	fprintf(f, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x",
		ino, mode, 0, 0, 1, 0, size, 0, 0, 0, 0, name_size, 0);
	fwrite(name, name_size, 1, f);
	fwrite(zero, -(110 + name_size) & 3, 1, f);
	fwrite(data, size, 1, f);
	fwrite(zero, -size & 3, 1, f);
}

int initrd__write(const char *path, const char *host_cpio,
		  const struct plan_cell *cell)
{
	size_t host_size, plan_size;
	char *host = path_read(host_cpio, &host_size), *plan = NULL;
	FILE *f, *text;
	int r = 0;

	if (!host)
		return -errno;
	text = open_memstream(&plan, &plan_size);
	plan__print_header(text);
	plan__print(text, cell);
	fclose(text);

	f = fopen(path, "w");
	if (f) {
		fwrite(host, host_size, 1, f);
		for (size_t i = host_size; i & 3; i++)
			fputc(0, f);
		cpio_entry(f, 1, 0100644, PLAN_FILE + 1, plan, plan_size);
		cpio_entry(f, 0, 0, "TRAILER!!!", "", 0);
		if (ferror(f))
			r = -EIO;
	}
	if (!f || fclose(f))
		r = -errno;
	free(plan);
	free(host);
	return r;
}

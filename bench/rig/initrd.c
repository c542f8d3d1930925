// SPDX-License-Identifier: GPL-2.0
/*
 * The initramfs of one boot. The kernel unpacks one archive after another, so
 * the plan follows the host's archive as a second, tiny one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "initrd.h"
#include "util.h"

char *initrd__host(void)
{
	const char *other = getenv("FAULTLINE_HOST_CPIO");

	return other ? xstrdup(other) : path_in_root("build/host.cpio");
}

/* A whole archive, up to a multiple of four bytes. Return: 0 or -errno. */
static int append(FILE *f, const char *cpio)
{
	size_t size;
	char *text = path_read(cpio, &size);

	if (!text)
		return -errno;
	fwrite(text, size, 1, f);
	for (; size & 3; size++)
		fputc(0, f);
	free(text);
	return 0;
}

FILE *initrd__open(const char *path, const char *host_cpio)
{
	FILE *f = fopen(path, "w");

	if (f && append(f, host_cpio)) {
		fclose(f);
		return NULL;
	}
	return f;
}

#define PAD_FILE	"/pad"	/* that nobody reads */
#define PAGE		4096

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

void initrd__add(FILE *f, unsigned int mode, const char *name,
		 const char *data, size_t size)
{
	/* The number only tells hard links, of which there are none. */
	cpio_entry(f, 1, mode, name + 1, data, size);
}

int initrd__close(FILE *f)
{
	int r = 0;

	cpio_entry(f, 0, 0, "TRAILER!!!", "", 0);
	if (ferror(f))
		r = -EIO;
	if (fclose(f))
		r = -errno;
	return r;
}

static void add_pad(FILE *f, uint64_t pages)
{
	char *zero = xcalloc(pages, PAGE);

	initrd__add(f, 0100644, PAD_FILE, zero, pages * PAGE);
	free(zero);
}

int initrd__write(const char *path, const char *const *cpios,
		  const struct plan_cell *cell, uint64_t pad_pages)
{
	FILE *f = initrd__open(path, *cpios++), *text;
	char *plan = NULL;
	size_t plan_size;
	int r;

	if (!f)
		return -errno;
	for (; *cpios; cpios++) {
		r = append(f, *cpios);
		if (r) {
			fclose(f);
			return r;
		}
	}
	text = open_memstream(&plan, &plan_size);
	plan__print_header(text);
	plan__print(text, cell);
	fclose(text);
	initrd__add(f, 0100644, PLAN_FILE, plan, plan_size);
	free(plan);
	if (pad_pages)
		add_pad(f, pad_pages);
	return initrd__close(f);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Loaded into Bochs before the C library: its standard output gets a buffer,
 * whatever Bochs asks for. A line of its trace is printed in pieces, and without a
 * buffer each of them is a system call, which takes ten times as long.
 */
#include <dlfcn.h>
#include <stdio.h>

#define EXPORT	__attribute__((visibility("default")))

static char room[1 << 16];

EXPORT int setvbuf(FILE *f, char *buf, int mode, size_t size)
{
	static int (*real)(FILE *, char *, int, size_t);

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "setvbuf");
	if (f == stdout)
		return real(f, room, _IOFBF, sizeof(room));
	return real(f, buf, mode, size);
}

EXPORT void setbuf(FILE *f, char *buf)
{
	setvbuf(f, buf, buf ? _IOFBF : _IONBF, BUFSIZ);
}

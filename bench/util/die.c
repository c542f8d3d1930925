// SPDX-License-Identifier: GPL-2.0
/*
 * Messages and memory: a program that cannot go on says why and what to do.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

static void say(const char *kind, const char *fmt, va_list ap)
{
	flockfile(stderr);
	fprintf(stderr, "faultline: %s", kind);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	funlockfile(stderr);
}

_Noreturn void die(enum faultline_exit code, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("", fmt, ap);
	va_end(ap);
	exit(code);
}

void warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("warning: ", fmt, ap);
	va_end(ap);
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die(EXIT_INTERNAL, "out of memory (%zu bytes)", n * size);
	return p;
}

void *xrealloc(void *old, size_t size)
{
	void *p = realloc(old, size ? size : 1);

	if (!p)
		die(EXIT_INTERNAL, "out of memory (%zu bytes)", size);
	return p;
}

char *xstrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(xcalloc(1, n), s, n);
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s;

	if (vasprintf(&s, fmt, ap) < 0)
		die(EXIT_INTERNAL, "out of memory");
	return s;
}

FILE *xmemstream(char **text, size_t *size)
{
	FILE *f = open_memstream(text, size);

	if (!f)
		die(EXIT_INTERNAL, "out of memory");
	return f;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Where things are, and what is in them.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util.h"

const char *path_root(void)
{
	static char root[PATH_MAX];
	const char *env = getenv("FAULTLINE_ROOT");
	ssize_t n;
	char *slash;

	if (root[0])
		return root;
	if (env && realpath(env, root))
		return root;
	n = readlink("/proc/self/exe", root, sizeof(root) - 1);
	for (int up = 0; n > 0 && up < 2; up++) {	/* build/faultline */
		slash = strrchr(root, '/');
		if (slash)
			*slash = '\0';
	}
	if (n <= 0 || !root[0])
		die(EXIT_MISSING, "cannot tell which checkout this program is of; set FAULTLINE_ROOT");
	return root;
}

char *path_in_root(const char *fmt, ...)
{
	char *tail, *path;
	va_list ap;

	va_start(ap, fmt);
	tail = xvasprintf(fmt, ap);
	va_end(ap);
	path = xasprintf("%s/%s", path_root(), tail);
	free(tail);
	return path;
}

char *path_cache(void)
{
	const char *own = getenv("FAULTLINE_CACHE");
	const char *xdg = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");

	if (own)
		return xstrdup(own);
	if (xdg)
		return xasprintf("%s/faultline", xdg);
	return xasprintf("%s/.cache/faultline", home ? home : "");
}

static char *below_system(const char *fmt, va_list ap)
{
	char *tail = xvasprintf(fmt, ap);
	char *path = xasprintf("%s%s", getenv("FAULTLINE_SYSFS") ?: "", tail);

	free(tail);
	return path;
}

char *path_of_system(const char *fmt, ...)
{
	va_list ap;
	char *path;

	va_start(ap, fmt);
	path = below_system(fmt, ap);
	va_end(ap);
	return path;
}

char *path_system_line(const char *fmt, ...)
{
	va_list ap;
	char *path, *text;
	int e;

	va_start(ap, fmt);
	path = below_system(fmt, ap);
	va_end(ap);
	text = path_read(path, NULL);
	e = errno;
	if (text)
		text[strcspn(text, "\n")] = '\0';
	free(path);
	errno = e;
	return text;
}

int path_make(const char *dir)
{
	char *copy = xstrdup(dir);
	int r = 0;

	for (char *p = copy + 1; !r; p++) {
		char c = *p;

		if (c && c != '/')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) && errno != EEXIST)
			r = -errno;
		*p = c;
		if (!c)
			break;
	}
	free(copy);
	return r;
}

bool path_exists(const char *path)
{
	return !access(path, F_OK);
}

char *path_read(const char *path, size_t *size)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t n = 0, room = 0, got;

	if (!f)
		return NULL;
	do {
		room = room ? 2 * room : 4096;
		text = xrealloc(text, room + 1);
		got = fread(text + n, 1, room - n, f);
		n += got;
	} while (n == room);
	if (ferror(f)) {
		int e = errno;

		fclose(f);
		free(text);
		errno = e;
		return NULL;
	}
	fclose(f);
	text[n] = '\0';
	if (size)
		*size = n;
	return text;
}

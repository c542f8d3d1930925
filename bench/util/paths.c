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

/* Cut off the last component. */
static void up(char *path)
{
	char *slash = strrchr(path, '/');

	if (slash)
		*slash = '\0';
}

/*
 * A checkout is what build/faultline is in. Installed, the program is
 * PREFIX/lib/faultline/faultline and its data is PREFIX/share/faultline, which
 * looks like a checkout and has the file `revision`.
 */
static bool find_root(char root[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", root, PATH_MAX - 1);
	char *mark;
	size_t len;

	if (n <= 0)
		return false;
	root[n] = '\0';
	up(root);
	up(root);
	len = strlen(root);
	if (len >= 4 && !strcmp(root + len - 4, "/lib")) {
		mark = xasprintf("%.*s/share/faultline/revision",
				 (int)len - 4, root);
		if (path_exists(mark) && strlen(mark) < PATH_MAX) {
			strcpy(root, mark);
			up(root);
		}
		free(mark);
	}
	return root[0];
}

const char *path_root(void)
{
	static char root[PATH_MAX];
	const char *env = getenv("FAULTLINE_ROOT");

	if (root[0] || (env && realpath(env, root)))
		return root;
	if (!find_root(root))
		return ".";
	return root;
}

int path_check_root(struct err *err)
{
	if (*path_root() == '/')
		return 0;
	return err__set(err, EXIT_MISSING, "cannot tell which checkout this program is of; set FAULTLINE_ROOT");
}

bool path_is_installed(void)
{
	char *mark = path_in_root("revision");
	bool there = path_exists(mark);

	free(mark);
	return there;
}

char *path_in_results(const char *fmt, ...)
{
	const char *env = getenv("FAULTLINE_RESULTS");
	char *dir, *tail, *path;
	va_list ap;

	if (env && *env)
		dir = xstrdup(env);
	else if (path_is_installed())
		dir = xstrdup("results");
	else
		dir = path_in_root("results");
	va_start(ap, fmt);
	tail = xvasprintf(fmt, ap);
	va_end(ap);
	path = xasprintf("%s%s%s", dir, *tail ? "/" : "", tail);
	free(tail);
	free(dir);
	return path;
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

bool path_is_link(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISLNK(st.st_mode);
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

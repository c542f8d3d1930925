// SPDX-License-Identifier: GPL-2.0
/*
 * The layout of a struct; see layout.h.
 */
#include <stdlib.h>
#include <string.h>

#include "layout.h"
#include "util.h"

/* pahole writes on stderr that it found no such type; that is said here. */
static char *run_pahole(const char *name, const char *file, int *code)
{
	const char *argv[] = {
		"sh", "-c", "exec pahole -C \"$1\" \"$2\" 2>/dev/null", "sh",
		name, file, NULL
	};

	return spawn__capture(argv, code);
}

char *layout__text(const char *dir, const char *name, char *err,
		   size_t errlen)
{
	char *file = xasprintf("%s/vmlinux.debug", dir), *text = NULL;
	char *pahole = spawn__which("pahole");
	int code = 0;

	if (!path_exists(file)) {
		snprintf(err, errlen, "no %s: built before debug files were kept; remove the folder and build the kernel again",
			 file);
	} else if (!pahole) {
		snprintf(err, errlen, "no pahole on PATH; install the package dwarves");
	} else {
		text = run_pahole(name, file, &code);
		/* It ends with 0 or 1 where it finds nothing, by version. */
		if (!*text) {
			if (code > 1)
				snprintf(err, errlen, "pahole ended with %d on %s; run pahole -C %s on it",
					 code, file, name);
			else
				snprintf(err, errlen, "no struct %s", name);
			free(text);
			text = NULL;
		}
	}
	free(pahole);
	free(file);
	return text;
}

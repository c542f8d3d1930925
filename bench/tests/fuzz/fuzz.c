// SPDX-License-Identifier: GPL-2.0
/* See fuzz.h. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"

void fuzz_error(const struct err *e)
{
	MUST(e->code != EXIT_INTERNAL && e->code != EXIT_OK);
	MUST(*e->text);
}

static char dir[64];

static void remove_dir(void)
{
	char *command = xasprintf("rm -rf %s", dir);

	if (system(command))
		perror(dir);
	free(command);
}

const char *fuzz_dir(void)
{
	if (!*dir) {
		snprintf(dir, sizeof(dir), "/dev/shm/faultline-fuzz.%d",
			 (int)getpid());
		MUST(!path_make(dir));
		atexit(remove_dir);
	}
	return dir;
}

void fuzz_file(const char *name, const void *data, size_t size)
{
	char *path = xasprintf("%s/%s", fuzz_dir(), name), *slash;
	int fd;

	slash = strrchr(path, '/');
	*slash = '\0';
	MUST(!path_make(path));
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	close(fd);
	free(path);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * One run at a time in one checkout: a lock that ends with the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "util.h"

static int take(const char *path, const char *what, struct err *err)
{
	char pid[32] = "";
	ssize_t n;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

	if (fd < 0)
		return err__set(err, EXIT_STORAGE, "%s: %s", path,
				strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB)) {
		n = read(fd, pid, sizeof(pid) - 1);
		pid[n > 0 ? strcspn(pid, "\n") : 0] = '\0';
		close(fd);
		return err__set(err, EXIT_BUSY, "%s is taken by process %s; wait for it, or stop it (lock: %s)",
				what, pid[0] ? pid : "unknown", path);
	}
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(fd, 0) || pwrite(fd, pid, strlen(pid), 0) < 0)
		warn("%s: %s", path, strerror(errno));
	/* fd stays open: the lock is held to the end of the process */
	return 0;
}

int lock__take_checkout(struct err *err)
{
	const char *env = getenv("FAULTLINE_RUN_LOCK");
	char *cache = path_cache(), *path;
	int r;

	if (env && *env) {
		path = xstrdup(env);
	} else if (path_is_installed()) {
		path_make(cache);
		path = xasprintf("%s/run.lock", cache);
	} else {
		path = path_in_root("build/.run.lock");
	}
	r = take(path, path_is_installed() ? "this cache" : "this checkout",
		 err);
	free(path);
	free(cache);
	return r;
}

void lock__hold_folder(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* fd stays open: the lock is held to the end of the process */
	if (fd >= 0 && flock(fd, LOCK_SH | LOCK_NB))
		close(fd);
}

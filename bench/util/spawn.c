// SPDX-License-Identifier: GPL-2.0
/*
 * Child processes: run to their end, to a limit, or until asked to stop, and
 * never left behind.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

static void redirect(const char *path, int flags, int fd)
{
	int to;

	if (!path)
		return;
	to = open(path, flags | O_CLOEXEC, 0666);
	if (to < 0 || dup2(to, fd) < 0)
		_exit(127);
}

static pid_t start(const struct spawn *s)
{
	pid_t parent = getpid(), pid = fork();

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	signal(SIGINT, SIG_IGN);	/* the parent decides */
	redirect(s->stdin_path, O_RDONLY, STDIN_FILENO);
	redirect(s->stdout_path, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO);
	redirect(s->stderr_path, O_WRONLY | O_CREAT | O_TRUNC, STDERR_FILENO);
	execvp(s->argv[0], (char *const *)s->argv);
	_exit(127);
}

struct spawned spawn__begin(const struct spawn *s)
{
	struct spawned child = {
		.until = s->limit_s ? now_s() + s->limit_s : 0,
		.stop = s->stop,
		.pid = start(s),
	};

	child.error = child.pid < 0 ? errno : 0;
	return child;
}

enum spawn_end spawn__wait(const struct spawned *s, int *status)
{
	const double until = s->until;
	enum spawn_end end = SPAWN_EXITED;
	const pid_t pid = s->pid;
	int fd, st;

	if (pid < 0) {
		*status = s->error;
		return SPAWN_FAILED;
	}
	fd = syscall(SYS_pidfd_open, pid, 0);
	while (fd >= 0) {
		struct pollfd p = { .fd = fd, .events = POLLIN };

		if (poll(&p, 1, 50) > 0)
			break;
		if (until && now_s() > until)
			end = SPAWN_LIMIT;
		else if (s->stop && s->stop())
			end = SPAWN_STOPPED;
		else
			continue;
		kill(pid, SIGKILL);
		break;
	}
	if (fd >= 0)
		close(fd);
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (end != SPAWN_EXITED) {
		*status = 0;
		return end;
	}
	if (WIFSIGNALED(st)) {
		*status = WTERMSIG(st);
		return SPAWN_SIGNALED;
	}
	*status = WEXITSTATUS(st);
	return SPAWN_EXITED;
}

enum spawn_end spawn__run(const struct spawn *s, int *status)
{
	const struct spawned child = spawn__begin(s);

	return spawn__wait(&child, status);
}

char *spawn__capture(const char *const *argv, int *code)
{
	int p[2], st = 0;
	size_t n = 0, room = 4096;
	char *text = xcalloc(1, room + 1);
	ssize_t got;
	pid_t pid;

	*code = 127;
	if (pipe2(p, O_CLOEXEC))
		return text;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(p[1], STDOUT_FILENO);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(p[1]);
	while (pid > 0 && ((got = read(p[0], text + n, room - n)) > 0 ||
			   (got < 0 && errno == EINTR))) {
		if (got < 0)
			continue;
		n += got;
		if (n == room) {
			room *= 2;
			text = xrealloc(text, room + 1);
		}
	}
	close(p[0]);
	text[n] = '\0';
	while (pid > 0 && waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (pid > 0)
		*code = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	return text;
}

char *spawn__which(const char *program)
{
	struct strlist dirs = { 0 };
	char *found = NULL;

	if (strchr(program, '/'))
		return access(program, X_OK) ? NULL : xstrdup(program);
	strlist__split(&dirs, getenv("PATH") ?: "/usr/bin:/bin", ':');
	for (size_t i = 0; i < dirs.nr && !found; i++) {
		char *path = xasprintf("%s/%s", dirs.item[i], program);

		if (!access(path, X_OK))
			found = path;
		else
			free(path);
	}
	strlist__free(&dirs);
	return found;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Scripts that build: they run for minutes, start make and compilers, and hold
 * locks. None of that outlives the script, the command that wanted it, or a
 * signal to that command, not even SIGKILL.
 *
 * Between the command and the script there is a keeper, a process of our own.
 * The kernel tells it when the command dies, and gives it whatever the script
 * leaves (PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER). It ends when there is
 * nothing left to keep, so a command that has come back has left no process and
 * no lock. Keeper and script are each in a process group of their own: Ctrl-C at
 * a terminal reaches the command alone, which decides and says what was kept.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util.h"

#define STRAGGLERS_S	0.5	/* for what writes the last line of a script that ended */
#define AGAIN_S		1	/* from one SIGTERM to the next */
#define GRACE_S		2	/* from the first to SIGKILL */
#define SCRIPT_FILES	32	/* that a script and its pipes have open */
#define TURN_MS		50	/* between two looks at who is left */

struct keeper {
	pid_t script;			/* leads a group */
	int status;			/* as waitpid() has it */
	double ending;			/* from when on, now_s(); 0: it may run */
	double next;			/* when to send SIGTERM again */
};

/* In the script: no terminal to read from, and one that may be written to. */
static _Noreturn void be_script(const char *const *argv, const sigset_t *mask)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	close_range(3, ~0U, 0);
	signal(SIGINT, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGTTOU, SIG_IGN);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], (char *const *)argv);
	_exit(127);
}

/* What the script left, in whatever group it is: the kernel gave it to us. */
static void signal_children(int sig)
{
	char text[4096];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0)
		close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *p = text; *p;) {
		pid_t pid = strtol(p, &p, 10);

		if (pid > 0)
			kill(pid, sig);
		while (isspace((unsigned char)*p))
			p++;
	}
}

static void end_all(struct keeper *k)
{
	double now = now_s();
	int sig = now - k->ending < GRACE_S ? SIGTERM : SIGKILL;

	if (now < k->ending || (sig == SIGTERM && now < k->next))
		return;
	k->next = now + AGAIN_S;
	kill(-k->script, sig);
	signal_children(sig);
}

/* Return: whether anything is left that the script started. */
static bool reap(struct keeper *k)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != k->script)
			continue;
		k->status = status;
		if (!k->ending)
			k->ending = now_s() + STRAGGLERS_S;
	}
	return !pid;
}

static _Noreturn void be_keeper(const char *const *argv, pid_t command, int out,
				const sigset_t *mask, const sigset_t *wanted)
{
	static const struct timespec turn = { 0, TURN_MS * 1000000L };
	struct keeper k = { 0 };

	setpgid(0, 0);
	prctl(PR_SET_NAME, "faultline-keep");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != command || dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	/* A lock of the command is not ours to hold. */
	close_range(3, ~0U, 0);
	k.script = fork();
	if (!k.script)
		be_script(argv, mask);
	if (k.script < 0)
		_exit(127);
	setpgid(k.script, k.script);
	while (reap(&k)) {
		if (sigtimedwait(wanted, NULL, &turn) == SIGTERM)
			k.ending = now_s();
		if (k.ending)
			end_all(&k);
	}
	_exit(WIFEXITED(k.status) ? WEXITSTATUS(k.status) :
				    128 + WTERMSIG(k.status));
}

static pid_t begin(const char *const *argv, int out)
{
	pid_t command = getpid(), pid;
	sigset_t wanted, all, mask;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGCHLD);
	sigfillset(&all);
	/* What the keeper waits for must not come before it can. */
	pthread_sigmask(SIG_BLOCK, &all, &mask);
	pid = fork();
	if (!pid)
		be_keeper(argv, command, out, &mask, &wanted);
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

/* All of the pipe to its end, allocated; a wish to stop is handed on once. */
static char *read_all(int fd, pid_t keeper)
{
	size_t n = 0, room = 4096;
	char *text = xcalloc(1, room + 1);
	struct pollfd p = { .fd = fd, .events = POLLIN };
	bool told = false;
	ssize_t got;

	for (;;) {
		if (!told && stop__asked()) {
			kill(keeper, SIGTERM);
			told = true;
		}
		if (poll(&p, 1, TURN_MS) <= 0)
			continue;
		got = read(fd, text + n, room - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		n += got;
		if (n == room) {
			room *= 2;
			text = xrealloc(text, room + 1);
		}
	}
	text[n] = '\0';
	return text;
}

/* Scripts say it themselves, if they come as far. */
static bool has_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) || files.rlim_cur >= SCRIPT_FILES)
		return true;
	warn("a process may open %llu files here, and the scripts need %d; run: ulimit -n 1024",
	     (unsigned long long)files.rlim_cur, SCRIPT_FILES);
	return false;
}

/* No process, descriptor or memory for it; a script's own 127 is a program it lacks. */
static int not_started(const char *script)
{
	warn("%s could not be started, or lacks a program: this machine has no process, descriptor or memory left for it; the same command goes on from there",
	     script);
	return EXIT_MISSING;
}

char *spawn__script(const char *const *argv, int *code)
{
	struct stop_saved saved;
	int p[2], st = 0;
	char *text;
	pid_t pid;

	*code = EXIT_MISSING;
	if (!has_files())
		return xstrdup("");
	*code = 127;
	if (pipe2(p, O_CLOEXEC)) {
		*code = not_started(argv[0]);
		return xstrdup("");
	}
	stop__hold(&saved);
	pid = begin(argv, p[1]);
	close(p[1]);
	text = pid > 0 ? read_all(p[0], pid) : xstrdup("");
	close(p[0]);
	while (pid > 0 && waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (pid > 0)
		*code = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	if (stop__asked())
		*code = EXIT_INTERRUPTED;
	if (*code == 127)
		*code = not_started(argv[0]);
	stop__release(&saved);
	return text;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a command and does something to it, for `make torture`: a system call that
 * fails when it is made for the N-th time, a signal at a moment, a power cut. And it
 * says what the command left running.
 *
 *	plant [--left FILE] [--grace SECONDS] [--fail KIND:ERROR:N[+]:FOLDER]
 *	      [--calls FILE] [--at MS:ACTION] COMMAND [ARGUMENT...]
 *
 * --fail write: what changes files below FOLDER; fork: a new process or thread. N
 * alone: that call, N+: and all after it. ERROR is a number. --calls: how many calls
 * there were. Every process of the command counts, static or not, as the kernel asks
 * us for each call (seccomp's user notification).
 *
 * --at: ACTION is kill-all, kill-one, kill-command, term-command, int-command,
 * stop=NAME (MS after a process of that name came up) or cut=SCRIPT: all is stopped,
 * the script is run, all is killed.
 *
 * --left: what is left of it after its end and GRACE seconds (3), a line each; it is
 * killed then. The exit code is the command's, 128 and more by a signal, 126 where
 * the fault cannot be planted on this kernel.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define CANNOT		126
#define MAX_TREE	4096

/* Where a call has the file it changes: a descriptor, or a path below a folder's. */
enum where { FD, PATH, AT_PATH, OPEN, OPEN_AT, NOWHERE };

struct call {
	int nr;
	const char *kind;
	enum where where;
	int arg;		/* of the descriptor, or of the path */
};

static const struct call calls[] = {
	{ SYS_write, "write", FD, 0 }, { SYS_pwrite64, "write", FD, 0 },
	{ SYS_writev, "write", FD, 0 }, { SYS_pwritev, "write", FD, 0 },
	{ SYS_pwritev2, "write", FD, 0 }, { SYS_sendfile, "write", FD, 0 },
	{ SYS_copy_file_range, "write", FD, 2 }, { SYS_fsync, "write", FD, 0 },
	{ SYS_fdatasync, "write", FD, 0 }, { SYS_ftruncate, "write", FD, 0 },
	{ SYS_fallocate, "write", FD, 0 }, { SYS_open, "write", OPEN, 0 },
	{ SYS_openat, "write", OPEN_AT, 1 }, { SYS_creat, "write", PATH, 0 },
	{ SYS_mkdir, "write", PATH, 0 }, { SYS_mkdirat, "write", AT_PATH, 1 },
	{ SYS_rename, "write", PATH, 1 }, { SYS_renameat, "write", AT_PATH, 3 },
	{ SYS_renameat2, "write", AT_PATH, 3 }, { SYS_link, "write", PATH, 1 },
	{ SYS_linkat, "write", AT_PATH, 3 }, { SYS_symlink, "write", PATH, 1 },
	{ SYS_symlinkat, "write", AT_PATH, 2 },
	{ SYS_fork, "fork", NOWHERE, 0 }, { SYS_vfork, "fork", NOWHERE, 0 },
	{ SYS_clone, "fork", NOWHERE, 0 }, { SYS_clone3, "fork", NOWHERE, 0 },
};

static struct {
	const char *left, *calls_path, *at;
	double grace;
	char *kind, *below;
	int error;
	unsigned long n, seen;
	bool onwards;
} opt = { .grace = 3 };

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static _Noreturn void cannot(const char *what)
{
	fprintf(stderr, "plant: %s: %s\n", what, strerror(errno));
	exit(CANNOT);
}

/* --- who is there --- */

struct process {
	pid_t pid, parent;
	char name[32];
	bool ours;
};

static bool read_process(const char *pid, struct process *p)
{
	char path[64], text[512], *name, *end;
	int fd;
	ssize_t n;
	char state;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (fd >= 0)
		close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	name = strchr(text, '(');
	end = strrchr(text, ')');
	if (!name || !end || sscanf(end + 1, " %c %d", &state, &p->parent) != 2)
		return false;
	p->pid = atoi(pid);
	snprintf(p->name, sizeof(p->name), "%.*s", (int)(end - name - 1), name + 1);
	return state != 'Z' && state != 'X';
}

/* Everything that descends from us, as we are where orphans go. */
static size_t descendants(struct process *ours)
{
	static struct process all[MAX_TREE];
	size_t nr = 0, found = 0, before;
	DIR *dir = opendir("/proc");
	struct dirent *e;

	while (dir && (e = readdir(dir)) && nr < MAX_TREE) {
		all[nr].ours = false;
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9' &&
		    read_process(e->d_name, &all[nr]))
			nr++;
	}
	if (dir)
		closedir(dir);
	do {
		before = found;
		for (size_t i = 0; i < nr; i++) {
			bool child = all[i].parent == getpid();

			for (size_t k = 0; k < found && !child; k++)
				child = all[i].parent == ours[k].pid;
			if (!child || all[i].ours)
				continue;
			all[i].ours = true;
			ours[found++] = all[i];
		}
	} while (found != before);
	return found;
}

static struct process tree[MAX_TREE];

static void signal_all(int sig)
{
	/* Once more, for what was just being born. */
	for (int turn = 0; turn < 3; turn++) {
		size_t nr = descendants(tree);

		for (size_t i = 0; i < nr; i++)
			kill(tree[i].pid, sig);
	}
}

/* --- the call that fails --- */

static const struct call *call_of(int nr)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].nr == nr && !strcmp(calls[i].kind, opt.kind))
			return &calls[i];
	}
	return NULL;
}

/* In the child: from here on the kernel asks before each of these calls. */
static int ask_for_calls(void)
{
	struct sock_filter code[2 + 2 * ARRAY_SIZE(calls)];
	struct sock_fprog program = { .filter = code };
	size_t n = 0;

	code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, nr));
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strcmp(calls[i].kind, opt.kind))
			continue;
		code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
			calls[i].nr, 0, 1);
		code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
			SECCOMP_RET_USER_NOTIF);
	}
	code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		       SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void link_of(pid_t pid, const char *what, char *to)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	n = readlink(path, to, PATH_MAX - 1);
	to[n > 0 ? n : 0] = '\0';
}

static void fd_path(pid_t pid, int fd, char *to)
{
	char what[32];

	if (fd == AT_FDCWD)
		strcpy(what, "cwd");
	else
		snprintf(what, sizeof(what), "fd/%d", fd);
	link_of(pid, what, to);
}

/* A text in the memory of another process, up to the end of its page at first. */
static void text_at(pid_t pid, unsigned long long at, char *to)
{
	size_t n = 0;

	while (n < PATH_MAX - 1) {
		size_t room = 4096 - (at + n) % 4096;
		struct iovec here = { to + n, room }, there = { (void *)(at + n), room };

		if (n + room > PATH_MAX - 1)
			here.iov_len = there.iov_len = PATH_MAX - 1 - n;
		if (process_vm_readv(pid, &here, 1, &there, 1, 0) <= 0)
			break;
		if (memchr(to + n, '\0', here.iov_len))
			return;
		n += here.iov_len;
	}
	to[n] = '\0';
}

static bool is_below(const char *path)
{
	size_t n = strlen(opt.below);

	return !strncmp(path, opt.below, n) && (path[n] == '/' || !path[n]);
}

/* Does this call change a file below the folder? */
static bool concerns(const struct call *c, const struct seccomp_notif *q)
{
	const __u64 *arg = q->data.args;
	char path[PATH_MAX], full[2 * PATH_MAX];
	bool at = c->where == AT_PATH || c->where == OPEN_AT;

	switch (c->where) {
	case NOWHERE:
		return true;
	case FD:
		fd_path(q->pid, arg[c->arg], full);
		return is_below(full);
	case OPEN:
	case OPEN_AT:
		if (!(arg[c->arg + 1] & O_CREAT))
			return false;
		/* fallthrough */
	default:
		text_at(q->pid, arg[c->arg], path);
		if (*path == '/')
			return is_below(path);
		fd_path(q->pid, at ? (int)arg[c->arg - 1] : AT_FDCWD, full);
		strcat(full, "/");
		strcat(full, path);
		return is_below(full);
	}
}

static void answer(int listener)
{
	struct seccomp_notif q = { 0 };
	struct seccomp_notif_resp r = { 0 };
	const struct call *c;

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &q))
		return;
	r.id = q.id;
	r.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	c = call_of(q.data.nr);
	if (c && concerns(c, &q)) {
		opt.seen++;
		if (opt.seen == opt.n || (opt.onwards && opt.seen > opt.n)) {
			r.flags = 0;
			r.error = -opt.error;
		}
	}
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &r);
}

/* --- the command --- */

struct shared {
	volatile int listener;	/* the child's number of it; -2: not yet */
	volatile int taken;
};

static pid_t start(char **argv, struct shared *s)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (opt.kind) {
		s->listener = ask_for_calls();
		while (s->listener >= 0 && !s->taken)
			sched_yield();
	}
	execvp(argv[0], argv);
	_exit(127);
}

static int take_listener(pid_t pid, struct shared *s)
{
	int pidfd = syscall(SYS_pidfd_open, pid, 0), fd;

	while (s->listener == -2)
		usleep(1000);
	fd = s->listener < 0 ? -1 : syscall(SYS_pidfd_getfd, pidfd, s->listener, 0);
	if (fd < 0) {
		perror("plant: seccomp");
		kill(pid, SIGKILL);
		exit(CANNOT);
	}
	s->taken = 1;
	close(pidfd);
	return fd;
}

static void signal_name(const char *name, int sig)
{
	size_t nr = descendants(tree);

	for (size_t i = 0; i < nr; i++) {
		if (!strncmp(tree[i].name, name, 15))
			kill(tree[i].pid, sig);
	}
}

static bool is_up(const char *name)
{
	size_t nr = descendants(tree);

	for (size_t i = 0; i < nr; i++) {
		if (!strncmp(tree[i].name, name, 15))
			return true;
	}
	return false;
}

static void act(pid_t command, const char *action, unsigned int ms)
{
	size_t nr;

	if (!strcmp(action, "kill-all")) {
		signal_all(SIGKILL);
	} else if (!strcmp(action, "kill-one")) {
		nr = descendants(tree);
		if (nr)
			kill(tree[ms * 2654435761U / 65536 % nr].pid, SIGKILL);
	} else if (!strcmp(action, "kill-command")) {
		kill(command, SIGKILL);
	} else if (!strcmp(action, "term-command")) {
		kill(command, SIGTERM);
	} else if (!strcmp(action, "int-command")) {
		kill(command, SIGINT);
	} else if (!strncmp(action, "stop=", 5)) {
		signal_name(action + 5, SIGSTOP);
	} else if (!strncmp(action, "cut=", 4)) {
		signal_all(SIGSTOP);
		if (system(action + 4))
			fprintf(stderr, "plant: %s failed\n", action + 4);
		signal_all(SIGKILL);
	} else {
		fprintf(stderr, "plant: no action %s\n", action);
		exit(CANNOT);
	}
}

/* Until the command has ended. Return: its status, as waitpid() has it. */
static int attend(pid_t command, int listener)
{
	const char *action = opt.at ? strchr(opt.at, ':') : NULL;
	unsigned int ms = opt.at ? atoi(opt.at) : 0;
	const char *name = action && !strncmp(action, ":stop=", 6) ? action + 6 : NULL;
	double from = name ? 0 : now_s();
	int status;

	for (;;) {
		struct pollfd p = { .fd = listener, .events = POLLIN };
		pid_t pid;

		if (poll(&p, listener >= 0, action ? 2 : 10) > 0 && p.revents & POLLIN)
			answer(listener);
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			if (pid == command)
				return status;
		}
		if (!action)
			continue;
		if (!from && is_up(name))
			from = now_s();
		if (from && now_s() - from >= ms / 1000.0) {
			act(command, action + 1, ms);
			action = NULL;
		}
	}
}

/* What is left is written down, and ended. */
static void look_around(int listener)
{
	double until = now_s() + opt.grace;
	FILE *f = opt.left ? fopen(opt.left, "w") : NULL;
	size_t nr;

	while ((nr = descendants(tree)) && now_s() < until) {
		struct pollfd p = { .fd = listener, .events = POLLIN };

		if (poll(&p, listener >= 0, 10) > 0 && p.revents & POLLIN)
			answer(listener);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	for (size_t i = 0; i < nr; i++) {
		if (f)
			fprintf(f, "%d %s\n", tree[i].pid, tree[i].name);
		kill(tree[i].pid, SIGKILL);
	}
	if (f)
		fclose(f);
}

static void parse_fail(char *text)
{
	char *error = strchr(text, ':'), *n = error ? strchr(error + 1, ':') : NULL;
	char *below = n ? strchr(n + 1, ':') : NULL;

	if (!below) {
		fprintf(stderr, "plant: --fail KIND:ERROR:N[+]:FOLDER, not %s\n", text);
		exit(CANNOT);
	}
	*error = *n = *below = '\0';
	opt.kind = text;
	opt.error = atoi(error + 1);
	opt.n = strtoul(n + 1, &n, 10);
	opt.onwards = *n == '+';
	opt.below = below + 1;
}

static char **parse(char **argv)
{
	for (argv++; argv[0] && !strncmp(argv[0], "--", 2); argv += 2) {
		if (!argv[1])
			break;
		if (!strcmp(argv[0], "--left"))
			opt.left = argv[1];
		else if (!strcmp(argv[0], "--grace"))
			opt.grace = atof(argv[1]);
		else if (!strcmp(argv[0], "--calls"))
			opt.calls_path = argv[1];
		else if (!strcmp(argv[0], "--at"))
			opt.at = argv[1];
		else if (!strcmp(argv[0], "--fail"))
			parse_fail(argv[1]);
		else
			break;
	}
	if (!argv[0] || argv[0][0] == '-') {
		fprintf(stderr, "plant: what is %s\n", argv[0] ? argv[0] : "the command");
		exit(CANNOT);
	}
	return argv;
}

int main(int argc, char **argv)
{
	struct shared *s = mmap(NULL, sizeof(*s), PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int listener = -1, status;
	pid_t pid;
	FILE *f;

	(void)argc;
	argv = parse(argv);
	if (s == MAP_FAILED)
		cannot("mmap");
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		cannot("a reaper of orphans");
	s->listener = -2;
	pid = start(argv, s);
	if (pid < 0)
		cannot("fork");
	if (opt.kind)
		listener = take_listener(pid, s);
	status = attend(pid, listener);
	look_around(listener);
	f = opt.calls_path ? fopen(opt.calls_path, "w") : NULL;
	if (f) {
		fprintf(f, "%lu\n", opt.seen);
		fclose(f);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

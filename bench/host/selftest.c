// SPDX-License-Identifier: GPL-2.0
/*
 * Init's other task: run the kernel's own selftests, one after another, each in
 * a process group of its own and with a time limit. Their output goes to the
 * console, their outcome to the channel.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "checks.h"
#include "host.h"
#include "wire.h"

#define KSFT_SKIP	4	/* what a selftest exits with */
#define MAX_SETTINGS	8

/* One output of a test, on its way to the console. */
struct stream {
	int fd;
	size_t len;
	char line[512];		/* the one that is not yet whole */
	char last[512];		/* the last that was, but for empty ones */
};

struct setting {
	char path[256], was[128];
};

static int console;

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000ull + t.tv_nsec / 1000000;
}

static void end_of_line(struct stream *s)
{
	while (s->len && strchr(" \r", s->line[s->len - 1]))
		s->len--;
	s->line[s->len] = '\0';
	if (s->len)
		strcpy(s->last, s->line + strspn(s->line, " "));
	s->len = 0;
}

/* Pass on what is there. */
static void pump(struct stream *s)
{
	char buf[1024];
	ssize_t n;

	while ((n = read(s->fd, buf, sizeof(buf))) > 0) {
		if (write(console, buf, n) != n)
			host_die("/dev/console: %s", strerror(errno));
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] == '\n')
				end_of_line(s);
			else if (s->len < sizeof(s->line) - 1)
				s->line[s->len++] = buf[i] == '\t' ? ' ' :
						    buf[i];
		}
	}
}

static void put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		host_die("%s: cannot write '%s': %s", path, text,
			 strerror(errno));
	close(fd);
}

/* Write what the test wants to find; how many files, and what they said. */
static int set_up(char *setup, struct setting *s)
{
	char *save, *item;
	int n = 0;

	if (!strcmp(setup, "-"))
		return 0;
	for (item = strtok_r(setup, ",", &save); item;
	     item = strtok_r(NULL, ",", &save), n++) {
		char *value = strchr(item, '=');
		FILE *f;

		if (!value || n == MAX_SETTINGS)
			host_die("setup: '%s' is not path=value, or one too many",
				 item);
		*value++ = '\0';
		snprintf(s[n].path, sizeof(s[n].path), "%s", item);
		f = fopen(item, "r");
		if (!f || !fgets(s[n].was, sizeof(s[n].was), f))
			host_die("%s: %s", item, strerror(errno));
		fclose(f);
		put_file(item, value);
	}
	return n;
}

static void tear_down(struct setting *s, int n)
{
	while (n--)
		put_file(s[n].path, s[n].was);
}

static _Noreturn void be_test(char *command, int out, int err)
{
	char *argv[CHECKS_MAX_ARGS + 1], *save;
	int n = 0;

	for (char *a = strtok_r(command, " ", &save); a && n < CHECKS_MAX_ARGS;
	     a = strtok_r(NULL, " ", &save))
		argv[n++] = a;
	argv[n] = NULL;
	setpgid(0, 0);
	dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (!chdir("/tmp"))
		execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* The two outputs' reading ends do not block: a test may leave a child. */
static void make_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC) || fcntl(fd[0], F_SETFL, O_NONBLOCK))
		host_die("pipe: %s", strerror(errno));
}

/* Until the test ends or its time is up: whether it ended. */
static bool watch(pid_t pid, uint64_t limit_ms, struct stream *out,
		  struct stream *err)
{
	uint64_t until = now_ms() + limit_ms, now;
	struct pollfd p[] = {
		{ .fd = syscall(SYS_pidfd_open, pid, 0), .events = POLLIN },
		{ .fd = out->fd, .events = POLLIN },
		{ .fd = err->fd, .events = POLLIN },
	};

	if (p[0].fd < 0)
		host_die("pidfd_open: %s", strerror(errno));
	while (!(p[0].revents & POLLIN) && (now = now_ms()) < until) {
		poll(p, 3, until - now);
		pump(out);
		pump(err);
		/* A closed end is always ready: look at it no more. */
		for (int i = 1; i < 3; i++) {
			if (p[i].revents & POLLHUP)
				p[i].fd = -1;
		}
	}
	close(p[0].fd);
	return p[0].revents & POLLIN;
}

static void say_end(const char *name, bool ended, int status, uint64_t ms,
		    const struct stream *out, const struct stream *err)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	/* Why it failed stands in stderr, why it skips in stdout. */
	const char *said = *err->last && code != 0 && code != KSFT_SKIP ?
			   err->last : *out->last ? out->last : err->last;
	const char *outcome = WIRE_FAIL;
	char how[32] = "";

	if (!ended) {
		outcome = WIRE_TIMEOUT;
		snprintf(how, sizeof(how), "after %llu ms: ",
			 (unsigned long long)ms);
	} else if (WIFSIGNALED(status)) {
		outcome = WIRE_SIGNAL;
		snprintf(how, sizeof(how), "signal %d: ", WTERMSIG(status));
	} else if (!code) {
		outcome = WIRE_PASS;
	} else if (code == KSFT_SKIP) {
		outcome = WIRE_SKIP;
	} else {
		snprintf(how, sizeof(how), "exit %d: ", code);
	}
	chan__say("checked %s %s %llu %s%s", name, outcome,
		  (unsigned long long)ms, how, *said ? said : "(no output)");
}

static void run_one(struct check *c)
{
	struct setting setting[MAX_SETTINGS] = { 0 };
	struct stream out = { 0 }, err = { 0 };
	int settings, po[2], pe[2], status;
	uint64_t start;
	bool ended;
	pid_t pid;

	chan__say("check %s", c->name);
	dprintf(console, "# %s: %s\n", c->name, c->command);
	settings = set_up(c->setup, setting);
	make_pipe(po);
	make_pipe(pe);
	start = now_ms();
	pid = fork();
	if (pid < 0)
		host_die("fork: %s", strerror(errno));
	if (!pid)
		be_test(c->command, po[1], pe[1]);
	close(po[1]);
	close(pe[1]);
	out.fd = po[0];
	err.fd = pe[0];
	ended = watch(pid, c->limit_ms, &out, &err);
	start = now_ms() - start;
	/*
	 * All that is left of it goes: its group, and what left the group.
	 * To init, "all" is every process but itself.
	 */
	kill(-1, SIGKILL);
	waitpid(pid, &status, 0);
	while (waitpid(-1, NULL, 0) > 0)
		;
	pump(&out);
	pump(&err);
	end_of_line(&out);
	end_of_line(&err);
	say_end(c->name, ended, status, start, &out, &err);
	close(out.fd);
	close(err.fd);
	tear_down(setting, settings);
}

unsigned int selftest__run(FILE *checks)
{
	struct check c;
	unsigned int n = 0;
	int r;

	mkdir("/tmp", 01777);
	console = open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC);
	if (console < 0)
		host_die("/dev/console: %s", strerror(errno));
	while ((r = checks__parse(checks, &c)) > 0) {
		run_one(&c);
		n++;
	}
	if (r < 0)
		host_die("%s: line %u is not a check", CHECKS_FILE, n + 1);
	return n;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * bochs-trace: runs Bochs, leaves the plugin's log where its trace was, and
 * copies everything else that it prints.
 *
 *	bochs-trace out=FILE points=FILE buffer=FILE [guest=ADDR:FILE] PROGRAM [ARGUMENT ...]
 *
 * probe.h has the formats of out and points; buffer is bochs-stdout.so, guest a
 * flat guest's image and where it lies. The trace of a boot is some gigabytes and
 * is never stored. Exit status: the program's; 128 and the signal's number where
 * one killed it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bochs_trace.h"
#include "entry_points.h"
#include "guest_code.h"

#define ROOM	(1 << 16)

enum { USAGE = 2, NO_LOG = 3, CANNOT_START = 127 };

static struct { const char *out, *points, *buffer, *guest; } option;

static int complain(int status, const char *what, const char *of)
{
	fprintf(stderr, "bochs-trace: %s%s\n", what, of);
	return status;
}

static bool take_option(const char *arg)
{
	const struct { const char *name; const char **to; } known[] = {
		{ "out=", &option.out },
		{ "points=", &option.points },
		{ "buffer=", &option.buffer },
		{ "guest=", &option.guest },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		size_t n = strlen(known[i].name);

		if (strncmp(arg, known[i].name, n))
			continue;
		*known[i].to = arg + n;
		return true;
	}
	return false;
}

/* Return: where the program's name is in argv, or 0. */
static int parse(int argc, char **argv)
{
	int i = 1;

	while (i < argc && take_option(argv[i]))
		i++;
	return i < argc && option.out && option.points && option.buffer ? i : 0;
}

/* It dies with this program, as this one does with who started it. */
static pid_t begin(char **argv, int *from)
{
	pid_t parent = getpid(), pid;
	int p[2];

	if (pipe(p))
		return -1;
	*from = p[0];
	pid = fork();
	if (pid) {
		close(p[1]);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(CANNOT_START);
	setenv("LD_PRELOAD", option.buffer, 1);
	dup2(p[1], STDOUT_FILENO);
	close(p[0]);
	close(p[1]);
	execvp(argv[0], argv);
	_exit(CANNOT_START);
}

static void copy_other_lines(FILE *in)
{
	static char room[ROOM];
	char *line = NULL;
	size_t size = 0;
	ssize_t len;

	setvbuf(in, room, _IOFBF, sizeof(room));
	while ((len = getline(&line, &size, in)) > 0) {
		size_t n = len - (line[len - 1] == '\n');

		if (bochs_trace__line(line, n))
			continue;
		fwrite(line, 1, len, stdout);
		fflush(stdout);
	}
	free(line);
}

static int write_log(void)
{
	FILE *f = fopen(option.out, "w");

	if (!f)
		return -1;
	bochs_trace__write(f);
	return fclose(f);
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return CANNOT_START;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* "100000:FILE" */
static int read_guest(const char *arg)
{
	char *end;
	unsigned long addr = strtoul(arg, &end, 16);

	if (*end == ':')
		return guest_code__read(end + 1, addr);
	complain(USAGE, "guest= takes ADDRESS:FILE, not ", arg);
	return -1;
}

int main(int argc, char **argv)
{
	int first = parse(argc, argv), from, status;
	uint64_t vmexit = 0;
	pid_t pid;
	FILE *in;

	if (!first)
		return complain(USAGE, "it takes out=FILE points=FILE buffer=FILE [guest=ADDR:FILE] PROGRAM [ARGUMENT ...]", "");
	if (entry_points__read(option.points, &vmexit))
		return USAGE;
	if (option.guest && read_guest(option.guest))
		return USAGE;
	if (!bochs_trace__init(vmexit))
		return complain(NO_LOG, "no capstone, or no memory", "");
	pid = begin(argv + first, &from);
	in = pid > 0 ? fdopen(from, "r") : NULL;
	if (!in)
		return complain(CANNOT_START, "cannot start ", argv[first]);
	copy_other_lines(in);
	status = wait_for(pid);
	if (write_log() || fflush(stdout))
		return complain(NO_LOG, "cannot write the log or the output: ",
				option.out);
	return status;
}

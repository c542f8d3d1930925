// SPDX-License-Identifier: GPL-2.0
/*
 * Linux perf around the measured phase, in its own process: attached to this
 * one before the guest starts, switched on and off at the bells by perf's
 * control pipe, told to end afterwards. What it prints is passed on line by
 * line, as it is; bench/rig/perf_parse.c reads it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

#define CTL_FD		10		/* in perf: commands in, answers out */
#define ACK_FD		11
#define MAX_ARGS	32
#define PATIENCE_MS	120000		/* of the host's own time */

const char *perf_program = "/usr/bin/perf";

static struct {
	pid_t pid;			/* 0: none runs */
	int ctl, ack;
	bool exits, profile;		/* or else counts */
	bool failed;
	char dir[32], out[64], err[64], data[64];
	char lacks[512];		/* of the default events */
} perf;

/* Hardware events, host's kernel only; what is there where no PMU is. */
static const char hardware[] = "{cycles:Hk,instructions:Hk,branch-misses:Hk}";
static const char *const software[] = {
	"task-clock", "context-switches", "page-faults",
};
static const char *const tracepoints[] = {
	"kvm:kvm_page_fault", "kvm:kvm_exit", "kvm:kvm_entry",
	"kvmmmu:fast_page_fault",
};

static bool has_pmu(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", name);
	return !access(path, F_OK);
}

/* "kvm:kvm_exit": does this kernel have it? */
static bool has_tracepoint(const char *event)
{
	static const char *const roots[] = {
		"/sys/kernel/tracing", "/sys/kernel/debug/tracing",
	};
	const char *colon = strchr(event, ':');
	char path[256];

	for (size_t i = 0; i < sizeof(roots) / sizeof(*roots); i++) {
		snprintf(path, sizeof(path), "%s/events/%.*s/%s", roots[i],
			 (int)(colon - event), event, colon + 1);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

static void add(char *list, size_t size, const char *sep, const char *item)
{
	size_t n = strlen(list);

	snprintf(list + n, size - n, "%s%s", n ? sep : "", item);
}

/* What there is of the default events; the rest is named. */
static void default_events(char *list, size_t size)
{
	char why[128];

	*list = *perf.lacks = '\0';
	if (has_pmu("cpu") || has_pmu("cpu_core")) {
		add(list, size, ",", hardware);
	} else {
		add(perf.lacks, sizeof(perf.lacks), "; ",
		    "cycles, instructions, branch-misses: no PMU");
		if (has_pmu("msr"))
			add(list, size, ",", "msr/tsc/");
		else
			add(perf.lacks, sizeof(perf.lacks), "; ",
			    "msr/tsc/: no such PMU");
	}
	for (size_t i = 0; i < sizeof(software) / sizeof(*software); i++)
		add(list, size, ",", software[i]);
	for (size_t i = 0; i < sizeof(tracepoints) / sizeof(*tracepoints); i++) {
		if (has_tracepoint(tracepoints[i])) {
			add(list, size, ",", tracepoints[i]);
			continue;
		}
		snprintf(why, sizeof(why), "%s: no such tracepoint",
			 tracepoints[i]);
		add(perf.lacks, sizeof(perf.lacks), "; ", why);
	}
}

/*
 * perf with these arguments, its output in files. posix_spawn() copies no
 * memory: fork() would write-protect the guest's, and KVM would have it fault
 * again.
 */
static pid_t start(const char *const argv[], int ctl, int ack)
{
	static char *const env[] = {
		"PATH=/usr/bin:/bin", "HOME=/tmp", "LC_ALL=C",
		"PERF_CONFIG=/dev/null", NULL
	};
	const int flags = O_WRONLY | O_CREAT | O_APPEND;
	posix_spawn_file_actions_t files;
	pid_t pid;
	int e;

	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&files, 1, perf.out, flags, 0600);
	posix_spawn_file_actions_addopen(&files, 2, perf.err, flags, 0600);
	if (ctl >= 0) {
		posix_spawn_file_actions_adddup2(&files, ctl, CTL_FD);
		posix_spawn_file_actions_adddup2(&files, ack, ACK_FD);
	}
	e = posix_spawnp(&pid, perf_program, &files, NULL, (char *const *)argv,
			env);
	posix_spawn_file_actions_destroy(&files);
	if (e)
		host_die("perf: %s: %s; is linux-perf installed?", perf_program,
			 strerror(e));
	return pid;
}

/*
 * A pipe whose ends are above what perf is given: init may have nothing open
 * below that.
 */
static void make_pipe(int p[2])
{
	int low[2];

	if (pipe2(low, O_CLOEXEC))
		host_die("a pipe to perf: %s", strerror(errno));
	for (int i = 0; i < 2; i++) {
		p[i] = fcntl(low[i], F_DUPFD_CLOEXEC, ACK_FD + 1);
		close(low[i]);
	}
}

/* Write a command, wait for perf's "ack". */
static bool command(const char *what)
{
	struct pollfd p = { .fd = perf.ack, .events = POLLIN };
	char answer[16];
	ssize_t n;
	int r;

	if (perf.failed || dprintf(perf.ctl, "%s\n", what) < 0)
		return false;
	while ((r = poll(&p, 1, PATIENCE_MS)) < 0 && errno == EINTR)
		;
	n = r > 0 ? read(perf.ack, answer, sizeof(answer) - 1) : 0;
	return n >= 3 && !memcmp(answer, "ack", 3);
}

/* perf's own words: what was the matter, in one line. */
static void last_words(char *why, size_t size)
{
	static const char *const sign[] = {
		"unknown", "error:", "Error", "paranoid", "No such",
		"Permission", "not supported", "annot",
	};
	FILE *f = fopen(perf.err, "r");
	char line[256];

	snprintf(why, size, "it printed nothing");
	for (bool found = false; f && !found && fgets(line, sizeof(line), f);) {
		line[strcspn(line, "\n")] = '\0';
		if (line[strspn(line, " \t\\_^|'")])
			snprintf(why, size, "%s", line + strspn(line, " \t\\_"));
		for (size_t i = 0; i < sizeof(sign) / sizeof(*sign); i++)
			found |= strstr(line, sign[i]) && strcmp(line, "Error:");
	}
	if (f)
		fclose(f);
}

static bool err_says(const char *what)
{
	FILE *f = fopen(perf.err, "r");
	char line[512];
	bool yes = false;

	while (f && !yes && fgets(line, sizeof(line), f))
		yes = strstr(line, what) != NULL;
	if (f)
		fclose(f);
	return yes;
}

static void remove_files(void)
{
	unlink(perf.out);
	unlink(perf.err);
	unlink(perf.data);
	rmdir(perf.dir);
}

static void close_pipes(void)
{
	close(perf.ctl);
	close(perf.ack);
	perf.pid = 0;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return -1;
	}
	return status;
}

/* Ours, or a list of the user's. */
static const char *events_of(const struct plan_cell *cell, char *list,
			     size_t size)
{
	if (strcmp(cell->perf, PERF_DEFAULT))
		return cell->perf;
	default_events(list, size);
	return list;
}

/*
 * perf did not get ready: not allowed is of the machine, all else is a mistake
 * that no other cell will be spared.
 */
static bool give_up(char *why, size_t whylen)
{
	bool refused = err_says("perf_event_paranoid");
	char said[256];

	kill(perf.pid, SIGKILL);
	wait_for(perf.pid);
	last_words(said, sizeof(said));
	close_pipes();
	remove_files();
	if (!refused)
		host_die("perf: %s", said);
	snprintf(why, whylen, "perf is refused here: %s", said);
	return false;
}

static void set_files(void)
{
	mkdir("/tmp", 01777);
	strcpy(perf.dir, "/tmp/faultline.XXXXXX");
	if (!mkdtemp(perf.dir))
		host_die("%s: %s", perf.dir, strerror(errno));
	snprintf(perf.out, sizeof(perf.out), "%s/out", perf.dir);
	snprintf(perf.err, sizeof(perf.err), "%s/err", perf.dir);
	snprintf(perf.data, sizeof(perf.data), "%s/data", perf.dir);
}

bool perf_host__open(const struct plan_cell *cell, char *why, size_t whylen)
{
	char list[512] = "", pid[16];
	char control[32];
	const char *stat[] = {
		perf_program, "stat", "-j", "-o", perf.out, "-D", "-1",
		"--control", control, "-e", list, "-p", pid, NULL
	};
	const char *exits[] = {
		perf_program, "kvm", "stat", "record", "-o", perf.data, "-p",
		pid, "-D", "-1", "--control", control, NULL
	};
	const char *profile[] = {
		perf_program, "record", "-o", perf.data, "-D", "-1",
		"--control", control, "-B", "-N", "-e", list, "-c", "10007",
		"-p", pid, NULL
	};
	int to[2], from[2];

	if (!*cell->perf)
		return true;
	memset(&perf, 0, sizeof(perf));
	perf.exits = !strcmp(cell->perf, PERF_EXITS);
	perf.profile = !strcmp(cell->perf, PERF_PROFILE);
	set_files();
	snprintf(pid, sizeof(pid), "%d", getpid());
	snprintf(control, sizeof(control), "fd:%d,%d", CTL_FD, ACK_FD);
	if (perf.profile)
		snprintf(list, sizeof(list), "cpu-clock");
	else if (!perf.exits && events_of(cell, list, sizeof(list)) != list)
		snprintf(list, sizeof(list), "%s", cell->perf);
	make_pipe(to);
	make_pipe(from);
	signal(SIGPIPE, SIG_IGN);
	perf.pid = start(perf.exits ? exits : perf.profile ? profile : stat,
			 to[0], from[1]);
	close(to[0]);
	close(from[1]);
	perf.ctl = to[1];
	perf.ack = from[0];
	return command("ping") || give_up(why, whylen);
}

void perf_host__start(void)
{
	if (perf.pid && !command("enable"))
		perf.failed = true;
}

void perf_host__stop(void)
{
	if (perf.pid && !command("disable"))
		perf.failed = true;
}

static void pass_on(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[WIRE_MAX / 2];

	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[strspn(line, " ")] && *line != '#')
			chan__say("perf %s", line);
	}
	if (f)
		fclose(f);
}

/* From perf's data file to a table on its standard output. */
static void report(void)
{
	const char *const exits[] = {
		perf_program, "kvm", "-i", perf.data, "stat", "report",
		"--event=vmexit", NULL
	};
	const char *const profile[] = {
		perf_program, "report", "-i", perf.data, "--stdio", "-F",
		"sample,sym", "-t;", NULL
	};

	if (perf.exits || perf.profile)
		perf.failed |= wait_for(start(perf.exits ? exits : profile,
					      -1, -1)) != 0;
}

void perf_host__say(bool measured)
{
	char why[256];

	if (!perf.pid)
		return;
	kill(perf.pid, SIGINT);
	wait_for(perf.pid);
	close_pipes();
	if (measured) {
		report();
		last_words(why, sizeof(why));
		chan__say("str perf %s%s", perf.failed ? "failed: " : "ran",
			  perf.failed ? why : "");
		if (*perf.lacks)
			chan__say("str perf/lacks %s", perf.lacks);
		if (perf.exits)		/* its table goes there */
			pass_on(perf.err);
		pass_on(perf.out);
	}
	remove_files();
}

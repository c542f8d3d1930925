// SPDX-License-Identifier: GPL-2.0
/*
 * Run a program that is refused some system calls, as a container's seccomp
 * refuses them: with EPERM.
 *
 *	refuse CALL[=ARGUMENT]... -- PROGRAM [ARGUMENT]...
 *
 * With =ARGUMENT only where that is its argument that the table names. No test,
 * but a helper of bench/tests/vitro.bats.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "util.h"

#define MOST	16			/* calls */

static const struct {
	const char *name;
	unsigned int nr, arg;
} calls[] = {
	{ "arch_prctl", SYS_arch_prctl, 0 },
	{ "mmap", SYS_mmap, 2 },
	{ "mprotect", SYS_mprotect, 2 },
	{ "perf_event_open", SYS_perf_event_open, 0 },
	{ "personality", SYS_personality, 0 },
	{ "sched_setaffinity", SYS_sched_setaffinity, 0 },
	{ "setpriority", SYS_setpriority, 0 },
};

static size_t find(const char *name, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		if (strlen(calls[i].name) == len && !strncmp(calls[i].name, name, len))
			return i;
	}
	die(EXIT_USAGE, "refuse: no call '%.*s' in its table", (int)len, name);
}

/* The instructions that refuse one call; how many they are. */
static size_t refuse(struct sock_filter *f, const char *what)
{
	const char *arg = strchrnul(what, '=');
	const size_t call = find(what, arg - what);
	const struct sock_filter insn[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[call].nr, 0, *arg ? 3 : 1),
		/* Its lower half is enough for what a call is told apart by. */
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args) +
			 8 * calls[call].arg),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, *arg ? strtoul(arg + 1, NULL, 0) : 0,
			 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
	};

	if (*arg) {
		memcpy(f, insn, sizeof(insn));
		return ARRAY_SIZE(insn);
	}
	f[0] = insn[0];
	f[1] = insn[1];
	f[2] = insn[4];
	return 3;
}

int main(int argc, char **argv)
{
	struct sock_filter f[5 * MOST + 1];
	struct sock_fprog program = { .filter = f };
	size_t n = 0;
	int i;

	for (i = 1; i < argc && i <= MOST && strcmp(argv[i], "--"); i++)
		n += refuse(f + n, argv[i]);
	if (i + 1 >= argc || strcmp(argv[i], "--"))
		die(EXIT_USAGE, "refuse CALL[=ARGUMENT]... -- PROGRAM [ARGUMENT]...");
	f[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	program.len = n;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die(EXIT_MISSING, "refuse: this kernel takes no seccomp filter: %s",
		    strerror(errno));
	execvp(argv[i + 1], argv + i + 1);
	die(EXIT_MISSING, "%s: %s", argv[i + 1], strerror(errno));
}

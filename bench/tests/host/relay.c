// SPDX-License-Identifier: GPL-2.0
/*
 * Init for a test: runs the metal program inside a tcg host, where there is a
 * /dev/kvm, and relays its channel, so that its record can be compared with
 * that of init. A Linux guest is moved to where only its argument says.
 */
#include <stdio.h>
#include <sys/io.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plan.h"
#include "wire.h"

static void mount_on(const char *type, const char *where)
{
	mkdir(where, 0755);
	mount(type, where, type, 0, NULL);
}

int main(void)
{
	const char *elsewhere = "/elsewhere/";
	int p[2], status = 0;
	char buf[4096];
	ssize_t n;
	pid_t pid;

	mount_on("proc", "/proc");
	mount_on("sysfs", "/sys");
	mount_on("debugfs", "/sys/kernel/debug");
	mount_on("devtmpfs", "/dev");
	if (ioperm(WIRE_PORT, 1, 1) || ioperm(EXIT_PORT, 4, 1) || pipe(p))
		return 1;
	if (rename("/guests/linux", "/elsewhere"))
		elsewhere = NULL;
	pid = fork();
	if (!pid) {
		dup2(p[1], STDOUT_FILENO);
		close(p[0]);
		close(p[1]);
		execl("/faultline-metal", "faultline-metal", PLAN_FILE,
		      PLAN_GUESTS, elsewhere, NULL);
		_exit(127);
	}
	close(p[1]);
	while ((n = read(p[0], buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < n; i++)
			outb(buf[i], WIRE_PORT);
	}
	waitpid(pid, &status, 0);
	outl(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_DIED, EXIT_PORT);
	for (;;)
		pause();
}

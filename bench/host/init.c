// SPDX-License-Identifier: GPL-2.0
/*
 * Init of the variant host: mounts what it needs, reports the kernel, carries
 * out the plan or the checks in the initramfs, and ends the machine. There is
 * no shell.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "checks.h"
#include "host.h"
#include "wire.h"

static void mount_or_die(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		host_die("mount %s on %s: %s", type, where, strerror(errno));
}

int main(void)
{
	FILE *checks;

	chan__open(chan_port__open());
	mount_or_die("proc", "/proc");
	mount_or_die("sysfs", "/sys");
	mount_or_die("debugfs", "/sys/kernel/debug");
	mount_or_die("devtmpfs", "/dev");
	who__say();

	checks = fopen(CHECKS_FILE, "r");
	if (checks) {
		chan__say("bye %u", selftest__run(checks));
		host_exit(EXIT_DONE);
	}
	cell__plan(PLAN_FILE);
	host_exit(EXIT_DONE);
}

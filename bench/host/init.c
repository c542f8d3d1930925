// SPDX-License-Identifier: GPL-2.0
/*
 * Init of the variant host: mounts what it needs, says who it is, carries out
 * the plan or the checks it was handed, and ends the machine. There is no
 * shell behind it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <dirent.h>
#include <unistd.h>

#include "checks.h"
#include "host.h"
#include "wire.h"

#define VULNERABILITIES	"/sys/devices/system/cpu/vulnerabilities"

static void mount_or_die(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) && errno != EBUSY)
		host_die("mount %s on %s: %s", type, where, strerror(errno));
}

/* First line of a file without its newline, or NULL. */
static char *read_line(const char *path, char *buf, size_t size)
{
	FILE *f = fopen(path, "r");
	char *s = NULL;

	if (f) {
		s = fgets(buf, size, f);
		fclose(f);
	}
	if (s)
		s[strcspn(s, "\n")] = '\0';
	return s;
}

static void say_vulnerabilities(void)
{
	DIR *dir = opendir(VULNERABILITIES);
	char path[512], text[512];
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), VULNERABILITIES "/%s", e->d_name);
		if (read_line(path, text, sizeof(text)))
			chan__say("str vuln/%s %s", e->d_name, text);
	}
	if (dir)
		closedir(dir);
}

static void say_who(void)
{
	struct utsname u;
	char text[768];

	uname(&u);
	chan__say("hello %d", WIRE_PROTOCOL);
	chan__say("str release %s", u.release);
	if (read_line("/proc/cmdline", text, sizeof(text)))
		chan__say("str cmdline %s", text);
	if (read_line("/sys/module/kvm/parameters/tdp_mmu", text, sizeof(text)))
		chan__say("str kvm.tdp_mmu %s", text);
	if (read_line("/sys/module/kvm_amd/parameters/npt", text, sizeof(text)))
		chan__say("str kvm_amd.npt %s", text);
	say_vulnerabilities();
}

int main(void)
{
	struct plan_cell cell;
	unsigned int line = 0, cells = 0;
	char err[256];
	FILE *plan, *checks;
	int r;

	chan__open();
	mount_or_die("proc", "/proc");
	mount_or_die("sysfs", "/sys");
	mount_or_die("debugfs", "/sys/kernel/debug");
	mount_or_die("devtmpfs", "/dev");
	say_who();

	checks = fopen(CHECKS_FILE, "r");
	if (checks) {
		chan__say("bye %u", selftest__run(checks));
		host_exit(EXIT_DONE);
	}
	plan = fopen(PLAN_FILE, "r");
	if (!plan)
		host_die("%s: %s", PLAN_FILE, strerror(errno));
	while ((r = plan__parse(plan, &cell, &line, err, sizeof(err))) > 0) {
		run__cell(&cell);
		cells++;
	}
	if (r < 0)
		host_die("%s: %s", PLAN_FILE, err);
	chan__say("bye %u", cells);
	host_exit(EXIT_DONE);
}

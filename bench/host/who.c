// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel that KVM runs in reports about itself, for the record.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "host.h"
#include "wire.h"

#define VULNERABILITIES	"/sys/devices/system/cpu/vulnerabilities"

/* First line of a file without its newline, or NULL. */
char *read_line(const char *path, char *buf, size_t size)
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

void who__say(void)
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
	if (read_line("/sys/module/kvm_amd/parameters/nrips", text, sizeof(text)))
		chan__say("str kvm_amd.nrips %s", text);
	if (read_line("/sys/module/kvm_intel/parameters/ept", text, sizeof(text)))
		chan__say("str kvm_intel.ept %s", text);
	say_vulnerabilities();
}

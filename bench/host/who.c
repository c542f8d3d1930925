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

/* Whether the CPU has the feature that /proc/cpuinfo calls so. */
static bool cpu_has(const char *flag)
{
	FILE *f = fopen("/proc/cpuinfo", "r");
	char line[8192], *word = NULL;

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "flags", strlen("flags")))
			continue;
		word = strtok(line, " \t\n");
		while (word && strcmp(word, flag))
			word = strtok(NULL, " \t\n");
		break;
	}
	if (f)
		fclose(f);
	return word;
}

/*
 * The parameters of KVM that decide what a fault does. kvm_amd and kvm_intel are
 * both built in; the CPU decides which of them works.
 */
static void say_parameters(void)
{
	static const char *const says[][3] = {
		{ "", "kvm", "tdp_mmu" },
		{ "", "kvm", "nx_huge_pages" },
		{ "", "kvm", "eager_page_split" },
		{ "svm", "kvm_amd", "npt" },
		{ "svm", "kvm_amd", "nrips" },
		{ "vmx", "kvm_intel", "ept" },
		{ "vmx", "kvm_intel", "eptad" },
	};
	char path[128], text[128];

	for (size_t i = 0; i < sizeof(says) / sizeof(says[0]); i++) {
		snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s",
			 says[i][1], says[i][2]);
		if ((!*says[i][0] || cpu_has(says[i][0])) &&
		    read_line(path, text, sizeof(text)))
			chan__say("str %s.%s %s", says[i][1], says[i][2], text);
	}
}

const char *who__lacks_kvm(void)
{
	return cpu_has("svm") ? "the CPU has SVM, so the kernel lacks CONFIG_KVM_AMD or refused it" :
	       cpu_has("vmx") ? "the CPU has VMX, so the kernel lacks CONFIG_KVM_INTEL or refused it" :
	       "the CPU has neither SVM nor VMX";
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
	say_parameters();
	say_vulnerabilities();
}

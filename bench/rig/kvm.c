// SPDX-License-Identifier: GPL-2.0
/*
 * The machine's own KVM: is it there, does the CPU's virtualization drive it,
 * and may this user open it?
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "kvm.h"

#define BECOME_A_USER	"run as root, or as root: usermod -aG kvm USER, and log in again"

/* It is there, but not for this user. */
static bool is_refused(int e)
{
	return e == -EACCES || e == -EPERM;
}

const char *kvm__path(void)
{
	return getenv("FAULTLINE_KVM") ?: "/dev/kvm";
}

int kvm__try(void)
{
	int fd = open(kvm__path(), O_RDWR | O_CLOEXEC), r = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		r = -ENOTTY;
	close(fd);
	return r;
}

/* Whether the machine's CPU has the feature that /proc/cpuinfo calls so. */
static bool cpu_has(const char *flag)
{
	char *path = path_of_system("/proc/cpuinfo");
	char *text = path_read(path, NULL), *flags = text ? strstr(text, "\nflags") : NULL;
	struct strlist words = { 0 };
	bool has;

	if (flags)
		flags[1 + strcspn(flags + 1, "\n")] = '\0';
	strlist__split(&words, flags ? flags : "", ' ');
	has = strlist__has(&words, flag);
	strlist__free(&words);
	free(text);
	free(path);
	return has;
}

static bool has_folder(const char *module)
{
	char *path = path_of_system("/sys/module/%s/parameters", module);
	bool there = path_exists(path);

	free(path);
	return there;
}

bool kvm__has_module(const char *name)
{
	bool amd = !strcmp(name, "kvm_amd");

	if (!has_folder(name))
		return false;
	return !has_folder(amd ? "kvm_intel" : "kvm_amd") || cpu_has(amd ? "svm" : "vmx");
}

char *kvm__lacks(int e)
{
	switch (-e) {
	case 0:
		if (kvm__has_module("kvm_amd") || kvm__has_module("kvm_intel"))
			return NULL;
		return xasprintf("%s is there, but neither kvm_amd nor kvm_intel drives it: a KVM without the CPU's virtualization has neither nested paging nor a world switch of the hardware's",
				 kvm__path());
	case EACCES:
	case EPERM:
		return NULL;		/* kvm__need() says so */
	case ENOTTY:
		return xasprintf("%s is not a KVM: it does not know KVM_GET_API_VERSION",
				 kvm__path());
	default:
		return xasprintf("this machine has no %s (%s): no virtualization in the CPU, switched off in the firmware, or no module (modprobe kvm_amd, kvm_intel); a container or virtual machine is given it by its host",
				 kvm__path(), strerror(-e));
	}
}

void kvm__need(int e)
{
	if (is_refused(e))
		die(EXIT_MISSING, "%s is there, but this user may not open it: %s; " BECOME_A_USER,
		    kvm__path(), strerror(-e));
}

void kvm__doctor(struct findings *f, int e, const char *what, const char *good)
{
	findings__note(f, !is_refused(e), BECOME_A_USER, "%s%s: %s", what,
		       kvm__path(), e ? strerror(-e) : good);
}

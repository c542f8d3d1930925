// SPDX-License-Identifier: GPL-2.0
/*
 * KVM's own counters of one VM, from debugfs: /sys/kernel/debug/kvm/<pid>-<fd>
 * has a file for each, vCPU counters summed over the VM's vCPUs. That form is
 * older than KVM_GET_STATS_FD and still there, so one reader serves all bases.
 * What a single vCPU counted is only available from the newer call.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host.h"

#define MAX_STATS	128

struct kvmstats {
	int dir, nr;
	struct {
		char name[48];
		uint64_t snap[2];
	} stat[MAX_STATS];
};

struct kvmstats *kvmstats__open(int vmfd)
{
	struct kvmstats *s = calloc(1, sizeof(*s));
	char path[96];
	struct dirent *e;
	DIR *dir;

	snprintf(path, sizeof(path), "/sys/kernel/debug/kvm/%d-%d", getpid(),
		 vmfd);
	dir = opendir(path);
	if (!s || !dir)
		host_die("%s: no KVM stats: is CONFIG_DEBUG_FS on?", path);
	s->dir = dup(dirfd(dir));
	while ((e = readdir(dir))) {
		if (e->d_type != DT_REG || !strcmp(e->d_name, "mmu_rmaps_stat"))
			continue;	/* that one is a table, not a counter */
		if (s->nr == MAX_STATS ||
		    strlen(e->d_name) >= sizeof(s->stat[0].name))
			host_die("KVM stat %s: too many counters", e->d_name);
		strcpy(s->stat[s->nr++].name, e->d_name);
	}
	closedir(dir);
	return s;
}

void kvmstats__close(struct kvmstats *s)
{
	close(s->dir);
	free(s);
}

/* Opened anew for each look: these files cannot seek. */
static uint64_t read_stat(const struct kvmstats *s, const char *name)
{
	int fd = openat(s->dir, name, O_RDONLY);
	char buf[32];
	ssize_t n;

	n = fd < 0 ? -1 : read(fd, buf, sizeof(buf) - 1);
	if (n <= 0)
		host_die("KVM stat %s: %s", name, n ? strerror(errno) : "empty");
	close(fd);
	buf[n] = '\0';
	return strtoull(buf, NULL, 10);
}

void kvmstats__snap(struct kvmstats *s, int which)
{
	for (int i = 0; i < s->nr; i++)
		s->stat[i].snap[which] = read_stat(s, s->stat[i].name);
}

uint64_t kvmstats__now(const struct kvmstats *s, const char *name)
{
	return read_stat(s, name);
}

void kvmstats__say(const struct kvmstats *s)
{
	for (int i = 0; i < s->nr; i++)
		chan__say("stat %s %lld", s->stat[i].name,
			  (long long)(s->stat[i].snap[1] - s->stat[i].snap[0]));
}

/* The descriptor of a counter called name, by the header h; its value or -1. */
static int64_t find_counter(int fd, const struct kvm_stats_header *h,
			    const char *name)
{
	size_t size = sizeof(struct kvm_stats_desc) + h->name_size;
	struct kvm_stats_desc *d = malloc(size);
	int64_t value = -1;

	for (uint32_t i = 0; d && i < h->num_desc; i++) {
		if (pread(fd, d, size, h->desc_offset + i * size) !=
		    (ssize_t)size)
			break;
		if (strncmp(d->name, name, h->name_size))
			continue;
		if (pread(fd, &value, sizeof(value), h->data_offset +
			  d->offset) != sizeof(value))
			value = -1;
		break;
	}
	free(d);
	return value;
}

int64_t kvmstats__of_vcpu(int vcpufd, const char *name)
{
	struct kvm_stats_header h;
	int64_t value = -1;
	int fd = ioctl(vcpufd, KVM_GET_STATS_FD, NULL);

	if (fd < 0)
		return -1;
	if (pread(fd, &h, sizeof(h), 0) == sizeof(h))
		value = find_counter(fd, &h, name);
	close(fd);
	return value;
}

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hardware counters of the calling thread as one group, which counts together
 * or not at all: of user space; or of KVM's host and guest, apart.
 */
#ifndef FAULTLINE_COUNTERS_H
#define FAULTLINE_COUNTERS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { COUNT_CYCLES, COUNT_INSTRUCTIONS, COUNT_BRANCH_MISSES, NR_COUNTERS };

struct counters {
	int fd[NR_COUNTERS];
	uint64_t enabled, running;	/* ns since opening, at the last read */
};

/*
 * Open them and check them against a loop whose instructions are known: a PMU
 * that miscounts it is not believed. 0, or -errno with a message in @why: the event
 * and the next step: no PMU or none of an event (-ENOENT), not allowed
 * (-EACCES, -EPERM), implausible (-ERANGE), in use by others (-EAGAIN), or
 * what perf_event_open(2) says. Nothing is open then.
 */
int counters__open(struct counters *c, char *why, size_t len);
/*
 * Two groups: what the kernel does for this thread outside of guests (user
 * space excluded), and all that a guest does. Believed when counters__open()'s
 * loop was counted right, the kernel's group sees system calls, in proportion,
 * and no user code, and the guest's sees nothing where no guest runs. Errors as
 * above; then neither is open.
 */
int counters__open_split(struct counters *host, struct counters *guest,
			 char *why, size_t len);
/* From zero. */
void counters__start(const struct counters *c);
void counters__stop(const struct counters *c);
/* 0, or -EAGAIN when they did not count all the time since the last read; -EIO. */
int counters__read(struct counters *c, uint64_t value[NR_COUNTERS]);
void counters__close(struct counters *c);

/* The kernel, which a test puts another in the place of. */
struct counters_kernel {
	int (*open)(struct perf_event_attr *attr, int group);
	int (*control)(int fd, unsigned long request, unsigned long flags);
	ssize_t (*read)(int fd, void *to, size_t size);
	void (*call)(void);		/* a system call */
};
extern struct counters_kernel counters_kernel;

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * A region that is empty at first, as after a live migration by post-copy: whoever
 * touches a page of it waits until a thread of this program has copied the page to
 * it (userfaultfd). Who that is tells two ways of KVM's apart: the vCPU itself, or a
 * worker that KVM lets wait in its place (async page fault).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host.h"

#define PAGE	4096ull

struct uffd {
	pthread_t thread;
	int policy;		/* of the vCPU's thread before */
	pid_t vcpu;		/* the thread that runs the guest */
	int fd, stop;		/* of userfaultfd; an eventfd that ends the thread */
	char *region, *source;	/* where pages are missing, and what they hold */
	uint64_t size;		/* bytes of either */
	uint64_t copied;	/* pages */
	uint64_t async;		/* ... for which another thread waited */
	bool stale;		/* invalidate the address before */
};

/* Not blocking: poll() says of any other that it is in error. */
int uffd__open(void)
{
	return syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
}

/* Counted before it is there: the guest goes on at once. */
static void copy_page(struct uffd *u, uint64_t address, pid_t waiting)
{
	uint64_t at = (address & ~(PAGE - 1)) - (uintptr_t)u->region;
	struct uffdio_copy c = {
		.dst = (uintptr_t)u->region + at,
		.src = (uintptr_t)u->source + at,
		.len = PAGE,
	};

	if (at >= u->size)
		host_die("userfaultfd: a fault at 0x%llx, outside of the region",
			 (unsigned long long)address);
	u->copied++;
	u->async += waiting != u->vcpu;
	if (u->stale && madvise((void *)(uintptr_t)c.dst, PAGE, MADV_DONTNEED))
		host_die("MADV_DONTNEED: %s", strerror(errno));
	vm_ioctl(u->fd, UFFDIO_COPY, &c);
}

/*
 * Before every worker of the kernel's, where this user may: who runs next is then
 * the same each time, and the vCPU is halted before its worker begins.
 */
static void go_first(void)
{
	const struct sched_param first = { .sched_priority = 1 };

	sched_setscheduler(0, SCHED_FIFO, &first);
}

static void *answer(void *arg)
{
	struct uffd *u = arg;
	struct pollfd p[2] = {
		{ .fd = u->fd, .events = POLLIN },
		{ .fd = u->stop, .events = POLLIN },
	};
	struct uffd_msg m;

	go_first();
	while (poll(p, 2, -1) > 0 && !p[1].revents) {
		if (read(u->fd, &m, sizeof(m)) != sizeof(m)) {
			if (errno == EAGAIN)
				continue;
			host_die("userfaultfd: %s", strerror(errno));
		}
		if (m.event == UFFD_EVENT_PAGEFAULT)
			copy_page(u, m.arg.pagefault.address,
				  m.arg.pagefault.feat.ptid);
	}
	return NULL;
}

/* The alarm is the vCPU's. */
static void start_thread(struct uffd *u)
{
	sigset_t all, before;
	int err;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	err = pthread_create(&u->thread, NULL, answer, u);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (err)
		host_die("a thread for userfaultfd: %s", strerror(err));
}

/* What the region holds moves to the source; its own pages go. */
static void empty_region(struct uffd *u)
{
	u->source = mmap(NULL, u->size, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (u->source == MAP_FAILED)
		host_die("%llu bytes to copy from: %s",
			 (unsigned long long)u->size, strerror(errno));
	memcpy(u->source, u->region, u->size);
	if (madvise(u->region, u->size, MADV_DONTNEED))
		host_die("MADV_DONTNEED: %s", strerror(errno));
}

struct uffd *uffd__take(char *region, uint64_t size, bool stale)
{
	struct uffdio_api api = {
		.api = UFFD_API, .features = UFFD_FEATURE_THREAD_ID,
	};
	struct uffdio_register reg = {
		.range = { (uintptr_t)region, size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	struct uffd *u = calloc(1, sizeof(*u));

	if (!u)
		host_die("out of memory for userfaultfd");
	u->vcpu = gettid();
	u->policy = sched_getscheduler(0);
	u->region = region;
	u->size = size;
	u->stale = stale;
	u->fd = uffd__open();
	u->stop = eventfd(0, EFD_CLOEXEC);
	if (u->fd < 0 || u->stop < 0)
		host_die("userfaultfd: %s", strerror(errno));
	vm_ioctl(u->fd, UFFDIO_API, &api);
	empty_region(u);
	vm_ioctl(u->fd, UFFDIO_REGISTER, &reg);
	start_thread(u);
	go_first();
	return u;
}

void uffd__say(const struct uffd *u)
{
	if (!u)
		return;
	chan__say("stat uffd_copied %llu", (unsigned long long)u->copied);
	chan__say("stat uffd_async %llu", (unsigned long long)u->async);
}

void uffd__release(struct uffd *u)
{
	const uint64_t one = 1;
	const struct sched_param last = { 0 };

	if (!u)
		return;
	if (write(u->stop, &one, sizeof(one)) != sizeof(one))
		host_die("eventfd: %s", strerror(errno));
	pthread_join(u->thread, NULL);
	if (u->policy == SCHED_OTHER)
		sched_setscheduler(0, SCHED_OTHER, &last);
	close(u->stop);
	close(u->fd);
	munmap(u->source, u->size);
	free(u);
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Linked into a test's init in the place of ioctl(): KVM's N-th call fails, where the
 * kernel's command line says FAIL_IOCTL=N, which the kernel hands to init. Its error is
 * one that KVM gives.
 */
#include <errno.h>
#include <linux/kvm.h>
#include <stdarg.h>
#include <stdlib.h>

int __real_ioctl(int fd, unsigned long request, void *arg);
int __wrap_ioctl(int fd, unsigned long request, ...);

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	static int nr;
	const char *n = getenv("FAIL_IOCTL");
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (n && _IOC_TYPE(request) == KVMIO && ++nr == atoi(n)) {
		errno = ENOMEM;
		return -1;
	}
	return __real_ioctl(fd, request, arg);
}

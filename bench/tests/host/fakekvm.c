// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded by a test: any file says that it is a KVM, as far as the rig asks
 * before it starts the VMM.
 */
#include <linux/kvm.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

int ioctl(int fd, unsigned long request, ...);

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == KVM_GET_API_VERSION)
		return KVM_API_VERSION;
	return syscall(SYS_ioctl, fd, request, arg);
}

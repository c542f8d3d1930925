// SPDX-License-Identifier: GPL-2.0
/*
 * Guest memory that is not simply there, with kernels that are planted: what is
 * copied when a page is asked for, what is private, and what a host lacks. Where the
 * machine has a userfaultfd, the same with the real one.
 */
#include <dlfcn.h>
#include <errno.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "host.h"

#define PAGES	8
#define PAGE	4096
#define DIED	77

/* Of the planted kernel: */
static int has_uffd = -1;		/* its descriptor, or an errno below 0 */
static bool real;			/* ... or the machine's own */
static int vm_types;			/* what KVM_CAP_VM_TYPES says */
static sem_t copied;			/* posted for each UFFDIO_COPY */
static bool copy_nothing;		/* ... which does nothing else */
static char said[512];
static struct {
	uint64_t region_slot, region_flags, region_gpa, region_size;
	char *shared;
	int region_fd, memfd;
	uint64_t private_gpa, private_size, attributes;
} kvm;

long syscall(long nr, ...)
{
	static long (*next)(long nr, ...);
	va_list ap;
	long a;

	va_start(ap, nr);
	a = va_arg(ap, long);
	va_end(ap);
	next = next ?: (long (*)(long nr, ...))dlsym(RTLD_NEXT, "syscall");
	if (nr != SYS_userfaultfd || real)
		return next(nr, a);
	errno = has_uffd < 0 ? -has_uffd : 0;
	return has_uffd < 0 ? -1 : dup(has_uffd);
}

/* As the kernel's header lays them out, which older machines lack. */
static int kvm_ioctl(unsigned long request, void *arg)
{
	uint32_t *half = arg;
	uint64_t *word = arg;

	switch (request) {
	case KVM_CHECK_EXTENSION:
		return (uintptr_t)arg == 235 ? vm_types : 0;
	case 0xc040aed4:	/* KVM_CREATE_GUEST_MEMFD: size, flags, reserved */
		kvm.memfd = memfd_create("guest", 0);
		assert_int_equal(ftruncate(kvm.memfd, word[0]), 0);
		return dup(kvm.memfd);
	case 0x40a0ae49:	/* KVM_SET_USER_MEMORY_REGION2 */
		kvm.region_slot = half[0];
		kvm.region_flags = half[1];
		kvm.region_gpa = word[1];
		kvm.region_size = word[2];
		kvm.shared = (char *)(uintptr_t)word[3];
		kvm.region_fd = half[10];
		return 0;
	case 0x4020aed2:	/* KVM_SET_MEMORY_ATTRIBUTES */
		kvm.private_gpa = word[0];
		kvm.private_size = word[1];
		kvm.attributes = word[2];
		return 0;
	}
	errno = ENOTTY;
	return -1;
}

int __vm_ioctl(int fd, unsigned long request, void *arg)
{
	struct uffdio_copy *c = arg;

	if (real)
		return ioctl(fd, request, arg);
	if (request == UFFDIO_API || request == UFFDIO_REGISTER)
		return 0;
	if (request != UFFDIO_COPY)
		return kvm_ioctl(request, arg);
	if (!copy_nothing)
		memcpy((void *)(uintptr_t)c->dst, (void *)(uintptr_t)c->src, c->len);
	sem_post(&copied);
	return 0;
}

int vm_ioctl_or_die(int fd, unsigned long request, void *arg, const char *what,
		    const char *file, int line)
{
	int r = __vm_ioctl(fd, request, arg);

	if (r < 0)
		host_die("%s:%d: %s: %s", file, line, what, strerror(errno));
	return r;
}

_Noreturn void host_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vdprintf(STDOUT_FILENO, fmt, ap);
	va_end(ap);
	_exit(DIED);
}

void chan__say(const char *fmt, ...)
{
	size_t n = strlen(said);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said + n, sizeof(said) - n, fmt, ap);
	va_end(ap);
	strncat(said, "\n", sizeof(said) - strlen(said) - 1);
}

struct kvm_cpuid2 *vm__supported_cpuid(int fd)
{
	(void)fd;
	return calloc(1, sizeof(struct kvm_cpuid2));
}

/* Each byte is its page's number, from 1 on. */
static char *new_region(void)
{
	char *r = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(r != MAP_FAILED);
	for (int i = 0; i < PAGES; i++)
		memset(r + i * PAGE, i + 1, PAGE);
	*said = '\0';
	return r;
}

/* The other end of the planted userfaultfd. */
static int plant_uffd(void)
{
	int fd[2];

	real = false;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fd), 0);
	has_uffd = fd[0];
	sem_init(&copied, 0, 0);
	return fd[1];
}

static void ask(int fd, const char *address, pid_t waiting)
{
	struct uffd_msg m = { .event = UFFD_EVENT_PAGEFAULT };

	m.arg.pagefault.address = (uintptr_t)address;
	m.arg.pagefault.feat.ptid = waiting;
	assert_int_equal(write(fd, &m, sizeof(m)), sizeof(m));
}

static bool holds(const char *page, char value)
{
	return page[0] == value && page[PAGE / 2] == value && page[PAGE - 1] == value;
}

static void the_page_that_is_asked_for_is_copied_and_no_other(void **state)
{
	char *region = new_region();
	int kernel = plant_uffd();
	struct uffd *u = uffd__take(region, PAGES * PAGE, false);

	(void)state;
	for (int i = 0; i < PAGES; i++)
		assert_true(holds(region + i * PAGE, 0));
	ask(kernel, region + 5 * PAGE + 1234, gettid());
	sem_wait(&copied);
	ask(kernel, region + 2 * PAGE, gettid() + 1);
	sem_wait(&copied);
	for (int i = 0; i < PAGES; i++)
		assert_true(holds(region + i * PAGE, i == 5 || i == 2 ? i + 1 : 0));
	uffd__say(u);
	assert_string_equal(said, "stat uffd_copied 2\nstat uffd_async 1\n");
	uffd__release(u);
	munmap(region, PAGES * PAGE);
	close(has_uffd);
	close(kernel);
}

static void a_fault_outside_of_the_region_ends_the_host(void **state)
{
	int out[2], status;
	char text[256] = "";

	(void)state;
	assert_int_equal(pipe(out), 0);
	if (!fork()) {
		char *region = new_region();
		int kernel = plant_uffd();

		dup2(out[1], STDOUT_FILENO);
		uffd__take(region, PAGES * PAGE, false);
		ask(kernel, region + PAGES * PAGE, gettid());
		sleep(10);
		_exit(0);
	}
	wait(&status);
	assert_int_equal(WEXITSTATUS(status), DIED);
	assert_true(read(out[0], text, sizeof(text) - 1) > 0);
	assert_non_null(strstr(text, "outside of the region"));
	close(out[0]);
	close(out[1]);
}

static void *touch_all(void *region)
{
	for (int i = PAGES; i-- > 0;) {
		if (!holds((char *)region + i * PAGE, i + 1))
			return NULL;
	}
	return region;
}

/* The address is that of a page that is there: it goes, and only it. */
static void what_is_stale_goes_before_the_page_comes(void **state)
{
	char *region = new_region();
	int kernel = plant_uffd();
	struct uffd *u = uffd__take(region, PAGES * PAGE, true);

	(void)state;
	memset(region, 99, PAGES * PAGE);
	copy_nothing = true;
	ask(kernel, region + 3 * PAGE + 8, gettid());
	sem_wait(&copied);
	copy_nothing = false;
	for (int i = 0; i < PAGES; i++)
		assert_true(holds(region + i * PAGE, i == 3 ? 0 : 99));
	uffd__release(u);
	munmap(region, PAGES * PAGE);
	close(has_uffd);
	close(kernel);
}

/* Half of them touched by this thread, all by another one after it. */
static void who_touches_a_page_waits_for_it(void **state)
{
	char *region = new_region();
	pthread_t other;
	struct uffd *u;
	void *good;

	(void)state;
	real = true;
	if (uffd__open() < 0) {
		print_message("this machine has no userfaultfd: %s\n", strerror(errno));
		real = false;
		skip();
	}
	u = uffd__take(region, PAGES * PAGE, false);
	for (int i = 0; i < PAGES; i += 2)
		assert_true(holds(region + i * PAGE, i + 1));
	assert_int_equal(pthread_create(&other, NULL, touch_all, region), 0);
	pthread_join(other, &good);
	assert_ptr_equal(good, region);
	uffd__say(u);
	assert_string_equal(said, "stat uffd_copied 8\nstat uffd_async 4\n");
	uffd__release(u);
	munmap(region, PAGES * PAGE);
	real = false;
}

static struct plan_cell cell_of(uint64_t backing)
{
	struct plan_cell c;

	plan__init(&c);
	c.backing = backing;
	c.events = PAGES;
	c.seed = 7;
	return c;
}

static void a_private_region_is_private_all_over(void **state)
{
	struct plan_cell c = cell_of(BACKING_GUEST_MEMFD);
	struct private_memory *p = private__map(-1, 1, &c);
	uint64_t *page = (uint64_t *)(kvm.shared + 3 * PAGE);

	(void)state;
	assert_int_equal(private__vm_type(&c), 1);
	assert_int_equal(kvm.region_slot, 1);
	assert_int_equal(kvm.region_flags, 4);	/* KVM_MEM_GUEST_MEMFD */
	assert_int_equal(kvm.region_gpa, c.region_gpa);
	assert_int_equal(kvm.region_size, PAGES * PAGE);
	assert_true(kvm.region_fd > 0);
	assert_int_equal(kvm.private_gpa, c.region_gpa);
	assert_int_equal(kvm.private_size, PAGES * PAGE);
	assert_int_equal(kvm.attributes, 8);	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */
	assert_int_equal(*page, guest_stamp(7, c.region_gpa + 3 * PAGE));
	*said = '\0';
	private__say(p, &c);
	assert_string_equal(said, "stat shared_stores 0\n");
	*page = guest_stamp(~7ull, c.region_gpa + 3 * PAGE);
	*said = '\0';
	private__say(p, &c);
	assert_string_equal(said, "stat shared_stores 1\n");
	private__release(p);
	close(kvm.memfd);
	c = cell_of(BACKING_ANONYMOUS);
	assert_int_equal(private__vm_type(&c), 0);
}

static void a_host_that_lacks_it_is_a_skip_with_the_reason(void **state)
{
	struct plan_cell uffd = cell_of(BACKING_USERFAULTFD);
	struct plan_cell private = cell_of(BACKING_GUEST_MEMFD);
	struct plan_cell plain = cell_of(BACKING_ANONYMOUS);
	char why[256] = "";
	int kernel;

	(void)state;
	has_uffd = -ENOSYS;
	assert_true(needs__met(-1, &plain, why, sizeof(why)));
	assert_string_equal(why, "");
	assert_false(needs__met(-1, &uffd, why, sizeof(why)));
	assert_non_null(strstr(why, "which this kernel lacks: -p userfaultfd has it"));
	has_uffd = -EPERM;
	assert_false(needs__met(-1, &uffd, why, sizeof(why)));
	assert_non_null(strstr(why, "Operation not permitted"));
	kernel = plant_uffd();
	assert_true(needs__met(-1, &uffd, why, sizeof(why)));
	uffd.vcpus = 2;
	assert_false(needs__met(-1, &uffd, why, sizeof(why)));
	assert_non_null(strstr(why, "2 vCPUs"));
	close(kernel);
	close(has_uffd);
	for (int types = -1; types < 2; types++) {	/* no call, none, the default */
		vm_types = types;
		assert_false(needs__met(-1, &private, why, sizeof(why)));
		assert_non_null(strstr(why, "-p private-memory has it"));
	}
	vm_types = 3;
	assert_true(needs__met(-1, &private, why, sizeof(why)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_page_that_is_asked_for_is_copied_and_no_other),
		cmocka_unit_test(a_fault_outside_of_the_region_ends_the_host),
		cmocka_unit_test(what_is_stale_goes_before_the_page_comes),
		cmocka_unit_test(who_touches_a_page_waits_for_it),
		cmocka_unit_test(a_private_region_is_private_all_over),
		cmocka_unit_test(a_host_that_lacks_it_is_a_skip_with_the_reason),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}

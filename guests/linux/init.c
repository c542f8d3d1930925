// SPDX-License-Identifier: GPL-2.0
/*
 * Init of the Linux guest: does the one thing that its arguments name between
 * the doorbells of guest.h, checks what it wrote, and tells the host what its
 * own kernel counted meanwhile.
 *
 *	init <test> <events>
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/wait.h>
#include <unistd.h>

#include "guest.h"
#include "linux-guest.h"

#define PAGE		4096ul
#define HUGE		(2ul << 20)
#define CONSOLE_PORT	0x3f8

struct counts {
	uint64_t faults, huge;
};

static uint32_t sample[GUEST_MAX_EVENTS];
static uint64_t events, samples, touched, processes;
static struct counts before, after;

static void bell(uint32_t value)
{
	outl(value, GUEST_PORT);
}

/* To the console: there is no tty, but init may use the port as the kernel does. */
static void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	for (const char *c = text; *c; c++)
		outb(*c, CONSOLE_PORT);
}

/* Never returns: the host ends this machine at the bell. */
#define fail(fmt, ...)							\
	do {								\
		say("faultline: line %d: " fmt "\n", __LINE__, ##__VA_ARGS__); \
		bell(BELL_FAIL);					\
		pause();						\
	} while (0)

#define must(expr)							\
	do {								\
		if (!(expr))						\
			fail("%s: %s", #expr, strerror(errno));		\
	} while (0)

static uint64_t clock_now(void)
{
	uint32_t lo, hi;

	asm volatile("lfence; rdtsc" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

/* Into memory that is there already: the reading itself provokes no fault. */
static struct counts read_counts(void)
{
	static char text[16384];
	struct counts c = { 0 };
	static int fd = -1;
	ssize_t n, size = 0;
	char *at;

	if (fd < 0)
		fd = open("/proc/vmstat", O_RDONLY);
	must(fd >= 0);
	must(!lseek(fd, 0, SEEK_SET));
	while ((n = read(fd, text + size, sizeof(text) - 1 - size)) > 0)
		size += n;
	text[size] = '\0';
	at = strstr(text, "\npgfault ");
	must(at);
	c.faults = strtoull(at + 9, NULL, 10);
	at = strstr(text, "\nthp_fault_alloc ");
	if (at)
		c.huge = strtoull(at + 17, NULL, 10);
	return c;
}

/*
 * The kernel of the guest does things at a tick that it has not done before, and so
 * touches a page for the first time: let it do them now.
 */
static void settle(void)
{
	usleep(50000);
}

static void start(void)
{
	settle();
	memset(sample, 1, sizeof(sample));
	before = read_counts();
	before = read_counts();	/* the first one touched text and stack */
	bell(BELL_READY);
	bell(BELL_START);
}

static void end(void)
{
	bell(BELL_END);
	after = read_counts();
}

static char *map(uint64_t size)
{
	char *p = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	must(p != MAP_FAILED);
	p = (char *)(((uintptr_t)p + HUGE - 1) & ~(HUGE - 1));
	must(!madvise(p, size, MADV_NOHUGEPAGE));
	return p;
}

/* Page tables stay when the zero page, which a load maps, is dropped again. */
static void make_tables(char *p)
{
	for (uint64_t i = 0; i < events; i++)
		(void)*(volatile char *)(p + i * PAGE);
	must(!madvise(p, events * PAGE, MADV_DONTNEED));
}

/* One store a page, timed one by one. */
static void store(char *p, uint64_t stride, uint64_t seed)
{
	for (uint64_t i = 0; i < events; i++) {
		uint64_t t0 = clock_now();

		*(volatile uint64_t *)(p + i * stride) = seed + i;
		sample[samples++] = clock_now() - t0;
	}
	touched += events;
}

static void load(const char *p, uint64_t stride, uint64_t seed)
{
	for (uint64_t i = 0; i < events; i++) {
		uint64_t t0 = clock_now();
		uint64_t x = *(volatile uint64_t *)(p + i * stride);

		sample[samples++] = clock_now() - t0;
		if (x != seed + i)
			fail("page %llu holds 0x%llx", (unsigned long long)i,
			     (unsigned long long)x);
	}
	touched += events;
}

static void check(const char *p, uint64_t stride, uint64_t seed)
{
	for (uint64_t i = 0; i < events; i++) {
		uint64_t x = *(uint64_t *)(p + i * stride);

		if (x != seed + i)
			fail("page %llu holds 0x%llx", (unsigned long long)i,
			     (unsigned long long)x);
	}
}

static void test_boot(void)
{
	before = (struct counts) { 0 };
	end();		/* the host rang READY and START itself */
}

/* The host counts from the guest's first instruction to its last. */
static void test_off(void)
{
	sync();
	must(!umount("/tmp"));
	must(!reboot(RB_AUTOBOOT));
	fail("the machine goes on");
}

static void test_anon(void)
{
	char *p = map(events * PAGE);

	make_tables(p);
	start();
	store(p, PAGE, 1);
	end();
	check(p, PAGE, 1);
}

/* Aligned, as a fault maps what is around it within 64 KiB. */
static char *map_file(int prot)
{
	int fd = open("/tmp/file", O_RDWR | O_CREAT, 0600);
	char *p = map(events * PAGE);

	must(fd >= 0 && !ftruncate(fd, events * PAGE));
	p = mmap(p, events * PAGE, prot, MAP_SHARED | MAP_FIXED, fd, 0);
	must(p != MAP_FAILED);
	close(fd);
	return p;
}

/* Stores make the pages of a file; loads then map what is there. */
static void test_file_write(void)
{
	char *p = map_file(PROT_READ | PROT_WRITE);

	start();
	store(p, PAGE, 2);
	end();
	check(p, PAGE, 2);
}

static void test_file_read(void)
{
	char *p = map_file(PROT_READ | PROT_WRITE);

	store(p, PAGE, 3);
	munmap(p, events * PAGE);
	samples = touched = 0;
	p = map_file(PROT_READ);
	must(!madvise(p, events * PAGE, MADV_RANDOM));
	start();
	load(p, PAGE, 3);
	end();
}

/* A child that lives has a copy: every store of the parent is one page. */
static void test_cow(void)
{
	char *p = map(events * PAGE);
	int go[2], ready[2], status;
	pid_t child;
	char c = 0;

	store(p, PAGE, 4);
	samples = touched = 0;
	must(!pipe(go) && !pipe(ready));
	memset(sample, 1, sizeof(sample));
	child = fork();
	must(child >= 0);
	if (!child) {
		close(go[1]);
		if (write(ready[1], &c, 1) != 1 || read(go[0], &c, 1) != 1)
			_exit(1);
		for (uint64_t i = 0; i < events; i++) {
			if (*(uint64_t *)(p + i * PAGE) != 4 + i)
				_exit(2);
		}
		_exit(0);
	}
	must(read(ready[0], &c, 1) == 1);
	usleep(20000);		/* it waits now, and so faults no more */
	processes = 1;
	start();
	store(p, PAGE, 5);
	end();
	check(p, PAGE, 5);
	must(write(go[1], &c, 1) == 1);
	must(waitpid(child, &status, 0) == child);
	if (status)
		fail("the child saw the parent's stores: status %d", status);
}

/* Loads map the zero page, without the right to write: a store copies it. */
static void test_mprotect(void)
{
	char *p = map(events * PAGE);

	must(!mprotect(p, events * PAGE, PROT_READ));
	for (uint64_t i = 0; i < events; i++)
		(void)*(volatile char *)(p + i * PAGE);
	must(!mprotect(p, events * PAGE, PROT_READ | PROT_WRITE));
	start();
	store(p, PAGE, 7);
	end();
	check(p, PAGE, 7);
}

/* A kernel of so little memory turns THP off by itself. */
static void set_thp(const char *word)
{
	int fd = open("/sys/kernel/mm/transparent_hugepage/enabled", O_WRONLY);

	must(fd >= 0 && write(fd, word, strlen(word)) > 0);
	close(fd);
}

static void test_thp(void)
{
	char *p = map(events * HUGE);

	set_thp("madvise");
	must(!madvise(p, events * HUGE, MADV_HUGEPAGE));
	start();
	store(p, HUGE, 8);
	end();
	check(p, HUGE, 8);
}

/* The same memory and the same wish, refused. */
static void test_thp_off(void)
{
	char *p = map(events * PAGE);

	set_thp("never");
	must(!madvise(p, events * PAGE, MADV_HUGEPAGE));
	make_tables(p);
	start();
	store(p, PAGE, 8);
	end();
	check(p, PAGE, 8);
}

static void test_retouch(void)
{
	char *p = map(events * PAGE);

	store(p, PAGE, 9);
	samples = touched = 0;
	must(!madvise(p, events * PAGE, MADV_DONTNEED));
	start();
	store(p, PAGE, 10);
	end();
	check(p, PAGE, 10);
}

/* munmap() and a new mapping: page tables are made anew as well. */
static void test_remap(void)
{
	char *p = mmap(NULL, events * PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *again;

	must(p != MAP_FAILED);
	store(p, PAGE, 11);
	samples = touched = 0;
	must(!munmap(p, events * PAGE));
	again = mmap(p, events * PAGE, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(again == p);
	start();
	store(p, PAGE, 12);
	end();
	check(p, PAGE, 12);
}

/* As a compile does: many short processes, each with memory and a file. */
static void one_process(uint64_t i)
{
	uint64_t size = (16 + i % 16) * PAGE;
	char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), name[32];
	int fd;

	if (p == MAP_FAILED)
		_exit(1);
	for (uint64_t at = 0; at < size; at += PAGE)
		p[at] = i;
	snprintf(name, sizeof(name), "/tmp/%llu", (unsigned long long)i);
	fd = open(name, O_RDWR | O_CREAT, 0600);
	_exit(fd < 0 || write(fd, p, size) != (ssize_t)size);
}

static void test_mix(void)
{
	int status;
	pid_t child;

	start();
	for (uint64_t i = 0; i < events; i++) {
		uint64_t t0 = clock_now();

		child = fork();
		if (!child)
			one_process(i);
		must(child > 0 && waitpid(child, &status, 0) == child);
		sample[samples++] = clock_now() - t0;
		if (status)
			fail("process %llu ended with status %d",
			     (unsigned long long)i, status);
		processes++;
		touched += 16 + i % 16;
	}
	end();
}

/* For the suite's own tests. */
static void test_panic(void)
{
	exit(3);
}

/* More than there is: the kernel has only init to kill. */
static void test_oom(void)
{
	char *p = map(1ul << 30);

	for (uint64_t i = 0; i < 1ul << 30; i += PAGE)
		p[i] = 1;
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "boot", test_boot }, { "off", test_off }, { "anon", test_anon },
	{ "file-write", test_file_write }, { "file-read", test_file_read },
	{ "cow", test_cow }, { "mprotect", test_mprotect },
	{ "thp", test_thp }, { "thp-off", test_thp_off }, { "retouch", test_retouch },
	{ "remap", test_remap }, { "mix", test_mix },
	{ "panic", test_panic }, { "oom", test_oom },
};

static void tell(void)
{
	outl(after.faults - before.faults, LINUX_TELL_PORT + 4 * TELL_FAULTS);
	outl(after.huge - before.huge, LINUX_TELL_PORT + 4 * TELL_HUGE);
	outl(touched, LINUX_TELL_PORT + 4 * TELL_TOUCHED);
	outl(processes, LINUX_TELL_PORT + 4 * TELL_PROCESSES);
	for (uint64_t i = 0; i < samples; i++)
		outl(sample[i], LINUX_SAMPLE_PORT);
	bell(BELL_PASS);
}

int main(int argc, char **argv)
{
	const char *test = argc > 1 ? argv[1] : "";

	if (iopl(3))
		return 1;		/* to say a word takes the ports */
	events = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	must(!mount("proc", "/proc", "proc", 0, NULL));
	must(!mount("sysfs", "/sys", "sysfs", 0, NULL));
	must(!mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	if (events > GUEST_MAX_EVENTS)
		fail("%llu events", (unsigned long long)events);
	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++) {
		if (!strcmp(tests[i].name, test)) {
			tests[i].run();
			tell();
		}
	}
	fail("no test is called '%s'", test);
	return 1;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The host's program on the machine itself: what init does under QEMU, as an
 * ordinary process on the kernel that runs here. It pins itself and raises its
 * priority where it may, carries out the plan, and writes the channel to its
 * standard output.
 *
 *	faultline-metal PLAN GUESTS/ [LINUX/] >CHANNEL
 *
 * FAULTLINE_KVM names another /dev/kvm.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <unistd.h>

#include "host.h"
#include "quiet_process.h"
#include "util.h"
#include "wire.h"

static void say_and_free(const char *key, char *text)
{
	chan__say("str %s %s", key, text);
	free(text);
}

/* No address of this program drawn by chance: once more from the start. */
static void be_placed(char **argv)
{
	int was = personality(0xffffffff);

	if (was < 0 || was & ADDR_NO_RANDOMIZE)
		return;
	if (personality(was | ADDR_NO_RANDOMIZE) >= 0)
		execv("/proc/self/exe", argv);
}

static void be_quiet(void)
{
	int was = personality(0xffffffff);
	char *said;

	quiet_process__pin(&said);
	say_and_free("pinned", said);
	quiet_process__priority(&said);
	say_and_free("priority", said);
	chan__say("str aslr %s", was >= 0 && was & ADDR_NO_RANDOMIZE ?
		  "off for the VMM" : "not off: personality() is refused");
}

int main(int argc, char **argv)
{
	static cpu_set_t cpus;

	if (argc != 3 && argc != 4) {
		fputs("usage: faultline-metal PLAN GUESTS/ [LINUX/] >CHANNEL\n", stderr);
		return EXIT_USAGE;
	}
	be_placed(argv);
	chan__open(chan_pipe__open(STDOUT_FILENO));
	perf_program = getenv("FAULTLINE_PERF") ?: "perf";
	if (getenv("FAULTLINE_KVM"))
		vm_dev_kvm = getenv("FAULTLINE_KVM");
	vm_guests = argv[2];
	if (argc == 4)
		vm_linux = argv[3];
	atexit(memory__give_back);
	who__say();
	if (!sched_getaffinity(0, sizeof(cpus), &cpus))
		smp_cpus = &cpus;
	be_quiet();
	cell__plan(argv[1]);
	host_exit(EXIT_DONE);
}

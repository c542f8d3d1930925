// SPDX-License-Identifier: GPL-2.0
/*
 * The channel of init: a debug port that takes a byte at a time, so that no
 * driver, no interrupt and no console stands between a record and the rig. It
 * also ends the host, by the exit port of QEMU or of Bochs: waiting for a
 * power-off can hang under icount.
 */
#include <stdio.h>
#include <sys/io.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

static void put(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++)
		outb(line[i], WIRE_PORT);
}

static _Noreturn void leave(int code)
{
	outl(code, EXIT_PORT);		/* QEMU ends here */
	for (const char *p = SHUTDOWN_TEXT; *p; p++)
		outb(*p, SHUTDOWN_PORT);
	for (;;)
		pause();
}

const struct chan_end *chan_port__open(void)
{
	static const struct chan_end end = { put, leave };

	if (ioperm(WIRE_PORT, 1, 1) || ioperm(EXIT_PORT, 4, 1) ||
	    ioperm(SHUTDOWN_PORT, 1, 1)) {
		perror("faultline-init: ioperm: no way to talk to the rig");
		_exit(1);	/* init's exit is a panic, and the rig sees it */
	}
	return &end;
}

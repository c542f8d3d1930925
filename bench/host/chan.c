// SPDX-License-Identifier: GPL-2.0
/*
 * The host's end of the channel: a debug port that takes a byte at a time, so
 * that no driver, no interrupt and no console stands between a record and the
 * rig. It also ends the host, by the exit port: waiting for a power-off can
 * hang under icount.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/io.h>
#include <unistd.h>

#include "host.h"
#include "wire.h"

static unsigned int chan_seq;

void chan__open(void)
{
	if (ioperm(WIRE_PORT, 1, 1) || ioperm(EXIT_PORT, 4, 1)) {
		perror("faultline-init: ioperm: no way to talk to the rig");
		_exit(1);	/* init's exit is a panic, and the rig sees it */
	}
}

static void say(const char *fmt, va_list ap)
{
	char payload[WIRE_MAX], line[WIRE_MAX + 1];
	size_t n;

	vsnprintf(payload, sizeof(payload), fmt, ap);
	n = wire__format(line, chan_seq++, payload);
	for (size_t i = 0; i < n; i++)
		outb(line[i], WIRE_PORT);
}

void chan__say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

_Noreturn void host_exit(int code)
{
	outl(code, EXIT_PORT);
	for (;;)
		pause();
}

_Noreturn void host_die(const char *fmt, ...)
{
	char why[WIRE_MAX / 2];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	chan__say("die %s", why);
	host_exit(EXIT_DIED);
}

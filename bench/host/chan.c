// SPDX-License-Identifier: GPL-2.0
/*
 * The host's end of the channel: lines of bench/record/wire.h, numbered and
 * given their checksum here, and sent by the program's own end: chan_port.c
 * under QEMU, chan_pipe.c on the machine itself.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "host.h"
#include "wire.h"

static const struct chan_end *chan;
static unsigned int chan_seq;

void chan__open(const struct chan_end *end)
{
	chan = end;
}

static void say(const char *fmt, va_list ap)
{
	char payload[WIRE_MAX], line[WIRE_MAX + 1];

	vsnprintf(payload, sizeof(payload), fmt, ap);
	chan->put(line, wire__format(line, chan_seq++, payload));
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
	chan->leave(code);
	abort();
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

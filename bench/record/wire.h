/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The host-to-rig protocol, on a channel of its own: numbered lines with a
 * checksum each, so that a lost or damaged line is detected.
 *
 *	<seq> <crc32 of the rest, 8 hex digits> <word> <arguments>
 *
 * Words, in this order:
 *	hello <protocol>
 *	str <name> <text>		the host: kernel, cmdline, vuln/<file>
 *	cell <id>
 *	num <name> <value>		measured: total, events, irqs, ...
 *	vcpu <nr> <touches> <faults> <begin> <ticks>
 *					one of several, in order: its touches,
 *					its pf_taken (-1: not known), when it
 *					began, how long it took
 *	stat <name> <delta>		a KVM stat over the measured phase
 *	count <name> <value>		a hardware counter over it, host_* or guest_*
 *	perf <line>			a line of the output of perf in the host
 *	block <ticks>			`chunk` samples together, in order
 *	hist <ticks> <count>		number of samples that took <ticks>
 *	end <id> <outcome> <why>	one of WIRE_... below
 *	die <why>			the host gives up; the last line
 *	bye <cells>			the plan was carried out
 *
 * A host that was given checks instead of a plan sends, for each of them:
 *	check <name>			a selftest begins
 *	checked <name> <outcome> <ms> <last line of output>
 */
#ifndef FAULTLINE_WIRE_H
#define FAULTLINE_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define WIRE_PROTOCOL	1
#define WIRE_MAX	1024	/* bytes of one line, newline included */

/* Ports inside the emulated host; the rig puts devices there. */
#define WIRE_PORT	0xe9	/* isa-debugcon: one byte of the channel */
#define EXIT_PORT	0x501	/* isa-debug-exit: QEMU ends */
#define EXIT_DONE	0x10	/* the plan was carried out */
#define EXIT_DIED	0x11	/* init gave up after `die` */
#define EXIT_STATUS(v)	((v) << 1 | 1)	/* QEMU's exit status for it */

/* Bochs has no such device: these bytes, one after another, end it. */
#define SHUTDOWN_PORT	0x8900
#define SHUTDOWN_TEXT	"Shutdown"

/* How a cell ended inside the host. */
#define WIRE_PASS	"pass"
#define WIRE_GUEST_FAIL	"guest-fail"	/* check failed, triple fault, ... */
#define WIRE_SKIP	"skip"		/* this kernel cannot do it */
#define WIRE_GUEST_HANG	"guest-hang"	/* did not ring in limit_ms */

/* How a selftest ended there; it also passes, or skips by itself. */
#define WIRE_FAIL	"fail"
#define WIRE_SIGNAL	"signal"	/* it was killed by one */
#define WIRE_TIMEOUT	"timeout"	/* by its limit of time */

/*
 * Make one line of payload: at most WIRE_MAX bytes with newline and NUL.
 * Control bytes become '?'. Return: its length.
 */
size_t wire__format(char line[WIRE_MAX + 1], unsigned int seq,
		    const char *payload);

/*
 * Check one line (no newline) and its sequence number. Return: the payload,
 * inside line; or NULL with a message, a static text, in *why.
 */
char *wire__parse(char *line, unsigned int seq, const char **why);

#endif

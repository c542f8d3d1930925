/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One boot of one cell, as every rig that runs guests does it: files, the
 * program that runs the host, what it left, and the checks that decide whether
 * the record counts.
 */
#ifndef FAULTLINE_BOOT_H
#define FAULTLINE_BOOT_H

#include "channel.h"
#include "rig.h"

/* What belongs to one boot. */
struct boot {
	const struct boot_kind *kind;
	const struct boot_job *job;
	struct record *record;
	struct plan_cell cell;	/* the workload's plan, as the host is given it */
	/* Files: the first three are removed at the end, errors after success. */
	char *input;		/* initramfs or plan */
	char *points;		/* for the attribution plugin */
	char *image;		/* of the host's memory, for Bochs */
	char *console, *wire, *errors;
	/* Set by run(): how the program ended, as spawn__run() has it. */
	enum spawn_end end;
	int status;
	char *said;		/* why, in its own words, allocated; NULL: errors has them */
	char *log;		/* what the kernel printed, allocated */
	struct channel_log channel;
	void *own;		/* the rig's, from prepare() to run(), freed after */
};

/* How the boots of one rig differ from those of another. */
struct boot_kind {
	const char *program;	/* "QEMU": the process that runs the host */
	const char *running;	/* "the host was still up", in a hang's message */
	const char *init;	/* who gives up when the channel says `die` */
	const char *input, *errors;	/* how the names of these files end */
	int good;		/* exit status of a host that did all it was to do */
	bool resets;		/* exit status 0 is a host that reset itself */
	bool cycles;		/* ticks are TSC cycles, not instructions */
	bool own_mmu;		/* booted for this workload, so it has its MMU */
	/*
	 * Write the input. Return: 0, or -1 with a message in record->why, or
	 * with none where the disk is full.
	 */
	int (*prepare)(struct boot *b);
	/* Run the host to its end. */
	void (*run)(struct boot *b);
	const void *data;	/* the rig's */
};

/* Do it: a struct rig's boot(). */
enum boot_end boot__run(const struct boot_kind *kind,
			const struct boot_job *job, struct record *r);
#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plan: what the rig hands to the host, one cell after another. The rig
 * writes it with plan__print(), init reads it with plan__parse(); both go by
 * the same table of fields, so neither can know a field the other does not.
 *
 *	faultline-plan 1
 *	cell 3f21
 *	guest touch
 *	events 4096
 *	...
 *	run
 */
#ifndef FAULTLINE_PLAN_H
#define FAULTLINE_PLAN_H

#include <stdint.h>
#include <stdio.h>

#define PLAN_VERSION	1
#define PLAN_FILE	"/plan"		/* in the initramfs */
#define PLAN_GUESTS	"/guests/"	/* where init finds <guest>.bin */
/* More than any KVM has: what this kernel has is asked of it. */
#define PLAN_MAX_VCPUS	65536
#define PLAN_MAX_MEMORY	3072	/* MiB of a Linux guest: below the APICs' pages */
#define PLAN_LINUX	"linux-"	/* a guest of that name is the Linux one */

/* Before every line of the guest's console in the host's. */
#define GUEST_CONSOLE_MARK "guest| "

/* What perf is to do in the host, in place of a list of its events. */
#define PERF_DEFAULT	"default"	/* perf stat, whatever the host has of ours */
#define PERF_EXITS	"exits"		/* perf kvm stat: exits by their reason */
#define PERF_PROFILE	"profile"	/* perf record: where the time goes */

/* What the host does to the region when the guest rings BELL_READY. */
enum plan_ready {
	READY_NOTHING = 0,
	READY_ZAP,	/* mmu notifier zaps every SPTE, host pages stay */
	READY_DIRTY_LOG,/* dirty logging write-protects every SPTE */
};

/* What the host does itself between BELL_START and the next KVM_RUN. */
enum plan_start {
	START_NOTHING = 0,
	START_PRE_FAULT,/* KVM_PRE_FAULT_MEMORY, a page a call, timed as events */
};

/* One cell as the host sees it; units in the comments, defaults in plan.c. */
struct plan_cell {
	char	 id[64];
	char	 guest[64];
	uint64_t events;	/* N, up to GUEST_MAX_EVENTS */
	uint64_t region_gpa;	/* byte address */
	uint64_t stride;	/* bytes */
	uint64_t slot;		/* 1: a memslot backs the region; 0: none */
	uint64_t page_size;	/* bytes a host page: 4096 or 2 MiB */
	uint64_t op;		/* enum guest_op */
	uint64_t order;		/* enum guest_order */
	uint64_t pretouch;
	uint64_t ready;		/* enum plan_ready */
	uint64_t start;		/* enum plan_start */
	uint64_t vcpus;		/* 1 or more, each with a thread of its own */
	uint64_t overlap;	/* 1: each has the whole region; 0: its part */
	uint64_t seed;
	uint64_t memory;	/* MiB of a Linux guest for its processes */
	uint64_t limit_ms;	/* host milliseconds the guest may take */
	uint64_t chunk;		/* samples a `block` of a noisy rig; 0: none are said */
	uint64_t counters;	/* 1: hardware counters, where there are any */
	char	 perf[256];	/* perf around it: PERF_..., events; "": none */
};

/* A cell with every default set. */
void plan__init(struct plan_cell *cell);

/*
 * Set the field called key from text: a number (0x allowed) or one of the
 * field's words. 0, or -EINVAL for a bad value, -ENOENT for an unknown key.
 */
int plan__set(struct plan_cell *cell, const char *key, const char *value);

/* Bytes from the region's first to one past its last. */
uint64_t plan__region_size(const struct plan_cell *cell);

/* Write the header, then one cell. */
void plan__print_header(FILE *f);
void plan__print(FILE *f, const struct plan_cell *cell);

/*
 * Read the next cell. 1: *cell is filled; 0: the end; -1: the text is not a
 * plan, and err (of size errlen) says which line and why. *line counts lines
 * and starts at 0.
 */
int plan__parse(FILE *f, struct plan_cell *cell, unsigned int *line,
		char *err, size_t errlen);

#endif

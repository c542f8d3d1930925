/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plan: the cells that the host is to run, one after another. The rig writes
 * it with plan__print(), init reads it with plan__parse(); both use the same
 * table of fields, so neither can know a field that the other does not.
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
/* More than any KVM has; the kernel is asked for its own limit. */
#define PLAN_MAX_VCPUS	65536
#define PLAN_MAX_MEMORY	3072	/* MiB of a Linux guest: below the APICs' pages */
#define PLAN_LINUX	"linux-"	/* prefix of the Linux guest's names */

/* Precedes every line of the guest's console in the host's. */
#define GUEST_CONSOLE_MARK "guest| "

/* What perf does in the host, instead of a list of its events. */
#define PERF_DEFAULT	"default"	/* perf stat with our events, as far as the host has them */
#define PERF_EXITS	"exits"		/* perf kvm stat: exits by reason */
#define PERF_PROFILE	"profile"	/* perf record: where the time goes */

/* What the host does to the region when the guest rings BELL_READY. */
enum plan_ready {
	READY_NOTHING = 0,
	READY_ZAP,	/* mmu notifier zaps every SPTE, host pages stay */
	READY_DIRTY_LOG,/* dirty logging write-protects every SPTE */
	READY_DIRTY_RING,/* the same, and KVM reports by its ring */
	READY_AGE,	/* mmu notifier marks every SPTE as not accessed */
	READY_INVALIDATE,/* mmu notifier has begun and does not end */
	READY_MOVE_SLOT,/* the slot is being moved, to the end of the cell */
};

/* What the host does itself between BELL_START and the next KVM_RUN. */
enum plan_start {
	START_NOTHING = 0,
	START_PRE_FAULT,/* KVM_PRE_FAULT_MEMORY, one page per call, timed as events */
};

/* What backs the region in KVM. */
enum plan_slot {
	PLAN_NO_SLOT = 0,
	PLAN_SLOT,
	PLAN_SLOT_READONLY,	/* KVM_MEM_READONLY: a store is emulated, as to a ROM */
};

/* What the region is made of. */
enum plan_backing {
	BACKING_ANONYMOUS = 0,	/* memory of the VMM, populated */
	BACKING_USERFAULTFD,	/* ... empty: the VMM copies a page when it is touched */
	BACKING_GUEST_MEMFD,	/* private memory, which the VMM does not map */
};

/* One cell as the host gets it; units in the comments, defaults in plan.c. */
struct plan_cell {
	char	 id[64];
	char	 guest[64];
	uint64_t events;	/* N, up to GUEST_MAX_EVENTS */
	uint64_t region_gpa;	/* byte address */
	uint64_t stride;	/* bytes */
	uint64_t slot;		/* enum plan_slot */
	uint64_t page_size;	/* bytes per host page: 4096, 2 MiB or 1 GiB */
	uint64_t populate;	/* 1: the host touches it first; 0: the guest's fault makes the page */
	uint64_t paging;	/* 1: 64-bit mode; 0: 32-bit mode without paging */
	uint64_t backing;	/* enum plan_backing */
	uint64_t irqchip;	/* 1: in KVM, and the guest takes interrupts; 0: neither */
	uint64_t stale;		/* 1: KVM's page is stale when it comes, by userfaultfd; 0: it is not */
	uint64_t op;		/* enum guest_op */
	uint64_t order;		/* enum guest_order */
	uint64_t pretouch;
	uint64_t ready;		/* enum plan_ready */
	uint64_t start;		/* enum plan_start */
	uint64_t vcpus;		/* 1 or more, one thread each */
	uint64_t overlap;	/* 1: each touches the whole region; 0: its part */
	uint64_t seed;
	uint64_t memory;	/* MiB of a Linux guest for its processes */
	uint64_t limit_ms;	/* milliseconds that the guest may take, by the host's clock */
	uint64_t chunk;		/* samples per `block` of a noisy rig; 0: no blocks */
	uint64_t counters;	/* 1: use hardware counters, where there are any */
	uint64_t spin;		/* instructions that the host waits before the cell */
	uint64_t pages;		/* that it takes before; it gives every other one back */
	char	 perf[256];	/* perf around it: PERF_..., events; "": none */
};

/* A cell with every default set. */
void plan__init(struct plan_cell *cell);

/*
 * Set the field called key from text: a number (0x allowed) or one of the
 * field's words. Return: 0, -EINVAL for a bad value, -ENOENT for an unknown key.
 */
int plan__set(struct plan_cell *cell, const char *key, const char *value);

/* Return: the size of the region in bytes. */
uint64_t plan__region_size(const struct plan_cell *cell);

/* Write the header, then one cell. */
void plan__print_header(FILE *f);
void plan__print(FILE *f, const struct plan_cell *cell);

/*
 * Read the next cell; *line counts lines and starts at 0. Return: 1 with the
 * cell, 0 at the end, or -1 with a message in @err that names the line.
 */
int plan__parse(FILE *f, struct plan_cell *cell, unsigned int *line,
		char *err, size_t errlen);

#endif

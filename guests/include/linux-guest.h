/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the Linux guest adds to the contract of guest.h: its doorbells are the
 * same, rung by its init; what it has to say goes through ports too, for its
 * memory is its kernel's.
 */
#ifndef FAULTLINE_LINUX_GUEST_H
#define FAULTLINE_LINUX_GUEST_H

/* `outl` of ticks, one an event, between BELL_END and BELL_PASS. */
#define LINUX_SAMPLE_PORT	0x560

/* `outl` of a figure over the measured phase, before BELL_PASS. */
#define LINUX_TELL_PORT		0x520	/* and every fourth after it */
enum linux_tell {
	TELL_FAULTS = 0,	/* pgfault of the guest's /proc/vmstat */
	TELL_TOUCHED,		/* pages its init touched by its own count */
	TELL_HUGE,		/* thp_fault_alloc of its /proc/vmstat */
	TELL_PROCESSES,		/* children its init started and waited for */
	LINUX_TELLS,
};

#endif

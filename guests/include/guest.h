/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one contract between a guest and the VMM that runs it: where things
 * lie in guest physical memory, what the host tells the guest, the doorbells
 * the guest rings, and how it reports its own checks. Flat guests include it,
 * bench/host includes it, nothing else is shared.
 */
#ifndef FAULTLINE_GUEST_H
#define FAULTLINE_GUEST_H

#include <stdint.h>

#define GUEST_MAGIC		0x746e6c6675617467ull
#define GUEST_VERSION		3

/*
 * Guest physical layout of the low slot. It is populated and entered into
 * the MMU before the measured phase; only the region is left to fault.
 */
#define GUEST_LOW_SIZE		0x00400000u
#define GUEST_PARAMS_GPA	0x00001000u	/* struct guest_params */
#define GUEST_RESULT_GPA	0x00002000u	/* struct guest_result */
#define GUEST_TABLES_GPA	0x00010000u	/* page tables, made by the VMM */
#define GUEST_TABLES_END	0x000f0000u
#define GUEST_STACK_TOP		0x00100000u
#define GUEST_IMAGE_GPA		0x00100000u	/* flat image, entry at byte 0 */
#define GUEST_IMAGE_END		0x00200000u
#define GUEST_SAMPLES_GPA	0x00200000u	/* uint32_t a measured event */
#define GUEST_ORDER_GPA		0x00300000u	/* uint32_t an event: its page */
#define GUEST_MAX_EVENTS	0x00040000u	/* what either table holds */

/*
 * Several vCPUs share all of it but these: vCPU i has its parameters and its
 * result i times that many bytes further on, its stack as much further down.
 * They are in one page each.
 */
#define GUEST_MAX_VCPUS		32
#define GUEST_PARAMS_STEP	0x80u
#define GUEST_RESULT_STEP	0x80u
#define GUEST_STACK_STEP	0x800u

/*
 * A doorbell is `outl` of its value to GUEST_PORT. They come in this order;
 * any other order is a failed guest.
 */
#define GUEST_PORT		0x510
enum guest_bell {
	BELL_READY = 1,	/* warmed up: the host may zap, write-protect, ... */
	BELL_START = 2,	/* the measured phase begins when KVM_RUN re-enters */
	BELL_END   = 3,	/* ... and ends when KVM_RUN returns with this */
	BELL_PASS  = 4,	/* the guest's own checks passed */
	BELL_FAIL  = 5,	/* they did not; struct guest_result says which */
};

enum guest_op {
	GUEST_READ = 0,
	GUEST_WRITE = 1,
};

enum guest_order {
	GUEST_LINEAR = 0,
	GUEST_RANDOM = 1,	/* a permutation drawn from .seed */
};

/* Host to guest, written before the first KVM_RUN, read-only after that. */
struct guest_params {
	uint64_t magic;
	uint32_t version;
	uint32_t op;		/* enum guest_op */
	uint32_t order;		/* enum guest_order */
	uint32_t pretouch;	/* 1: write every page before BELL_READY */
	uint64_t events;	/* how many measured events: N */
	uint64_t region_gpa;	/* where the measured memory begins */
	uint64_t stride;	/* bytes from one event's page to the next */
	uint64_t page_size;	/* bytes a host page */
	uint64_t seed;		/* for the order and for the stamps */
	uint32_t vcpu, vcpus;	/* which of how many */
	uint64_t first, count;	/* its events, of those in the order table */
	uint64_t first_sample;	/* where its samples begin */
};

/* Guest to host, read by the host after BELL_PASS or BELL_FAIL. */
struct guest_result {
	uint64_t samples;	/* how many samples were stored */
	uint64_t clock_floor;	/* two clock reads with nothing between them */
	uint64_t line;		/* BELL_FAIL: source line of the check */
	uint64_t index;		/* ... the event it was about */
	uint64_t expected;
	uint64_t found;
};

/*
 * What the first eight bytes of event i's page hold: the host stamps them
 * before the guest starts, or the guest writes them and the host looks for
 * them through its own mapping. The address is in it, so a guest physical
 * address that lost its upper half is seen. The lowest byte is a `ret`, so a
 * stamped page may also be called.
 */
static inline uint64_t guest_stamp(uint64_t seed, uint64_t gpa)
{
	uint64_t x = (gpa + seed) * 0x9e3779b97f4a7c15ull;

	return ((x ^ (x >> 29)) & ~0xffull) | 0xc3;
}

_Static_assert(sizeof(struct guest_params) <= GUEST_PARAMS_STEP &&
	       sizeof(struct guest_result) <= GUEST_RESULT_STEP &&
	       GUEST_MAX_VCPUS * GUEST_PARAMS_STEP <= 4096 &&
	       GUEST_MAX_VCPUS * GUEST_RESULT_STEP <= 4096,
	       "parameters and results of all vCPUs are in one page each");

#endif

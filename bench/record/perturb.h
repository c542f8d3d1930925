/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a boot has other than the plain one, so that a figure which holds in both
 * does not rest on it: where the linker put the kernel's code, how long the
 * initramfs is, in which phase of the timer tick the cell begins, which pages
 * the allocator has at hand. All of it follows from a seed, which is the same
 * for every cell of a run's k-th boot.
 */
#ifndef FAULTLINE_PERTURB_H
#define FAULTLINE_PERTURB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Further link layouts that scripts/lib/layout.sh makes of a kernel. */
#define PERTURB_LAYOUTS		2
#define PERTURB_MOST_SPIN	10000000	/* instructions between two ticks: 100 a second */
#define PERTURB_MOST_ARCHIVE	64
#define PERTURB_MOST_PAGES	1024

struct perturb {
	uint64_t seed;		/* 0: the plain boot; all else is 0 as well */
	uint64_t text;		/* the kernel's link layout, 0: as kbuild links it */
	uint64_t archive;	/* pages added to the initramfs */
	uint64_t spin;		/* instructions that init waits before the cell */
	uint64_t pages;		/* that init takes before the cell; it gives half of them back */
};

/* Return: what that seed comes to. */
struct perturb perturb__of_seed(uint64_t seed);

/* Return: the link layouts among the boots of seeds 0 to seeds - 1. */
size_t perturb__layouts(size_t seeds);

/*
 * Return: "2 layouts", or of more seeds than link layouts "50 boots
 * of 3 layouts", since the rest has other pages and another phase alone.
 * Allocated; the caller frees it.
 */
char *perturb__layouts_text(size_t seeds);

/* Can it have been one? */
bool perturb__plausible(const struct perturb *p);

#endif

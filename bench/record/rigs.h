/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about rigs, one row each: what the programs above need to know of a
 * rig in order to read, compare and print its records. bench/rig/NAME.c has
 * what it does. A rig is one row in rigs.c and one file in bench/rig; nothing
 * else names one.
 */
#ifndef FAULTLINE_RIGS_H
#define FAULTLINE_RIGS_H

#include <stdbool.h>
#include <stddef.h>

/* What a rig's records are figures of, and so how they are compared. */
enum rig_figure {
	RIG_INSTRUCTIONS,	/* exact: every boot of a cell has the same ones */
	RIG_CYCLES,		/* of the time stamp counter, with noise */
	RIG_SECONDS,		/* of the wall clock, of whole boots */
	RIG_ANY_FIGURE,		/* not known here: its records show it */
};

struct rig_facts {
	const char *name, *title;
	enum rig_figure figure;
	const char *unit;	/* what its intervals are over: "boot", "layout", "round" */
	unsigned int boots;	/* of each cell where --boots does not say; 0: not run by `run` */
	bool paired;		/* cells take turns, so differences are block by block */
	bool samples;		/* guests run: every fault is timed, and vCPUs have figures */
	bool attributes;	/* --attribute: a plugin sees each instruction */
	bool perturbs;		/* boots after a cell's first are perturbed (perturb.h) */
	bool alone;		/* one boot at a time: anything else on the machine is noise */
};

/*
 * Names of rigs that a file outside of bench/rig and rigs.c needs: a key of a
 * format, or the name in the records that it makes.
 */
#define RIG_TCG		"tcg"
#define RIG_VITRO	"vitro"
#define RIG_METAL	"metal"
#define RIG_HYPERFINE	"hyperfine"

/*
 * Return: the row of that name. Records may be of a rig that this program does
 * not know; its row says nothing but that (RIG_ANY_FIGURE, unit "boot").
 */
const struct rig_facts *rigs__facts(const char *name);
/* Return: the row of that number, from 0, or NULL after the last. */
const struct rig_facts *rigs__row(size_t i);
/* Return: the first row with that figure; of instructions, the default rig. */
const struct rig_facts *rigs__first(enum rig_figure figure);
/* Return: does this rig give cycles, which are noisy? */
bool rigs__noisy(const char *name);
/* Return: does this rig time whole boots? */
bool rigs__times_boots(const char *name);

/* The rig of a run that names none. */
static inline const struct rig_facts *rigs__default(void)
{
	return rigs__row(0);
}

#endif

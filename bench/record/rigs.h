/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about rigs, one row each: what the programs above need to know of a
 * rig in order to read, compare and print its records. bench/rig/NAME.c has
 * what it does. A rig is one row in rigs.c and one file in bench/rig; nothing
 * else names one. A CPU model is one row there too.
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
	double boot_s;		/* what one takes, where no earlier run says */
	bool paired;		/* cells take turns, so differences are block by block */
	bool samples;		/* guests run: every fault is timed, and vCPUs have figures */
	/* --attribute: what sees each instruction, as reports call it; NULL: nothing does */
	const char *watcher;
	bool perturbs;		/* boots after a cell's first are perturbed (perturb.h) */
	bool alone;		/* one boot at a time: anything else on the machine is noise */
	/* How it counts instructions, where that is not once each. */
	bool rep_end;		/* a `rep` of n is n + 1, not max(1, n) */
	bool exit_again;	/* what makes a guest exit counts for the attempt too */
};

/*
 * A CPU that a rig gives its host. The rig of a cell, as records and patterns
 * have it, is "RIG-MODEL", or of one model of a rig the rig's name alone.
 */
struct rig_model {
	const char *rig;	/* its row */
	const char *name, *title;
	const char *vendor;	/* whose CPU it is, as reports print it */
	const char *cpu;	/* what the emulator calls it, with its options */
	const char *cmdline;	/* words its host needs on the kernel command line, or NULL */
	bool by_default;	/* --rig RIG runs it where no --cpu is given */
	bool plain;		/* its cells have the rig's name alone */
};

#define VENDOR_AMD	"AMD"
#define VENDOR_INTEL	"Intel"

/*
 * Names of rigs that a file outside of bench/rig and rigs.c needs: a key of a
 * format, or the name in the records that it makes.
 */
#define RIG_TCG		"tcg"
#define RIG_VITRO	"vitro"
#define RIG_METAL	"metal"
#define RIG_HYPERFINE	"hyperfine"

/*
 * Return: the row of the rig that a cell names, "RIG" or "RIG-MODEL". Records may
 * be of a rig that this program does not know; its row says nothing but that
 * (RIG_ANY_FIGURE, unit "boot").
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

/*
 * Return: the CPU model of a cell's rig; NULL where the rig has no models, and of a
 * model that this program does not know.
 */
const struct rig_model *rigs__model(const char *name);
/* Return: is it of a model that the name says, as "bochs-intel", not "tcg"? */
bool rigs__names_model(const char *name);
/* Return: the model of that number of a rig, from 0, or NULL after the last. */
const struct rig_model *rigs__model_of(const char *rig, size_t i);
/* Return: a model's rig as cells name it; allocated, the caller frees it. */
char *rigs__cell_name(const struct rig_model *m);

/* The rig of a run that names none. */
static inline const struct rig_facts *rigs__default(void)
{
	return rigs__row(0);
}

#endif

// SPDX-License-Identifier: GPL-2.0
/*
 * The table of rigs.
 */
#include <string.h>

#include "rigs.h"
#include "util.h"

/* In the order of `faultline list rigs`; the first is the default. */
static const struct rig_facts rows[] = {
	{
		.name = RIG_TCG,
		.title = "QEMU TCG with icount: instructions, exact, anywhere",
		.figure = RIG_INSTRUCTIONS, .unit = "boot", .boots = 2,
		.samples = true, .attributes = true, .perturbs = true,
	}, {
		/* A layout is the unit: more of them say more than longer ones. */
		.name = RIG_VITRO,
		.title = "the handler in a user process: TSC cycles on this machine",
		.figure = RIG_CYCLES, .unit = "layout", .boots = 24,
		.paired = true,
	}, {
		/* The kernel that runs is the variant: one boot of the machine. */
		.name = RIG_METAL,
		.title = "guests on this machine's /dev/kvm and kernel: TSC cycles",
		.figure = RIG_CYCLES, .unit = "boot", .boots = 1,
		.samples = true, .alone = true,
	}, {
		.name = "nested",
		.title = "variant hosts under QEMU with KVM: TSC cycles, two hypervisors",
		.figure = RIG_CYCLES, .unit = "boot", .boots = 5,
		.samples = true, .alone = true,
	}, {
		/* No rig to run: `faultline boot-times --import` makes its records. */
		.name = RIG_HYPERFINE,
		.title = "whole boots timed by hyperfine: seconds of the wall clock",
		.figure = RIG_SECONDS, .unit = "round", .paired = true,
	},
	/* EOL */
};

static const struct rig_facts unknown = {
	.name = "", .title = "a rig that this faultline does not know",
	.figure = RIG_ANY_FIGURE, .unit = "boot", .samples = true,
};

const struct rig_facts *rigs__row(size_t i)
{
	return i < ARRAY_SIZE(rows) ? &rows[i] : NULL;
}

const struct rig_facts *rigs__facts(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!strcmp(rows[i].name, name))
			return &rows[i];
	}
	return &unknown;
}

const struct rig_facts *rigs__first(enum rig_figure figure)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].figure == figure)
			return &rows[i];
	}
	return &unknown;
}

bool rigs__noisy(const char *name)
{
	return rigs__facts(name)->figure == RIG_CYCLES;
}

bool rigs__times_boots(const char *name)
{
	return rigs__facts(name)->figure == RIG_SECONDS;
}

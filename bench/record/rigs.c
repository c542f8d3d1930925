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
		.figure = RIG_INSTRUCTIONS, .unit = "boot", .boots = 2, .boot_s = 1.5,
		.samples = true, .watcher = "plugin", .perturbs = true,
		.rep_end = true,
	}, {
		.name = "bochs",
		.title = "Bochs, Intel and AMD: instructions, exact, anywhere",
		.figure = RIG_INSTRUCTIONS, .unit = "boot", .boots = 2, .boot_s = 5,
		.samples = true, .watcher = "trace", .perturbs = true,
		.exit_again = true,
	}, {
		/* A layout is the unit: more of them say more than longer ones. */
		.name = RIG_VITRO,
		.title = "the handler in a user process: TSC cycles on this machine",
		.figure = RIG_CYCLES, .unit = "layout", .boots = 24, .boot_s = 2.2,
		.paired = true,
	}, {
		/* The kernel that runs is the variant: one boot of the machine. */
		.name = RIG_METAL,
		.title = "guests on this machine's /dev/kvm and kernel: TSC cycles",
		.figure = RIG_CYCLES, .unit = "boot", .boots = 1, .boot_s = 1.5,
		.samples = true, .alone = true,
	}, {
		.name = "nested",
		.title = "variant hosts under QEMU with KVM: TSC cycles, two hypervisors",
		.figure = RIG_CYCLES, .unit = "boot", .boots = 5, .boot_s = 1.5,
		.samples = true, .alone = true,
	}, {
		/* No rig to run: `faultline boot-times --import` makes its records. */
		.name = RIG_HYPERFINE,
		.title = "whole boots timed by hyperfine: seconds of the wall clock",
		.figure = RIG_SECONDS, .unit = "round", .paired = true,
	},
	/* EOL */
};

/*
 * The CPUs that a rig can give its host, in the order of `faultline list rigs`.
 * A new one is a row here; what its boot needs besides is in bench/rig.
 */
static const struct rig_model models[] = {
	{
		/*
		 * No random numbers from the CPU: they differ from boot to boot.
		 * No ERMS: its `rep stosb` executes one instruction per byte
		 * under TCG, and clearing pages takes long.
		 */
		.rig = RIG_TCG, .name = "epyc", .title = "EPYC, SVM with NPT",
		.vendor = VENDOR_AMD,
		.cpu = "EPYC,+svm,+npt,-rdrand,-rdseed,-erms",
		.by_default = true, .plain = true,
	}, {
		/*
		 * Without the hypervisor bit and with microcode of 2025 it is what
		 * Linux finds on bare metal: safe RET is a mitigation there, and TSA
		 * has one.
		 */
		.rig = RIG_TCG, .name = "milan",
		.title = "EPYC-Milan as on bare metal, SVM with NPT",
		.vendor = VENDOR_AMD,
		.cpu = "EPYC-Milan,+svm,+npt,-hypervisor,ucode-rev=0x0a0011d7,"
		       "-rdrand,-rdseed,-erms",
	}, {
		.rig = "bochs", .name = "intel", .title = "Haswell, VMX with EPT",
		.vendor = VENDOR_INTEL, .cpu = "corei7_haswell_4770",
		.by_default = true,
	}, {
		.rig = "bochs", .name = "amd", .title = "Ryzen, SVM with NPT",
		.vendor = VENDOR_AMD, .cpu = "ryzen", .by_default = true,
	}, {
		/* Of its XSAVE areas Linux warns in Bochs 2.7. */
		.rig = "bochs", .name = "skylake",
		.title = "Skylake-X, VMX with EPT",
		.vendor = VENDOR_INTEL, .cpu = "corei7_skylake_x",
		.cmdline = "noxsave",
	}, {
		/*
		 * Its XSAVE areas are not laid out as Linux expects. And it has no
		 * IA32_MISC_ENABLE, for which Linux gives up ERMS, but not FSRM
		 * (580): memmove() relies on both or none.
		 */
		.rig = "bochs", .name = "icelake",
		.title = "Ice Lake, VMX with EPT, ARCH_CAPABILITIES",
		.vendor = VENDOR_INTEL, .cpu = "corei7_icelake_u",
		.cmdline = "noxsave clearcpuid=28,297,580",
	},
};

static const struct rig_facts unknown = {
	.name = "", .title = "a rig that this faultline does not know",
	.figure = RIG_ANY_FIGURE, .unit = "boot", .samples = true,
};

const struct rig_facts *rigs__row(size_t i)
{
	return i < ARRAY_SIZE(rows) ? &rows[i] : NULL;
}

/* Is a cell's rig, "RIG" or "RIG-MODEL", one of that rig? */
static bool is_of(const char *name, const char *rig)
{
	const size_t n = strlen(rig);

	return !strncmp(name, rig, n) && (!name[n] || name[n] == '-');
}

const struct rig_facts *rigs__facts(const char *name)
{
	const struct rig_facts *found = &unknown;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (is_of(name, rows[i].name) &&
		    strlen(rows[i].name) > strlen(found->name))
			found = &rows[i];
	}
	return found;
}

const struct rig_model *rigs__model(const char *name)
{
	const char *rig = rigs__facts(name)->name;
	const char *model = name + strlen(rig);

	for (size_t i = 0; *rig && i < ARRAY_SIZE(models); i++) {
		const struct rig_model *m = &models[i];

		if (!strcmp(m->rig, rig) && (m->plain ? !*model :
		    *model == '-' && !strcmp(m->name, model + 1)))
			return m;
	}
	return NULL;
}

bool rigs__names_model(const char *name)
{
	const char *row = rigs__facts(name)->name;

	return *row && strcmp(row, name);
}

const struct rig_model *rigs__model_of(const char *rig, size_t i)
{
	for (size_t k = 0; k < ARRAY_SIZE(models); k++) {
		if (!strcmp(models[k].rig, rig) && !i--)
			return &models[k];
	}
	return NULL;
}

char *rigs__cell_name(const struct rig_model *m)
{
	return m->plain ? xstrdup(m->rig) : xasprintf("%s-%s", m->rig, m->name);
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

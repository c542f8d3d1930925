/* SPDX-License-Identifier: GPL-2.0 */
/*
 * QEMU, which runs the variant's kernel under the rigs tcg and nested.
 */
#ifndef FAULTLINE_QEMU_H
#define FAULTLINE_QEMU_H

#include "rig.h"

/* What executes the host's instructions. */
struct qemu_kind {
	const char *rig;
	const char *const *options;	/* of QEMU, NULL at the end */
	const char *cpu;		/* NULL: as the CPU model has it */
	const char *cmdline;		/* of every boot's kernel */
	bool cycles;			/* its ticks are TSC cycles, not instructions */
};

/* One QEMU, from power-on to its end. */
struct qemu_run {
	const struct qemu_kind *kind;
	const struct rig_model *model;	/* NULL: the one of the rig's plain name */
	const char *kernel;		/* folder that build-kernel printed */
	uint64_t layout;		/* link layout of it, 0: the plain one */
	const char *cmdline;		/* appended to that of every boot */
	const char *memory;		/* as -m takes it */
	const char *initrd, *console, *wire, *errors;	/* files */
	const char *plugin;		/* as -plugin takes it, or NULL */
	double limit_s;
	bool (*stop)(void);
};

/*
 * Return: how it ended, as spawn__run() does; exit status
 * EXIT_STATUS(EXIT_DONE) is a good end.
 */
enum spawn_end qemu__run(const struct qemu_run *q, int *status);
/* Return: the program, as it is looked for on PATH. */
const char *qemu__program(void);

/* Parts of a struct rig. */
void qemu__need(void);
void qemu__describe(json_t *meta, const struct qemu_kind *kind,
		    const struct rig_model *model);
enum boot_end qemu__boot(const struct boot_job *job, struct record *r,
			 const struct qemu_kind *kind);
void qemu__doctor(struct findings *f);

#endif

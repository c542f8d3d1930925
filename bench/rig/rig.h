/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rig: a way to run a cell. Each is one file that ends in one struct rig,
 * and one row of facts in bench/record/rigs.c.
 */
#ifndef FAULTLINE_RIG_H
#define FAULTLINE_RIG_H

#include "catalog.h"
#include "record.h"
#include "rigs.h"
#include "running.h"

/* One boot to be done; everything in it outlives the boot. */
struct boot_job {
	const char *base, *variant;
	const struct profile *profile;
	const struct workload *workload;
	const struct rig_model *model;	/* NULL: the rig has none */
	uint64_t boot;
	const char *kernel;		/* folder that build-kernel printed */
	const char *logs;		/* stem of the boot's log files */
	const char *probe;		/* file for the plugin's log, or NULL */
	double limit_s;			/* a host still up then is a hang */
	uint64_t boots;			/* of each cell in this run */
	struct perturb perturb;		/* what is not as in the plain boot */
	double seconds;			/* that a noisy rig measures; 0: its default */
	bool (*stop)(void);		/* true: give up now */
};

/* What doctor says of one thing. */
struct finding {
	bool ok;
	bool optional;		/* doctor's exit code ignores it */
	char *what;
	char *fix;		/* the command or advice that repairs it, or NULL */
};

struct findings {
	struct finding *item;
	size_t nr;
};

enum boot_end {
	BOOT_DONE,		/* the record holds what happened */
	BOOT_STOPPED,		/* told to stop: nothing to keep */
	BOOT_NO_ROOM,		/* the disk is full: nothing to keep */
	BOOT_FAILED,		/* a program that the rig needs failed and printed why */
};

struct rig {
	const char *name;	/* of its row in bench/record/rigs.c */
	/* Dies with EXIT_MISSING unless this rig can boot here. */
	void (*need)(void);
	/*
	 * Return: why this rig cannot have that cell, allocated, the caller
	 * frees it; or NULL. Ask rig__cannot(); this may be NULL.
	 */
	char *(*cannot)(const struct rig_model *model,
			const struct profile *p, const struct workload *w);
	/*
	 * A rig that boots no kernel, but measures the one that runs here: one
	 * boot of the machine is one boot of its records. NULL for the others.
	 */
	const struct running *(*running)(void);
	/*
	 * Add what identifies this rig's programs to a run's meta data, under
	 * "rig", as they are with that model.
	 */
	void (*describe)(json_t *meta, const struct rig_model *model);
	/*
	 * Boot once and fill the record's measurement, outcome and why; cell
	 * and boot are filled in already.
	 */
	enum boot_end (*boot)(const struct boot_job *job, struct record *r);
	/*
	 * Instead of boot where cells are measured in turns: all cells of one
	 * base and boot number. r[i] belongs to job[i] and may be replaced. At
	 * BOOT_FAILED *code is the exit code to end with.
	 */
	enum boot_end (*boot_together)(const struct boot_job *const *job,
				       struct record **r, size_t nr, int *code);
	/* Add what this rig has and lacks on this machine. */
	void (*doctor)(struct findings *f);
};

/*
 * Put a rig on the list. The linker collects these pointers, as it does the
 * kernel's initcalls, so that no other file has to name a rig.
 */
#define RIG(ops)							\
	static const struct rig *const ops##_entry			\
	__attribute__((used, section("rigs"))) = &ops

/*
 * Return: the rig of that number from 0, in the order of their rows, or NULL
 * after the last.
 */
const struct rig *rig__nth(size_t i);
/*
 * Return: the rig of that name, "RIG" or "RIG-MODEL", or NULL with the list of
 * rigs or of its models in @err.
 */
const struct rig *rig__find(const char *name, struct err *err);
/* Return: the rig of a run that names none. */
const struct rig *rig__default(void);
/*
 * Return: why it cannot have that cell, allocated, the caller frees it; or
 * NULL.
 */
char *rig__cannot(const struct rig *rig, const struct rig_model *model,
		  const struct profile *p, const struct workload *w);
/* Return: its row. */
static inline const struct rig_facts *rig__facts(const struct rig *rig)
{
	return rigs__facts(rig->name);
}

/* Something that is there or is missing. */
void findings__add(struct findings *f, bool ok, const char *fix,
		   const char *fmt, ...) PRINTF(4, 5);
/* Something that is good to have, and never missing. */
void findings__note(struct findings *f, bool ok, const char *fix,
		    const char *fmt, ...) PRINTF(4, 5);
/* A program on PATH, and the package that has it. */
void findings__program(struct findings *f, const char *program,
		       const char *package);

#endif

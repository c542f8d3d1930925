/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the instructions of one boot's faults went: by class, by function, by
 * stack. Made from the plugin's log when the boot has ended, kept as one
 * compressed JSON file a boot in the run's attribution/, or all in one packed file;
 * docs/format.md has the format.
 */
#ifndef FAULTLINE_ATTRIBUTION_H
#define FAULTLINE_ATTRIBUTION_H

#include <jansson.h>

#include "executed_code.h"
#include "image.h"
#include "record.h"
#include "replay.h"
#include "run.h"

#define ATTRIBUTION_SCHEMA	1

struct attr_func {
	char *name;
	struct cost cost;
};

struct attr_funcs {
	struct attr_func *item;		/* by name */
	size_t nr;
};

/* An instruction as it was executed. */
struct attr_insn {
	uint64_t addr;
	uint32_t func;			/* index into its trace's functions, if it has those */
	uint8_t len, bytes[15];
};

/* The typical fault, step by step; what step.insn counts is insn. */
struct attr_trace {
	struct attr_insn *insn;
	size_t nr_insns;
	struct strlist func;		/* functions; an old file names none */
	struct step *step;
	size_t nr_steps;
	uint64_t next_rip;		/* where KVM keeps whether the CPU says it; 0: an old file */
};

/*
 * Faults of one class. Most have one figure in common: the typical fault is
 * one of them, of the path that most of those went.
 */
struct attr_class {
	char *name;			/* "npf store, fixed"; of a workload without: "no fault" */
	uint64_t faults;		/* ... or exits */
	struct bin *bin;		/* faults by instructions, rising */
	size_t nr_bins;
	bool rep_known;			/* figures.rep; an old file of switched tasks lacks it */
	uint64_t typical;		/* faults that share the typical figure */
	uint64_t same_path;		/* ... and went the very same path */
	uint64_t irq_insns;		/* of interrupts, in all of them together */
	uint64_t away_insns;		/* of other tasks, likewise */
	struct path_figures figures;	/* of the typical fault, as all below */
	uint64_t lines_min, lines_max, lines_sum;	/* data lines, over same_path */
	struct attr_funcs func;
	struct path_stack *stack;
	size_t nr_stacks;
	struct attr_trace trace;
	struct attr_funcs sum;		/* ... but this: over all its faults */
};

struct attribution {
	char *base, *variant, *profile, *workload;
	uint64_t boot;
	char *build_id;			/* of the kernel that was booted */
	struct attr_class *item;	/* most faults first, then by name */
	size_t nr;
	struct bin *sample;		/* what the guest's clock said, rising */
	size_t nr_samples;
	bool agrees;			/* ... and the record says the same */
	uint64_t exits;			/* VM exits in the whole boot */
	uint64_t others;		/* exits in the measured phase, no faults */
	uint64_t untold;		/* of unknown kind: no room for their path */
	uint64_t odd;			/* transfers of control not explained */
	struct executed executed;	/* all code, that of other exits too */
	/*
	 * Of a packed run: all boots that this one stands for, itself too,
	 * rising; their attributions were equal. Otherwise there are none.
	 */
	uint64_t *boots;
	size_t nr_boots;
};

/*
 * Make one from a log, the kernel it ran and the record of the same boot.
 * Return: 0, or a negative errno with what contradicts what in @err.
 */
int attribution__make(struct attribution *a, const struct probe_log *log,
		      struct image *img, const struct record *record,
		      char *err, size_t errlen);

/*
 * The typical fault of a class as a log of that one path, as if the plugin had
 * seen nothing else. Return: 0, or -ENOMEM, or -ENODATA where nothing was kept
 * of what it executed, with a message in @err, and nothing to free.
 */
#define ATTR_NO_TRACE "what a fault executed is not there, the run was packed with --no-traces; run it again: faultline run --attribute"
int attr_class__log(struct probe_log *log, const struct attr_class *c,
		    char *err, size_t errlen);
const struct attr_class *attribution__class(const struct attribution *a,
					    const char *name);
const struct attr_func *attr_funcs__find(const struct attr_funcs *l,
					 const char *name);
/* Executions of a `rep` after its first, interrupts apart. */
uint64_t attr_trace__rep(const struct attr_trace *t);
/* Instructions of the typical fault, each `rep` counted as one. */
static inline uint64_t attr_class__rep_once(const struct attr_class *c)
{
	return c->figures.insns - c->figures.rep;
}

/* Is it known in which functions they are? Not of a file that does not say. */
bool attr_class__rep_by_function(const struct attr_class *c);
/* Same classes, figures, functions and ways; the boot's number and what it executed
 * apart. */
bool attribution__equal(const struct attribution *a,
			const struct attribution *b);

/* attribution_json.c */

/* Write it, whole or not at all: as xz where that is the path's end, else as
 * gzip. Return: 0, or -errno. */
int attribution__write(const struct attribution *a, const char *path);
/* 0, or a negative errno with err naming the file and what is wrong. */
int attribution__read(struct attribution *a, const char *path, char *err,
		      size_t errlen);
/* Likewise of a text; @of is what err names. */
int attribution__parse(struct attribution *a, const char *text, size_t size,
		       const char *of, char *err, size_t errlen);
/* The text of what attribution__write() writes; allocated, the caller frees it. */
char *attribution__text(const struct attribution *a);

/*
 * attribution_file.c: the attribution of a record's boot, where it is: in its own
 * file, or with all others of a packed run. Where that one is damaged, all may have
 * been in it: they are there, and cannot be loaded.
 */
bool attribution__there(const struct run *run, const struct record *r);
/* 0, or a negative errno with err naming the file and what is wrong. */
int attribution__load(struct attribution *a, const struct run *run,
		      const struct record *r, char *err, size_t errlen);

/*
 * attribution_pack.c: put the attributions of a run into one file; of the boots of
 * each cell one is kept where they are equal but for the boot, and says of which
 * boots it is. What the file stands for is removed after it is on the disk; @files
 * counts what is in it. Without @traces what each class executed is left out, which is
 * most of the room and no figure; see attr_class__log(). Nothing is done where all are
 * in it already.
 * Return: 0, or a negative errno with a message in @err, and all is still there.
 */
int attribution__pack(struct run *run, bool traces, size_t *files, char *err,
		      size_t errlen);

json_t *attribution__to_json(const struct attribution *a);
void attribution__free(struct attribution *a);

#endif

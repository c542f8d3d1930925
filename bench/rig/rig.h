/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rig: a way to run a cell. Each is one file that ends in one struct rig;
 * rig.c lists them.
 */
#ifndef FAULTLINE_RIG_H
#define FAULTLINE_RIG_H

#include "catalog.h"
#include "record.h"

/* One boot to be done; everything in it outlives the boot. */
struct boot_job {
	const char *base, *variant;
	const struct profile *profile;
	const struct workload *workload;
	uint64_t boot;
	const char *kernel;		/* folder that build-kernel printed */
	const char *logs;		/* stem of the boot's log files */
	const char *probe;		/* file for the plugin's log, or NULL */
	double limit_s;			/* a host still up then is a hang */
	uint64_t boots;			/* of the run, a cell */
	double seconds;			/* a noisy rig measures; 0: its default */
	bool (*stop)(void);		/* true: give up now */
};

/* What doctor says of one thing; mend is the line that gets it, or NULL. */
struct finding {
	bool ok;
	char *what, *mend;
};

struct findings {
	struct finding *item;
	size_t nr;
};

enum boot_end {
	BOOT_DONE,		/* the record holds what happened */
	BOOT_STOPPED,		/* told to: nothing to keep */
	BOOT_NO_ROOM,		/* the disk is full: nothing to keep */
};

struct rig {
	const char *name, *title;
	unsigned int boots;		/* a cell, where none are asked for */
	/* Die with EXIT_MISSING unless this rig can boot here. */
	void (*need)(void);
	/* Why this rig cannot have that cell, in new memory, or NULL. */
	char *(*cannot)(const struct profile *p, const struct workload *w);
	/* Add what identifies this rig's programs to a run's meta data. */
	void (*describe)(json_t *meta);
	/*
	 * Boot once and fill the record's measurement, outcome and why; cell
	 * and boot are filled in already.
	 */
	enum boot_end (*boot)(const struct boot_job *job, struct record *r);
	/*
	 * In place of boot where cells are measured in turns: all that are
	 * wanted of one base and boot number. r[i] is of job[i], and may be
	 * put another in its place.
	 */
	enum boot_end (*boot_together)(const struct boot_job *const *job,
				       struct record **r, size_t nr);
	void (*doctor)(struct findings *f);
};

/* NULL-terminated. */
extern const struct rig *const rigs[];
extern const struct rig rig_tcg, rig_vitro;

/* Dies with EXIT_UNKNOWN_NAME and the list of rigs. */
const struct rig *rig__find(const char *name);

void findings__add(struct findings *f, bool ok, const char *mend,
		   const char *fmt, ...) PRINTF(4, 5);
/* A program on PATH, and the package that brings it. */
void findings__program(struct findings *f, const char *program,
		       const char *package);

/* initrd.c */

/*
 * Write the initramfs of one boot: the host's archive, then one that holds
 * the plan. 0 or -errno.
 */
int initrd__write(const char *path, const char *host_cpio,
		  const char *guest_cpio, const struct plan_cell *cell);

/* linux.c: the Linux guest */

/* Does the workload run in it? */
bool linux__wanted(const struct workload *w);
/*
 * The archive that holds it, in new memory, and what it is into r->host; NULL
 * with r->why where it cannot be had. FAULTLINE_GUEST names another folder.
 */
char *linux__archive(const struct boot_job *job, struct record *r);

/*
 * The same in three steps, for another content: NULL with errno set, and 0 or
 * -errno. Names are absolute paths in the host.
 */
FILE *initrd__open(const char *path, const char *host_cpio);
void initrd__add(FILE *f, unsigned int mode, const char *name,
		 const char *data, size_t size);
int initrd__close(FILE *f);

/* tcg.c: one QEMU, also for check.c. */

struct qemu_run {
	const char *kernel;		/* folder that build-kernel printed */
	const char *cmdline;		/* behind what every boot gets */
	const char *memory;		/* as -m takes it */
	const char *initrd, *console, *wire, *errors;	/* files */
	const char *plugin;		/* as -plugin takes it, or NULL */
	double limit_s;
	bool (*stop)(void);
};

/* *status as spawn__run() has it; EXIT_STATUS(EXIT_DONE) is a good end. */
enum spawn_end tcg__qemu(const struct qemu_run *q, int *status);
/* The host's archive, in new memory. */
char *tcg__host_cpio(void);

/* probe.c: the attribution plugin. */

/* The plugin's file, in new memory. */
char *probe__plugin(void);
/*
 * Write to points what the plugin must know of the kernel in that folder and
 * set *option (new memory) to what QEMU's -plugin takes. 0, or -EINVAL with
 * err saying what the kernel lacks.
 */
int probe__prepare(const char *kernel, const char *out, const char *points,
		   char **option, char *err, size_t errlen);

/* hear.c: what the host said on its channel. */

struct heard {
	bool done;		/* `bye` came, so every line did */
	bool died;		/* init gave up; why says what it said */
	char *end;		/* outcome word of the cell, or NULL */
	char *why;		/* the host's reason, or what is lost */
	bool damaged;		/* a line is missing or damaged */
};

/* Fill r from the channel's text. */
void hear__record(char *text, struct record *r, struct heard *h);
void heard__free(struct heard *h);

/* console.c */

/*
 * Look for what no healthy boot prints. Returns the worst of OUTCOME_OOPS,
 * OUTCOME_PANIC, OUTCOME_WARN or OUTCOME_OK, with the first line of that kind
 * in *line (new memory).
 */
enum outcome console__scan(const char *text, char **line);

#endif

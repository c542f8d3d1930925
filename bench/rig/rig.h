/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A rig: a way to run a cell. Each is one file that ends in one struct rig;
 * rig.c lists them.
 */
#ifndef FAULTLINE_RIG_H
#define FAULTLINE_RIG_H

#include "catalog.h"
#include "record.h"
#include "rigs.h"

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

/*
 * The kernel that runs here. One whose build id is that of a kernel in the
 * cache is that variant, in the profile that its command line and sysfs say;
 * any other is called by its release.
 */
struct running {
	char *base, *variant, *profile;
	char *release, *build_id, *boot_id;	/* build_id "" when not known */
	char *dir;			/* the variant's kernel, or NULL */
	char *note;			/* why it is no variant though it looks like one, or NULL */
};

/* What doctor says of one thing; mend is the line that gets it, or NULL. */
struct finding {
	bool ok;
	bool optional;		/* doctor's exit code does not go by it */
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
	const char *name;	/* of its row in bench/record/rigs.c */
	/* Die with EXIT_MISSING unless this rig can boot here. */
	void (*need)(void);
	/* Why this rig cannot have that cell, in new memory, or NULL. */
	char *(*cannot)(const struct profile *p, const struct workload *w);
	/*
	 * A rig that boots no kernel, but measures the one that runs here: one
	 * boot of the machine is one boot of its records. NULL for the others.
	 */
	const struct running *(*running)(void);
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
/* Return: the rig of that name; dies with EXIT_UNKNOWN_NAME and the list. */
const struct rig *rig__find(const char *name);
/* Return: the rig of a run that names none. */
const struct rig *rig__default(void);
/* Return: its row. */
static inline const struct rig_facts *rig__facts(const struct rig *rig)
{
	return rigs__facts(rig->name);
}

void findings__add(struct findings *f, bool ok, const char *mend,
		   const char *fmt, ...) PRINTF(4, 5);
/* What is good to have; without it doctor is content. */
void findings__note(struct findings *f, bool ok, const char *mend,
		    const char *fmt, ...) PRINTF(4, 5);
/* A program on PATH, and the package that brings it. */
void findings__program(struct findings *f, const char *program,
		       const char *package);

/* kvm.c: the machine's own KVM. */

/* /dev/kvm, or what FAULTLINE_KVM names. */
const char *kvm__path(void);
/* 0, or -errno of opening it; -ENOTTY where it is no KVM. */
int kvm__try(void);
/* By what kvm__try() said: is it there, but not for this user? */
bool kvm__refused(int e);
/* ... and why there is none on hardware here, in new memory, or NULL. */
char *kvm__lacks(int e);
/* Is kvm_amd or kvm_intel there, built in or loaded? */
bool kvm__has_module(const char *name);

/* running.c */

/* Looked up once. */
const struct running *running__kernel(void);
/*
 * The build id among ELF notes (/sys/kernel/notes, .note.gnu.build-id), in hex
 * and new memory, or NULL.
 */
char *running__build_id(const void *notes, size_t size);
/* What a host says of itself (vuln/..., kvm.tdp_mmu), from sysfs. */
json_t *running__host(void);

/* initrd.c */

/*
 * Write the initramfs of one boot: archives, one after another up to a NULL,
 * then one that holds the plan. 0 or -errno.
 */
int initrd__write(const char *path, const char *const *cpios,
		  const struct plan_cell *cell);

/* guest_files.c: the Linux guest, its files */

/* Does the workload run in it? */
bool guest_files__wanted(const struct workload *w);
/*
 * The folder of its files, in new memory, and what they are into r->host; NULL
 * with r->why where it cannot be had. FAULTLINE_GUEST names another folder.
 */
char *guest_files__dir(const char *base, struct record *r);
/* The same, of the archive that holds it for a host with an initramfs. */
char *guest_files__archive(const char *base, struct record *r);

/*
 * The same in three steps, for another content: NULL with errno set, and 0 or
 * -errno. Names are absolute paths in the host.
 */
FILE *initrd__open(const char *path, const char *host_cpio);
void initrd__add(FILE *f, unsigned int mode, const char *name,
		 const char *data, size_t size);
int initrd__close(FILE *f);

/* tcg.c: one QEMU, also for check.c and nested.c. */

/* What runs the host's instructions. */
struct qemu_kind {
	const char *rig;
	const char *const *options;	/* of QEMU, NULL at the end */
	const char *cpu;
	const char *cmdline;		/* what every boot gets */
	bool cycles;			/* its ticks are cycles, not instructions */
};
extern const struct qemu_kind qemu_tcg;

struct qemu_run {
	const struct qemu_kind *kind;
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
/* Parts of struct rig. */
void tcg__need(void);
void tcg__describe(json_t *meta, const struct qemu_kind *kind);
enum boot_end tcg__boot(const struct boot_job *job, struct record *r,
			const struct qemu_kind *kind);

/* perf_parse.c: Linux perf in the host. */

struct channel_log;
/* Does the workload want it? */
bool perf_parse__wanted(const struct workload *w);
/* Pack it, or find it packed. 0, or the exit code of who said why not. */
int perf_parse__prepare(void);
/*
 * The archive that holds it, in new memory, and what it is into r->host; NULL
 * with r->why where it cannot be had.
 */
char *perf_parse__archive(struct record *r);
/* What its boot gets on the kernel's command line, or "". */
const char *perf_parse__cmdline(const struct workload *w);
/*
 * What it printed into r->stats as perf/..., what it did not count into the
 * host's perf/lacks. OUTCOME_OK, or what is wrong with why in new memory: it
 * failed, or its count of faults is not KVM's.
 */
enum outcome perf_parse__take(const struct channel_log *h, const struct workload *w,
			struct record *r, char **why);

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

/* channel.c: what the host said on its channel. */

struct channel_log {
	bool done;		/* `bye` came, so every line did */
	bool died;		/* init gave up; why says what it said */
	char *end;		/* outcome word of the cell, or NULL */
	char *why;		/* the host's reason, or what is lost */
	bool damaged;		/* a line is missing or damaged */
	uint64_t chunk;		/* samples a block; 0: no blocks */
	uint64_t *block;	/* ticks of so many samples together, in order */
	size_t nr_blocks;
	struct numbers counts;	/* hardware counters: host_cycles, ... */
	struct strlist perf;	/* lines that perf printed */
};

/* Fill r from the channel's text. */
void channel__parse(char *text, struct record *r, struct channel_log *h);
void channel__free(struct channel_log *h);
/*
 * For a rig whose ticks are cycles of the TSC: give r the blocks and counters
 * that were heard, as cycles a fault. 0, or -1 with why in err.
 */
int channel__cycles(const struct channel_log *h, struct record *r, char *err,
		  size_t errlen);
/* What such a rig asks of the host beside the workload's own plan. */
struct plan_cell channel__noisy_cell(const struct workload *w);
/* Why a workload has too few events for that, in new memory, or NULL. */
char *channel__too_few(const struct workload *w);

/*
 * verify.c: OUTCOME_OK, or what is wrong, with *why in new memory.
 */

/*
 * "a=b*; c=d": every file must say its pattern. OUTCOME_SKIP where the CPU
 * model is not affected, so that the kernel has nothing to choose.
 */
enum outcome verify__profile(const struct profile *p, json_t *host, char **why);
/* The MMU that a workload is about is the one that the host has. */
enum outcome verify__tdp_mmu(const struct workload *w, json_t *host, char **why);
/* Did the channel end as it must, and the guest well? */
enum outcome verify__channel(const struct channel_log *h, char **why);

/* console.c */

/*
 * Look for what no healthy boot prints. Returns the worst of OUTCOME_OOPS,
 * OUTCOME_PANIC, OUTCOME_WARN or OUTCOME_OK, with the first line of that kind
 * in *line (new memory).
 */
enum outcome console__scan(const char *text, char **line);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The plugin's log, read: bench/plugin/probe.h has the format.
 */
#ifndef FAULTLINE_PROBE_LOG_H
#define FAULTLINE_PROBE_LOG_H

#include "insn.h"
#include "util.h"

enum step_kind { STEP_INSN, STEP_LOAD, STEP_STORE, STEP_ENTER, STEP_LEAVE };

/* One thing that happened on a path; an access follows its instruction. */
struct step {
	uint8_t kind;			/* enum step_kind */
	uint8_t size;			/* bytes loaded or stored */
	uint32_t insn;			/* index into the log's instructions */
	uint64_t addr;			/* of the access */
};

/* VM exits that went the same path to the next VM entry. */
struct probe_path {
	uint64_t count;
	unsigned int phase;		/* doorbells rung before */
	char how[16];			/* PROBE_RETRY ... */
	uint8_t guest[15], guest_len;	/* the guest's last instruction */
	uint64_t own;			/* instructions of each */
	uint64_t irq;			/* of interrupts, all of them together */
	bool stored;			/* what follows is known */
	uint64_t lines_min, lines_max, lines_sum;	/* data cache lines */
	struct step *step;
	size_t nr_steps;
};

/* Was it executed by the host, and within what is measured? */
enum ran { RAN_NEVER, RAN_OUTSIDE, RAN_MEASURED };

struct probe_sample { uint64_t ticks, count; };

struct probe_log {
	struct insn *insn;		/* as executed, decoded */
	uint8_t *ran;			/* enum ran of each; NULL: the log does not say */
	size_t nr_insns;
	struct probe_path *path;
	size_t nr_paths;
	struct probe_sample *sample;	/* by rising ticks */
	size_t nr_samples;
	uint64_t exits, odd, overflow, uncounted;
	uint64_t lost;			/* instructions that it lacks: it was refused */
	uint64_t vcpus;			/* of the guest */
};

/*
 * Read a log. 0, or a negative errno with err saying what is wrong and where:
 * -EINVAL when it is no such log or ends before its end.
 */
int probe_log__read(struct probe_log *log, const char *path, char *err,
		    size_t errlen);
void probe_log__free(struct probe_log *log);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the host printed on its channel, parsed; the format is in
 * bench/record/wire.h.
 */
#ifndef FAULTLINE_CHANNEL_H
#define FAULTLINE_CHANNEL_H

#include "catalog.h"
#include "record.h"

struct channel_log {
	bool done;		/* `bye` came, so no line is missing at the end */
	bool died;		/* init gave up; why has its message */
	char *cell;		/* whose it is, or NULL */
	char *end;		/* outcome word of the cell, or NULL */
	char *why;		/* the host's reason, or which line is wrong */
	bool damaged;		/* a line is missing or damaged */
	uint64_t chunk;		/* samples per block; 0: no blocks */
	uint64_t *block;	/* ticks of that many samples together, in order */
	size_t nr_blocks;
	struct numbers counts;	/* hardware counters: host_cycles, ... */
	struct strlist perf;	/* lines that perf printed */
};

/* Fill the record and the log from the channel's text, which is changed. */
void channel__parse(char *text, struct record *r, struct channel_log *h);
void channel__free(struct channel_log *h);
/*
 * For a rig whose ticks are TSC cycles: give the record the channel's blocks
 * and counters, as cycles per fault. Return: 0, or -1 with a message in @err.
 */
int channel__cycles(const struct channel_log *h, struct record *r, char *err,
		    size_t errlen);
/* Return: the workload's plan, with the blocks that such a rig asks for. */
struct plan_cell channel__noisy_cell(const struct workload *w);
/*
 * Return: why a workload has too few events for such a rig, allocated, the
 * caller frees it; or NULL.
 */
char *channel__too_few(const struct workload *w);

#endif

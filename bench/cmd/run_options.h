/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line of faultline run.
 */
#ifndef FAULTLINE_RUN_OPTIONS_H
#define FAULTLINE_RUN_OPTIONS_H

#include "select.h"

enum perturb_wish { PERTURB_UNSAID, PERTURB_ON, PERTURB_OFF };

/* What is not given is NULL, 0 or false. */
struct run_options {
	char *rig, *cpu, *out, *resume;
	struct select_cells cells;
	bool everything, attribute, split, estimate, quiet_host;
	enum perturb_wish perturb;
	char *counters;
	unsigned int boots, jobs;
	double limit_s, seconds;
};

/*
 * How it is measured, for every command that measures: rig, boots, jobs, limits,
 * attribute, perturb, quiet host, where to. An argp child whose input is a
 * struct run_options.
 */
extern const struct argp run_options__shared;
#define RUN_OPTIONS_SHARED	{ &run_options__shared, 0, NULL, 0 }

/* Read the command line; ends the program where it is wrong. */
void run_options__parse(struct run_options *o, int argc, char **argv);

#endif

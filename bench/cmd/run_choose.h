/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which cells a run is of: from the options of faultline run to the sections of
 * its matrix. Each function dies where a name is unknown or does not fit.
 */
#ifndef FAULTLINE_RUN_CHOOSE_H
#define FAULTLINE_RUN_CHOOSE_H

#include "jobs.h"
#include "run_options.h"

/* The rig of a run: by its option, or as the first pattern has it. */
const struct rig *run_choose__rig(const struct run_options *o);
/* The rigs of its cells, "RIG" or "RIG-MODEL", to s->matrix.rigs. */
void run_choose__models(struct session *s, const struct run_options *o);
/* A section for each pattern, or one of what the lists choose. */
void run_choose__cells(struct session *s, const struct run_options *o);
/* The kernel that runs: there is nothing to choose but workloads. */
void run_choose__running(struct session *s, const struct run_options *o);
/* The workloads once more with perf; list is what --counters has. */
void run_choose__counters(struct session *s, const char *list);

#endif

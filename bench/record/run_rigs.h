/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run of several CPU models of one rig, taken apart: a cell is of one model,
 * and what is said of cells is said of the records of one model. A view is such
 * a run: the same folder, the records and the plan of one rig, and its "rig"
 * object alone. Of a run of one rig there is one view, with all of it.
 */
#ifndef FAULTLINE_RUN_RIGS_H
#define FAULTLINE_RUN_RIGS_H

#include "run.h"

/* "bochs-intel": of the first record, or of a run without one of its plan. */
const char *run__rig(const struct run *run);

/* The rigs of a run's records, each once, in the order of its plan. */
void run__rigs(const struct run *run, struct strlist *rigs);

/*
 * The records of one rig; they stay the run's, which must outlive the view.
 * Free it with run__free_view().
 */
void run__view(struct run *view, const struct run *run, const char *rig);
void run__free_view(struct run *view);

/* All of them: at least one. */
struct run_views {
	struct run *item;
	size_t nr;
};
void run__views(struct run_views *v, const struct run *run);
void run__free_views(struct run_views *v);

/*
 * Are the records of one rig, though of several CPU models? Only then can a
 * table have all of them. The other rig is put to *other, where it is not NULL.
 */
bool run__one_rig(const struct run *run, const char **other);

/*
 * What identifies the programs of one rig's cells: of a run of several models
 * run.json has an object a model. Return: a borrowed object, or NULL.
 */
json_t *run__rig_object(const struct run *run, const char *rig);

/*
 * What emulates the machine of a run of one rig: "QEMU emulator version 7.2.22
 * (Debian ...)", "Bochs 2.7"; allocated, the caller frees it. NULL: nothing does, or
 * run.json does not say.
 */
char *run__emulator(const struct run *run);

#endif

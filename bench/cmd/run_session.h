/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run from its options to its last record: what the commands that measure
 * share. Each function dies where it cannot go on. `run` knows all cells at
 * once and calls begin, build, open or reopen, boot, end; whoever finds out
 * step by step what to measure next calls begin, then session__add() as often
 * as it likes, and end.
 */
#ifndef FAULTLINE_RUN_SESSION_H
#define FAULTLINE_RUN_SESSION_H

#include "jobs.h"
#include "run_options.h"

/* Rig, boots and how they are done; not the cells. */
void session__options(struct session *s, const struct run_options *o);
/* Die where the options choose several CPU models, and @what takes one. */
void session__one_model(const struct session *s, const char *what);
/* Where the run goes, and how it was asked for. */
void session__begin(struct session *s, const struct run_options *o, int argc,
		    char **argv);
/*
 * Programs and kernels of the matrix. A kernel that does not build ends the
 * program, or with s->kernels.keep_going is one whose cells are skips.
 */
void session__build(struct session *s);
/* The run's folder: a new one, or the one that goes on. */
void session__open(struct session *s);
void session__reopen(struct session *s);
/* Let run.json have what the matrix has now. */
void session__note(struct session *s);
/* Every boot of the matrix that has no settled record yet. */
void session__boot(struct session *s);
/*
 * More variants of a base, measured to the end: build, boot, keep. The first
 * call makes the run's folder; profiles NULL or empty: the default one;
 * workloads count at a base's first call. The records are in s->run; look at
 * stop__asked(), s->storage_error and s->rig_failed after it.
 */
void session__add(struct session *s, const char *base,
		  const struct strlist *variants, const struct strlist *profiles,
		  const struct strlist *workloads);
/* Why a kernel does not build, or NULL. */
const char *session__failed(const struct session *s, const char *base,
			    const char *variant, const char *profile);
/*
 * Say what the run came to. Return: exit code of its worst record; dies where it
 * was interrupted or could not be kept, and says how to go on.
 */
int session__end(struct session *s);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One run of several: those that a cluster measured side by side, each some
 * cells of one matrix.
 */
#ifndef FAULTLINE_MERGE_H
#define FAULTLINE_MERGE_H

#include "run.h"

/*
 * Put finished parts together: out gets their records, one plan of all their
 * sections and what run.json says of each (`parts`); its dir is NULL, its id
 * that of the same parts whenever they are merged. Return: 0, or -1 with code
 * and message in @err where they are not parts of one run: EXIT_NO_DATA unfinished, EXIT_BAD_RECORD damaged, EXIT_CHANGED
 * other programs, kernels or sources, EXIT_DISAGREE a cell that two of them
 * measured with other figures, or the base of a noisy rig in two of them (its cells
 * are paired within a process). out is empty then.
 */
int run__merge(struct run *out, const struct run *part, size_t nr,
	       struct err *err);

/*
 * Write a merged run with the logs and attributions of its parts as
 * parent/<id>, whole or not at all, and let parent/latest point at it. *is_new
 * is false where it was there already. Return: 0, or -1 with EXIT_STORAGE and a
 * message in @err.
 */
int run__write_merged(struct run *out, const char *parent,
		      const struct run *part, size_t nr, bool *is_new,
		      struct err *err);

#endif

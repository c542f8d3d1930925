/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of faultline diff other commands use: commits, measured as the columns of
 * one run.
 */
#ifndef FAULTLINE_DIFF_RUN_H
#define FAULTLINE_DIFF_RUN_H

#include "diff_options.h"
#include "diff_subject.h"
#include "run_session.h"

/*
 * Build and boot them all, with the workloads that diff has by default where
 * none is named; the functions that each changed are in the session's commits.
 * Dies where the start does not build.
 */
void diff__measure(struct session *s, struct diff_options *o,
		   const struct diff_subject *d, int argc, char **argv);
/* An installed program keeps its runs in the cache then, not in the user's tree. */
void diff__keep_out_of_tree(struct run_options *o);

#endif

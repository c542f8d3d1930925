/* SPDX-License-Identifier: GPL-2.0 */
/*
 * diff --exit-code: what `git bisect run` takes. 0: the end of the range is not
 * more expensive than its start; 1: it is; 125: that cannot be said, since one of
 * them does not build or boot; 129: not a commit's fault, so that git stops.
 */
#ifndef FAULTLINE_DIFF_EXIT_H
#define FAULTLINE_DIFF_EXIT_H

#include "diff_subject.h"
#include "limit.h"
#include "run_session.h"

enum diff_exit { DIFF_EXIT_NOT_MORE = 0, DIFF_EXIT_MORE = 1, DIFF_EXIT_SKIP = 125,
		 DIFF_EXIT_STOP = 129 };

/*
 * With --exit-code among the words, from now on whatever ends the program ends it
 * with one of these codes: a wrong command line is nobody's bad commit.
 */
void diff_exit__begin(int argc, char **argv);
/* The code of what was measured; says why on stdout. */
int diff_exit__code(const struct session *s, const struct diff_subject *d,
		    const struct limit *l);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The command line of faultline diff.
 */
#ifndef FAULTLINE_DIFF_OPTIONS_H
#define FAULTLINE_DIFF_OPTIONS_H

#include "limit.h"
#include "run_options.h"
#include "table.h"

enum diff_dirty { DIFF_DIRTY_IF_HEAD, DIFF_DIRTY, DIFF_NO_DIRTY };

/* What is not given is NULL, 0 or empty. */
struct diff_options {
	struct run_options run;
	struct strlist range;		/* as it is typed */
	unsigned int last;		/* of -3 */
	bool last_said;
	const char *merge_base, *onto, *message_id;
	struct strlist mboxes;
	struct strlist workloads, profiles;
	enum diff_dirty dirty;
	const struct table_format *format;
	bool exit_code;			/* that of git bisect run, by this limit */
	struct limit limit;
};

/* Read the command line; ends the program where it is wrong. */
void diff_options__parse(struct diff_options *o, int argc, char **argv);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables that a run has, as `faultline compare` and the sections of a
 * report show them.
 */
#ifndef FAULTLINE_CMD_TABLES_H
#define FAULTLINE_CMD_TABLES_H

#include "run.h"
#include "select.h"
#include "table.h"

/* What of a run. */
struct run_tables_pick {
	const char *against;	/* reference variant; NULL: baseline */
	struct select_cells cells;
	bool factors, steps, vendors;	/* in place of the comparison */
	/* Of --factors: which; none: dispatch and profile, as factors.h has them. */
	struct strlist factor;
};

struct run_tables {
	struct tables tables;
	size_t usable;		/* cells in them that have a figure, or a skip as their answer */
	size_t disagree;	/* whose two methods disagree, so that they have none */
	char *false_alarms;	/* what ends them; NULL: no word is in them */
	char *missing;		/* why there is no (further) table and how to measure it, or NULL */
};

/*
 * Return: 0, or -1 with EXIT_UNKNOWN_NAME and a message in @err when the run
 * lacks a name that is picked; t is empty then.
 */
int run_tables__make(struct run_tables *t, const struct run *run,
		     const struct run_tables_pick *pick, struct err *err);
void run_tables__free(struct run_tables *t);

#endif

/* SPDX-License-Identifier: GPL-2.0 */
/* One made-up run of a test, and its judgements: begin, add records, judge, end. */
#ifndef FAULTLINE_JUDGED_RUN_H
#define FAULTLINE_JUDGED_RUN_H

#include "judge.h"
#include "unit.h"

static struct run run;
static struct judgements j;

static inline void begin(void)
{
	run = (struct run) { .dir = xstrdup("/nowhere"), .meta = json_object() };
}

static inline struct record *add(struct record *r)
{
	run.record = xrealloc(run.record, (run.nr + 1) * sizeof(r));
	run.record[run.nr++] = r;
	return r;
}

static inline void judge(void)
{
	struct err e;

	assert_int_equal(judge__run(&j, &run, &judge_defaults, &e), 0);
}

static inline void end(void)
{
	judgements__free(&j);
	run__free(&run);
}

#endif

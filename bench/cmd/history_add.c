// SPDX-License-Identifier: GPL-2.0
/*
 * A run that is added to the history; see history_add.h.
 */
#include <stdio.h>
#include <stdlib.h>

#include "attributed.h"
#include "history_add.h"
#include "history_figures.h"
#include "history_report.h"
#include "need.h"
#include "points.h"

/* A run that can be added, or an end that says why not. */
static void take_run(struct points *p, struct run *run,
		     const struct history_adding *o, const char *dir)
{
	struct err e;

	need_run(run, dir);
	if (run->bad)
		die(EXIT_BAD_RECORD, "%zu lines are no records, and a run is added once; measure them again: faultline run --resume %s\n%s",
		    run->bad, run->dir, run->bad_text);
	if (o->attributions_alone ? points__begin(p, run, &e) :
				    points__of_run(p, run, &e))
		die_err(&e);
}

/* Figures of its attributions, with what the history has of them. */
static void take_attributed(struct history *h, struct points *p,
			    const struct run *run,
			    const struct history_adding *o)
{
	struct points_wanted want = { .globs = o->follow };
	struct history_key *functions, *paths, *all;
	size_t nr_functions, nr_paths;

	functions = history__keys(h, ATTRIBUTED_FUNCTION "*", &nr_functions);
	paths = history__keys(h, ATTRIBUTED_PATH "*", &nr_paths);
	need_no_error(h);
	want.nr_followed = nr_functions + nr_paths;
	all = xcalloc(want.nr_followed + 1, sizeof(*all));
	for (size_t i = 0; i < want.nr_followed; i++)
		all[i] = i < nr_functions ? functions[i] :
					    paths[i - nr_functions];
	want.followed = all;
	points__add_attributed(p, run, &want);
	free(all);
	history__keys_free(functions, nr_functions);
	history__keys_free(paths, nr_paths);
}

static void need_points(const struct points *p, const struct run *run,
			const struct history_adding *o)
{
	if (p->nr)
		return;
	if (o->attributions_alone)
		die(EXIT_NO_DATA, "%s has no attribution to add%s%s; record it: faultline run --attribute",
		    run->dir, p->unread ? ": " : "", p->why_unread);
	die(EXIT_NO_DATA, "%s has no valid record (%zu cells, %zu invalid, %zu skipped): nothing to add; faultline compare %s says why",
	    run->dir, p->cells, p->invalid, p->skipped, run->dir);
}

/* What was not added is said, and what to do. Return: the exit code. */
static int say_not_added(struct history *h, enum history_added is,
			 const char *dir)
{
	char *why;

	switch (is) {
	case HISTORY_OTHER:
		fprintf(stderr, "faultline: %s: a run keeps its records once it was added; run anew, and add that\n",
			dir);
		return EXIT_CHANGED;
	case HISTORY_REFUSED:
		why = safe_text(history__refusal(h));
		fprintf(stderr, "faultline: %s is not added: %s; to keep it without judging by it: history add --apart --who NAME --why TEXT\n",
			dir, why);
		free(why);
		return EXIT_OUT_OF_ORDER;
	default:
		return EXIT_OK;
	}
}

int history_add(struct history *h, const struct history_adding *o,
		const char *dir)
{
	enum history_added is;
	struct points p;
	struct run run;
	int code;

	take_run(&p, &run, o, dir);
	take_attributed(h, &p, &run, o);
	need_points(&p, &run, o);
	p.run.apart_who = o->apart_who;
	p.run.apart_why = o->apart_why;
	is = history__add(h, &p.run, p.item, p.nr);
	need_no_error(h);
	report__history_added(stdout, &p, is, o->path);
	fflush(stdout);
	code = say_not_added(h, is, run.dir);
	points__free(&p);
	run__free(&run);
	return code;
}

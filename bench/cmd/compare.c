// SPDX-License-Identifier: GPL-2.0
/*
 * faultline compare: what a fault costs in each variant of a run.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "need.h"
#include "options.h"
#include "report.h"
#include "rigs.h"
#include "run_rigs.h"
#include "select.h"
#include "tables.h"
#include "text.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_FACTORS, OPT_STEPS, OPT_VENDORS,
       OPT_VERDICTS };

/* What of a run a command line picks, and how it is printed. */
struct options {
	struct select_run run;
	const struct table_format *format;
	struct run_tables_pick pick;
	bool verdicts;
};

#define NAME(name) " " #name

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are compared with (default baseline)", 0 },
	{ "factors", OPT_FACTORS, "LIST", OPTION_ARG_OPTIONAL, "Dispatch x mitigation: what the direct call saves and what a retpoline adds; of a list of them (shape, profile, overlays by name; or all) what each does, and each two together", 0 },
	{ "steps", OPT_STEPS, NULL, 0, "What each patch of a series added", 0 },
	{ "vendors", OPT_VENDORS, NULL, 0, "AMD and Intel next to each other, and nothing else", 0 },
	{ "verdicts", OPT_VERDICTS, NULL, 0, "Every cell against the reference, each verdict with its reason", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "One of (default text):" TABLE_FORMATS(NAME), 0 },
	{ 0 }
};

static const char doc[] =
	"Compare the variants of a run, one row per workload.\v"
	"Examples:\n"
	"  faultline compare results/latest\n"
	"  faultline compare results/latest --against const-fields --format csv\n"
	"  faultline compare results/latest --factors --variants const-fields\n"
	"  faultline compare results/latest --factors=shape,init-none\n"
	"  faultline compare results/latest --steps --base v5.10\n"
	"  faultline compare results/latest --vendors --base v6.1\n"
	"  faultline compare results/latest --verdicts --profiles off\n";

/* Options that do not go together. */
static void check(const struct options *o, const struct argp_state *state)
{
	const struct run_tables_pick *p = &o->pick;
	const struct strlist *names = p->cells.s.names;

	if (o->verdicts && (p->factors || p->steps || p->vendors || o->format != table_formats))
		argp_error(state, "--verdicts is a table of its own, in text only");
	if (p->factors && (p->steps || names[BY_PROFILE].nr))
		argp_error(state, "--factors chooses its own profiles, and cannot be used with --steps");
	if (p->vendors && (p->factors || p->steps))
		argp_error(state, "--vendors is a table of its own: it takes no --factors and no --steps");
	if (p->steps && (names[BY_VARIANT].nr || p->against))
		argp_error(state, "--steps compares each patch with the one before: it takes no --variants and no --against");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_AGAINST:
		o->pick.against = arg;
		break;
	case OPT_FACTORS:
		o->pick.factors = true;
		strlist__split(&o->pick.factor, arg ?: "", ',');
		break;
	case OPT_STEPS:
		o->pick.steps = true;
		break;
	case OPT_VENDORS:
		o->pick.vendors = true;
		break;
	case OPT_VERDICTS:
		o->verdicts = true;
		break;
	case OPT_FORMAT:
		o->format = options__table_format(state, arg);
		break;
	case ARGP_KEY_INIT:
		select__inputs(state, &o->run, &o->pick.cells);
		break;
	case ARGP_KEY_END:
		check(o, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = {
	SELECT_RUN, SELECT_CELLS_OF_RIGS, { 0 }
};
static const struct argp argp = { option_table, parse, "RUN", doc, children, 0, 0 };

static _Noreturn void die_unchosen(const struct run *run)
{
	die(EXIT_UNKNOWN_NAME, "no cell of %s matches what is chosen; 'faultline compare %s' shows what there is",
	    run->dir, run->dir);
}

/* The last line; NULL: there is none. */
static void write_false_alarms(const char *text)
{
	if (!text)
		return;
	fputc('\n', stdout);
	text__wrapped(stdout, 0, text);
}

/* How many cells had a figure; *disagree: and how many two figures. */
static size_t print_tables(const struct options *o, const struct run *run,
			   size_t *disagree)
{
	struct run_tables t = { 0 };
	size_t usable;
	struct err e = { 0 };

	if (run_tables__make(&t, run, &o->pick, &e))
		die_err(&e);
	if (!t.tables.nr && !t.missing && run->nr)
		die_unchosen(run);
	o->format->write(stdout, &t.tables);
	if (o->format == table_formats && t.tables.nr)
		write_false_alarms(t.false_alarms);
	if (t.missing)
		die(EXIT_NO_DATA, "%s", t.missing);
	usable = t.usable;
	*disagree = t.disagree;
	run_tables__free(&t);
	return usable;
}

static size_t print_verdicts(const struct options *o, const struct run *run,
			     size_t *disagree)
{
	struct judge_options how = judge_defaults;
	struct judgements j = { 0 };
	size_t nr;

	how.against = o->pick.against;
	need_judgements(&j, run, &how);
	judgements__keep(&j, &o->pick.cells.s);
	nr = report__verdicts_text(stdout, &j);
	*disagree = j.disagree;
	write_false_alarms(j.false_alarms);
	judgements__free(&j);
	return nr;
}

/* Leave the run with the records of the chosen rigs; all must be models of one. */
static void keep_rigs(struct run *run, const struct select_cells *c)
{
	struct strlist rigs = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < run->nr; i++) {
		struct record *r = run->record[i];
		const struct selected is = { .part = { [BY_RIG] = r->rig } };

		if (!selection__has(&c->s, &is)) {
			record__free(r);
			continue;
		}
		run->record[kept++] = r;
	}
	if (run->nr && !kept)
		die_unchosen(run);
	run->nr = kept;
	run__forget_index(run);
	run__rigs(run, &rigs);
	if (!run__one_rig(run, NULL))
		die(EXIT_USAGE, "%s has records of %s: instructions are never compared with cycles; choose one with --rigs",
		    run->dir, strlist__join(&rigs, " and "));
	strlist__free(&rigs);
}

int cmd_compare(int argc, char **argv)
{
	struct options o = {
		.format = table_formats,
		.pick.cells.otherwise[BY_VARIANT] =
			"those of the run's plan, without steps and overlays",
	};
	struct run run;
	size_t usable, bad, disagree;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	select__read(&run, o.run.dir, &o.pick.cells);
	bad = run.bad;
	if (!run.nr && !bad)
		die(EXIT_NO_DATA, "%s has no record yet; go on with it: faultline run --resume %s",
		    run.dir, run.dir);
	if (bad)
		fprintf(stderr, "faultline: %zu lines are no records and were left out:\n%s",
			bad, run.bad_text);
	keep_rigs(&run, &o.pick.cells);
	if (run.nr && rigs__times_boots(run.record[0]->rig))
		die(EXIT_NO_DATA, "%s has times of whole boots; see: faultline boot-times %s",
		    run.dir, run.dir);
	if (o.verdicts) {
		usable = print_verdicts(&o, &run, &disagree);
	} else {
		run.shown = &o.pick.cells.s;
		usable = print_tables(&o, &run, &disagree);
	}
	fflush(stdout);
	if (bad)
		die(EXIT_BAD_RECORD, "measure what is missing again: faultline run --resume %s",
		    run.dir);
	if (disagree)
		die(EXIT_DISAGREE, "%s: in %zu cells two methods disagree, and they have no figure; the table names one and how far",
		    run.dir, disagree);
	if (!usable)
		die(EXIT_NO_DATA, "%s has no valid record; the reasons are above",
		    run.dir);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

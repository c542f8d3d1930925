// SPDX-License-Identifier: GPL-2.0
/*
 * faultline compare: what a fault costs in each variant of a run.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "need.h"
#include "report.h"
#include "rigs.h"
#include "tables.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_FACTORS, OPT_STEPS, OPT_VERDICTS, OPT_RIG };

/* What of a run a command line picks, and how it is printed. */
struct options {
	const char *run, *rig;
	const struct table_format *format;
	struct run_tables_pick pick;
	bool verdicts;
};

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are held against (default baseline)", 0 },
	{ "factors", OPT_FACTORS, NULL, 0, "Dispatch x mitigation: what the direct call saves, what a retpoline adds", 0 },
	{ "steps", OPT_STEPS, NULL, 0, "What each patch of a series added", 0 },
	{ "verdicts", OPT_VERDICTS, NULL, 0, "Every cell against the reference: slower, faster, no difference, no verdict, each with its reason", 0 },
	{ "base", 'b', "LIST", 0, "Only these bases", 0 },
	{ "profiles", 'p', "LIST", 0, "Only these profiles", 0 },
	{ "variants", 'v', "LIST", 0, "These variants (default: those the run's plan names first)", 0 },
	{ "rig", OPT_RIG, "RIG", 0, "Only the records of this rig: instructions and cycles share no table", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json, csv, markdown or html", 0 },
	{ 0 }
};

static const char doc[] =
	"Compare the variants of a run, a row a workload.\v"
	"Examples:\n"
	"  faultline compare results/latest\n"
	"  faultline compare results/latest --against const-fields --format csv\n"
	"  faultline compare results/latest --factors --variants const-fields\n"
	"  faultline compare results/latest --steps --base v5.10\n"
	"  faultline compare results/latest --verdicts --profiles off\n";

/* "text, json, csv" */
static const char *formats(void)
{
	static char all[100];
	size_t n = 0;

	for (const struct table_format *f = table_formats; f->name; f++)
		n += snprintf(all + n, sizeof(all) - n, "%s%s", n ? ", " : "",
			      f->name);
	return all;
}

/* Options that do not go together. */
static void check(const struct options *o, const struct argp_state *state)
{
	const struct run_tables_pick *p = &o->pick;

	if (o->verdicts && (p->factors || p->steps || o->format != table_formats))
		argp_error(state, "--verdicts is a table of its own, and text");
	if (p->factors && (p->steps || p->profiles.nr))
		argp_error(state, "--factors has its own profiles, and is not --steps");
	if (p->steps && (p->variants.nr || p->against))
		argp_error(state, "--steps holds each patch against the one before: no --variants, no --against");
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
		break;
	case OPT_STEPS:
		o->pick.steps = true;
		break;
	case OPT_VERDICTS:
		o->verdicts = true;
		break;
	case 'b':
		strlist__split(&o->pick.bases, arg, ',');
		break;
	case 'p':
		strlist__split(&o->pick.profiles, arg, ',');
		break;
	case 'v':
		strlist__split(&o->pick.variants, arg, ',');
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case OPT_FORMAT:
		o->format = table_format__find(arg);
		if (!o->format)
			argp_error(state, "no format '%s'; there are: %s", arg,
				   formats());
		break;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one RUN, not '%s' as well", arg);
		o->run = arg;
		break;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "which RUN? results/latest is the newest");
		check(o, state);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "RUN", doc, 0, 0, 0 };

/* How many cells had a figure. */
static size_t print_tables(const struct options *o, const struct run *run)
{
	struct run_tables t;
	size_t usable;
	struct err e;

	if (run_tables__make(&t, run, &o->pick, &e))
		die_err(&e);
	o->format->write(stdout, &t.tables);
	if (t.missing)
		die(EXIT_NO_DATA, "%s", t.missing);
	usable = t.usable;
	run_tables__free(&t);
	return usable;
}

static size_t print_verdicts(const struct options *o, const struct run *run)
{
	const struct verdicts_pick pick = { &o->pick.bases, &o->pick.profiles,
					    &o->pick.variants };
	struct judge_options how = judge_defaults;
	struct judgements j = { 0 };
	size_t nr;

	how.against = o->pick.against;
	need_judgements(&j, run, &how);
	nr = report__verdicts_text(stdout, &j, &pick);
	judgements__free(&j);
	return nr;
}

/* Leave the run with the records of one rig; several may not be mixed. */
static void keep_rig(struct run *run, const char *wanted)
{
	struct strlist rigs = { 0 };
	size_t kept = 0;
	char *all;

	for (size_t i = 0; i < run->nr; i++) {
		if (!strlist__has(&rigs, run->record[i]->rig))
			strlist__add(&rigs, run->record[i]->rig);
	}
	if (wanted)
		need_name("rig in this run", wanted, &rigs);
	all = strlist__join(&rigs, " and ");
	if (!wanted && rigs.nr > 1)
		die(EXIT_USAGE, "%s has records of %s: instructions are never held against cycles; pick one with --rig",
		    run->dir, all);
	for (size_t i = 0; i < run->nr; i++) {
		if (wanted && strcmp(run->record[i]->rig, wanted))
			record__free(run->record[i]);
		else
			run->record[kept++] = run->record[i];
	}
	run->nr = kept;
	run__forget_index(run);
	free(all);
	strlist__free(&rigs);
}

int cmd_compare(int argc, char **argv)
{
	struct options o = { .format = table_formats };
	struct run run;
	size_t usable, bad;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	run__read(&run, o.run);
	bad = run.bad;
	if (!run.nr && !bad)
		die(EXIT_NO_DATA, "%s has no record yet; go on with it: faultline run --resume %s",
		    run.dir, run.dir);
	if (bad)
		fprintf(stderr, "faultline: %zu lines are no records and were left out:\n%s",
			bad, run.bad_text);
	if (run.nr)
		keep_rig(&run, o.rig);
	if (run.nr && rigs__times_boots(run.record[0]->rig))
		die(EXIT_NO_DATA, "%s has times of whole boots; see: faultline boot-times %s",
		    run.dir, run.dir);
	usable = o.verdicts ? print_verdicts(&o, &run) : print_tables(&o, &run);
	fflush(stdout);
	if (bad)
		die(EXIT_BAD_RECORD, "measure what is missing again: faultline run --resume %s",
		    run.dir);
	if (!usable)
		die(EXIT_NO_DATA, "%s has no valid record; its reasons stand above",
		    run.dir);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

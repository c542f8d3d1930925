// SPDX-License-Identifier: GPL-2.0
/*
 * faultline compare: what a fault costs in each variant of a run.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "catalog.h"
#include "cmd.h"
#include "noisy_report.h"
#include "report.h"
#include "rigs.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_FACTORS, OPT_STEPS, OPT_VERDICTS, OPT_RIG };

/* What of a run a command line picks, and how it is printed. */
struct options {
	const char *run, *against, *format, *rig;
	struct strlist bases, profiles, variants;
	bool factors, steps, verdicts;
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
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json or csv", 0 },
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

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_AGAINST:
		o->against = arg;
		break;
	case OPT_FACTORS:
		o->factors = true;
		break;
	case OPT_STEPS:
		o->steps = true;
		break;
	case OPT_VERDICTS:
		o->verdicts = true;
		break;
	case 'b':
		strlist__split(&o->bases, arg, ',');
		break;
	case 'p':
		strlist__split(&o->profiles, arg, ',');
		break;
	case 'v':
		strlist__split(&o->variants, arg, ',');
		break;
	case OPT_RIG:
		o->rig = arg;
		break;
	case OPT_FORMAT:
		if (strcmp(arg, "text") && strcmp(arg, "json") &&
		    strcmp(arg, "csv"))
			argp_error(state, "no format '%s'; there are: text, json, csv",
				   arg);
		o->format = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one RUN, not '%s' as well", arg);
		o->run = arg;
		break;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "which RUN? results/latest is the newest");
		if (o->verdicts && (o->factors || o->steps || strcmp(o->format, "text")))
			argp_error(state, "--verdicts is a table of its own, and text");
		if (o->factors && (o->steps || o->profiles.nr))
			argp_error(state, "--factors has its own profiles, and is not --steps");
		if (o->steps && (o->variants.nr || o->against))
			argp_error(state, "--steps holds each patch against the one before: no --variants, no --against");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "RUN", doc, 0, 0, 0 };

/* Tables that were printed so far, and what to print them as. */
struct output {
	const struct options *opt;
	const struct run *run;
	json_t *json;		/* NULL unless that is the format */
	bool csv;
	bool noisy;		/* cycles of rig vitro, no instructions */
	size_t tables, usable;
};

/* A blank line between two tables of text; a header before the first of csv. */
static bool begin_table(struct output *out)
{
	if (out->tables++ && !out->json && !out->csv)
		putchar('\n');
	return out->tables == 1;
}

static void print_comparison(struct output *out, const char *base,
			     const char *profile)
{
	struct comparison c = compare__make(out->run, base, profile,
					    out->opt->against,
					    &out->opt->variants);
	bool first = begin_table(out);

	/* A skip is an answer as well. */
	out->usable += c.usable + c.skipped;
	if (out->json)
		json_array_append_new(out->json, report__compare_json(&c));
	else if (out->csv)
		report__compare_csv(stdout, &c, first);
	else
		report__compare_text(stdout, &c, out->run);
	compare__free(&c);
}

static void print_noisy(struct output *out, const char *base,
			const char *profile)
{
	struct noisy_comparison c = noisy_compare__make(out->run, base, profile,
							out->opt->against,
							&out->opt->variants);
	bool first = begin_table(out);

	out->usable += c.set.usable + c.set.skipped;
	if (out->json)
		json_array_append_new(out->json, report__noisy_json(&c));
	else if (out->csv)
		report__noisy_csv(stdout, &c, first);
	else
		report__noisy_text(stdout, &c, out->run);
	noisy_compare__free(&c);
}

static void print_steps(struct output *out, const char *base,
			const char *profile)
{
	struct strlist series = { 0 };

	steps__series(out->run, base, profile, &series);
	for (size_t i = 0; i < series.nr; i++) {
		struct steps s = steps__make(out->run, base, profile,
					     series.item[i]);
		bool first = begin_table(out);

		out->usable += s.usable;
		if (out->json)
			json_array_append_new(out->json, report__steps_json(&s));
		else if (out->csv)
			report__steps_csv(stdout, &s, first);
		else
			report__steps_text(stdout, &s, out->run);
		steps__free(&s);
	}
	strlist__free(&series);
}

static void need_factors(const struct run *run, const char *base,
			 size_t usable)
{
	if (!usable)
		die(EXIT_NO_DATA, "%s has no cell of the factor table; run them: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
		    run->dir, base);
}

static void print_noisy_factors(struct output *out, const char *base)
{
	struct noisy_factors x = noisy_factors__make(out->run, base,
						     out->opt->against,
						     &out->opt->variants);
	bool first;

	need_factors(out->run, base, x.set.usable);
	first = begin_table(out);
	out->usable += x.set.usable;
	if (out->json)
		json_array_append_new(out->json,
				      report__noisy_factors_json(&x));
	else if (out->csv)
		report__noisy_factors_csv(stdout, &x, first);
	else
		report__noisy_factors_text(stdout, &x, out->run);
	noisy_factors__free(&x);
}

static void print_factors(struct output *out, const char *base)
{
	struct factors x = factors__make(out->run, base, out->opt->against,
					 &out->opt->variants);
	bool first;

	need_factors(out->run, base, x.usable);
	first = begin_table(out);
	out->usable += x.usable;
	if (out->json)
		json_array_append_new(out->json, report__factors_json(&x));
	else if (out->csv)
		report__factors_csv(stdout, &x, first);
	else
		report__factors_text(stdout, &x, out->run);
	factors__free(&x);
}

/* The picked names that the run has; all of it where none is picked. */
static void pick(const char *kind, const struct strlist *wanted,
		 struct strlist *have)
{
	if (!wanted->nr)
		return;
	for (size_t i = 0; i < wanted->nr; i++)
		catalog__need(kind, wanted->item[i], have);
	strlist__free(have);
	for (size_t i = 0; i < wanted->nr; i++)
		strlist__add(have, wanted->item[i]);
}

static void print_base(struct output *out, const char *base)
{
	struct strlist profiles = { 0 };

	if (out->opt->factors) {
		if (out->noisy)
			print_noisy_factors(out, base);
		else
			print_factors(out, base);
		return;
	}
	compare__profiles(out->run, base, &profiles);
	pick("profile in this run", &out->opt->profiles, &profiles);
	for (size_t i = 0; i < profiles.nr; i++) {
		if (out->opt->steps)
			print_steps(out, base, profiles.item[i]);
		else if (out->noisy)
			print_noisy(out, base, profiles.item[i]);
		else
			print_comparison(out, base, profiles.item[i]);
	}
	strlist__free(&profiles);
}

/* How many cells had a figure. */
static size_t print_all(const struct options *o, const struct run *run)
{
	struct output out = {
		.opt = o,
		.run = run,
		.json = strcmp(o->format, "json") ? NULL : json_array(),
		.csv = !strcmp(o->format, "csv"),
		.noisy = run->nr && record__noisy(run->record[0]),
	};
	struct strlist bases = { 0 };

	if (out.noisy && o->steps)
		die(EXIT_NO_DATA, "%s has cycles of rig %s; --steps wants exact figures: faultline run --rig %s --variants NAME@all",
		    run->dir, run->record[0]->rig, rigs__first(RIG_INSTRUCTIONS)->name);
	compare__bases(run, &bases);
	pick("base in this run", &o->bases, &bases);
	for (size_t i = 0; i < bases.nr; i++)
		print_base(&out, bases.item[i]);
	if (out.json) {
		json_dumpf(out.json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(out.json);
	}
	strlist__free(&bases);
	if (o->steps && !out.tables)
		die(EXIT_NO_DATA, "%s has no steps; run them: faultline run --variants NAME@all",
		    run->dir);
	return out.usable;
}

static size_t print_verdicts(const struct options *o, const struct run *run)
{
	const struct verdicts_pick pick = { &o->bases, &o->profiles,
					    &o->variants };
	struct judge_options how = judge_defaults;
	struct judgements j = { 0 };
	size_t nr;

	how.against = o->against;
	judge__run(&j, run, &how);
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
		catalog__need("rig in this run", wanted, &rigs);
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
	struct options o = { .format = "text" };
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
	usable = o.verdicts ? print_verdicts(&o, &run) : print_all(&o, &run);
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

// SPDX-License-Identifier: GPL-2.0
/*
 * faultline compare: what a fault costs in each variant of a run.
 */
#include <argp.h>
#include <string.h>

#include "catalog.h"
#include "cmd.h"
#include "report.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_FACTORS, OPT_STEPS };

/* What of a run a command line picks, and how it is printed. */
struct options {
	const char *run, *against, *format;
	struct strlist bases, profiles, variants;
	bool factors, steps;
};

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are held against (default baseline)", 0 },
	{ "factors", OPT_FACTORS, NULL, 0, "Dispatch x mitigation: what the direct call saves, what a retpoline adds", 0 },
	{ "steps", OPT_STEPS, NULL, 0, "What each patch of a series added", 0 },
	{ "base", 'b', "LIST", 0, "Only these bases", 0 },
	{ "profiles", 'p', "LIST", 0, "Only these profiles", 0 },
	{ "variants", 'v', "LIST", 0, "These variants (default: those the run's plan names first)", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json or csv", 0 },
	{ 0 }
};

static const char doc[] =
	"Compare the variants of a run, a row a workload.\v"
	"Examples:\n"
	"  faultline compare results/latest\n"
	"  faultline compare results/latest --against const-fields --format csv\n"
	"  faultline compare results/latest --factors --variants const-fields\n"
	"  faultline compare results/latest --steps --base v5.10\n";

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
	case 'b':
		strlist__split(&o->bases, arg, ',');
		break;
	case 'p':
		strlist__split(&o->profiles, arg, ',');
		break;
	case 'v':
		strlist__split(&o->variants, arg, ',');
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

static void print_factors(struct output *out, const char *base)
{
	struct factors x = factors__make(out->run, base, out->opt->against,
					 &out->opt->variants);
	bool first;

	if (!x.usable)
		die(EXIT_NO_DATA, "%s has no cell of the factor table; run them: faultline run --base %s --profiles " FACTOR_PROFILES " --variants NAME,NAME+" DISPATCH_INDIRECT,
		    out->run->dir, base);
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
		print_factors(out, base);
		return;
	}
	compare__profiles(out->run, base, &profiles);
	pick("profile in this run", &out->opt->profiles, &profiles);
	for (size_t i = 0; i < profiles.nr; i++) {
		if (out->opt->steps)
			print_steps(out, base, profiles.item[i]);
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
	};
	struct strlist bases = { 0 };

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
	usable = print_all(&o, &run);
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

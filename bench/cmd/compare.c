// SPDX-License-Identifier: GPL-2.0
/*
 * faultline compare: what a fault costs in each variant of a run.
 */
#include <argp.h>
#include <string.h>

#include "cmd.h"
#include "report.h"

enum { OPT_AGAINST = 256, OPT_FORMAT };

struct options {
	const char *run, *against, *format;
};

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are held against (default baseline)", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default), json or csv", 0 },
	{ 0 }
};

static const char doc[] =
	"Compare the variants of a run, a row a workload.\v"
	"Examples:\n"
	"  faultline compare results/latest\n"
	"  faultline compare results/latest --against const-fields --format csv\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_AGAINST:
		o->against = arg;
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
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "RUN", doc, 0, 0, 0 };

static size_t print_all(const struct options *o, const struct run *run)
{
	struct strlist profiles = { 0 };
	json_t *all = json_array();
	size_t usable = 0;

	compare__profiles(run, &profiles);
	for (size_t i = 0; i < profiles.nr; i++) {
		struct comparison c = compare__make(run, profiles.item[i],
						    o->against);

		usable += c.usable;
		if (!strcmp(o->format, "json"))
			json_array_append_new(all, report__compare_json(&c));
		else if (!strcmp(o->format, "csv"))
			report__compare_csv(stdout, &c, !i);
		else
			report__compare_text(stdout, &c, run);
		if (i + 1 < profiles.nr && !strcmp(o->format, "text"))
			putchar('\n');
		compare__free(&c);
	}
	if (!strcmp(o->format, "json")) {
		json_dumpf(all, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(all);
	strlist__free(&profiles);
	return usable;
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

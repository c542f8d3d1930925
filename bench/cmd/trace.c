// SPDX-License-Identifier: GPL-2.0
/*
 * faultline trace: one typical fault as it was executed, from the VM exit to
 * the VM entry, with source lines.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "catalog.h"
#include "cmd.h"
#include "kernels.h"
#include "need.h"

enum { OPT_CLASS = 256 };

struct options {
	const char *run, *workload, *variant, *base, *profile, *class;
};

static const struct argp_option option_table[] = {
	{ "workload", 'w', "WORKLOAD", 0, "A fault of this workload", 0 },
	{ "variant", 'v', "VARIANT", 0, "... in this variant (default baseline)", 0 },
	{ "base", 'b', "BASE", 0, "... of this base (default " DEFAULT_BASE ")", 0 },
	{ "profile", 'p', "PROFILE", 0, "... under this profile (default " DEFAULT_PROFILE ")", 0 },
	{ "class", OPT_CLASS, "CLASS", 0, "... of this class (default: the one with the most)", 0 },
	{ 0 }
};

static const char doc[] =
	"Print a typical fault as it was executed: functions, source lines,\n"
	"instructions, and what memory each one reached.\v"
	"The run must have been made with: faultline run --attribute\n\n"
	"Examples:\n"
	"  faultline trace results/latest --workload touch-write\n"
	"  faultline trace results/latest -w mmio -v const-fields | less\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case 'w':
		o->workload = arg;
		break;
	case 'v':
		o->variant = arg;
		break;
	case 'b':
		o->base = arg;
		break;
	case 'p':
		o->profile = arg;
		break;
	case OPT_CLASS:
		o->class = arg;
		break;
	case ARGP_KEY_ARG:
		if (o->run)
			argp_error(state, "one RUN, not '%s' as well", arg);
		o->run = arg;
		break;
	case ARGP_KEY_END:
		if (!o->run)
			argp_error(state, "which RUN? results/latest is the newest");
		if (!o->workload)
			argp_error(state, "which --workload?");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = { option_table, parse, "RUN", doc, 0, 0, 0 };

int cmd_trace(int argc, char **argv)
{
	struct options o = { .base = DEFAULT_BASE, .profile = DEFAULT_PROFILE,
			     .variant = "baseline" };
	struct strlist one = { 0 };
	const struct attr_column *col;
	struct attr_cmp c;
	struct run run;
	struct image *img;
	char err[256], *dir;
	struct err e;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	run__read(&run, o.run);
	strlist__add(&one, o.variant);
	c = need_attributions(&run, o.base, o.profile, o.workload, o.class,
			      o.variant, &one);
	col = &c.column[0];
	dir = kernels__dir_of(o.base, o.variant, o.profile, col->all.build_id,
			      run.dir, &e);
	if (!dir)
		die_err(&e);
	img = image__open(dir, err, sizeof(err));
	if (!img)
		die(EXIT_MISSING, "%s", err);
	if (!image__has_debug(img))
		warn("%s has no vmlinux.debug: no source lines", dir);
	printf("%s, %s, profile %s, %s: typical fault of class \"%s\"\n\n",
	       o.base, o.variant, o.profile, o.workload, c.class);
	if (report__trace_text(stdout, col->class, img, err, sizeof(err)))
		die(EXIT_CHANGED, "%s", err);
	image__close(img);
	free(dir);
	attribute__free(&c);
	strlist__free(&one);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

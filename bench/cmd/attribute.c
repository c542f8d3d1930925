// SPDX-License-Identifier: GPL-2.0
/*
 * faultline attribute: which functions the instructions of a fault are in,
 * and which make the difference between variants.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "attribute_report.h"
#include "attribute_view.h"
#include "catalog.h"
#include "cmd.h"
#include "compare.h"
#include "need.h"
#include "options.h"
#include "select.h"
#include "select_rig.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_CLASS, OPT_FUNCTIONS, OPT_FOLDED,
       OPT_STATIC, OPT_FUNCTION, OPT_MODEL, OPT_SUMMARY,
       OPT_FLAME };

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *against, *format, *class, *base, *profile;
	const char *folded, *flame, *function;
	struct strlist workloads, variants, cpus;
	bool functions, statically, summary;
};

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are compared with (default baseline)", 0 },
	{ "class", OPT_CLASS, "CLASS", 0, "Faults of this class (default: the one with the most)", 0 },
	{ "summary", OPT_SUMMARY, NULL, 0, "All workloads in one table per variant", 0 },
	{ "functions", OPT_FUNCTIONS, NULL, 0, "Each variant's functions: inclusive, own, loads, stores, calls", 0 },
	{ "static", OPT_STATIC, NULL, 0, "The code itself: sizes, stack frames, arguments, the struct's layout", 0 },
	{ "function", OPT_FUNCTION, "NAME", 0, "... and how the code of this function differs", 0 },
	{ "model", OPT_MODEL, "LIST", 0, "Modelled cycles on these CPUs, as llvm-mca names them (skylake-avx512,znver3)", 0 },
	{ "folded", OPT_FOLDED, "FILE", 0, "Write folded stacks of one workload and variant (-: stdout)", 0 },
	{ "flame", OPT_FLAME, "FILE", 0, "Draw them as SVG; of two variants the difference", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "text (default) or json", 0 },
	{ 0 }
};

static const char doc[] =
	"Which functions the instructions of a fault are in, and which make the\n"
	"difference between variants.\v"
	"The run must have been made with: faultline run --attribute\n\n"
	"Examples:\n"
	"  faultline attribute results/latest\n"
	"  faultline attribute results/latest --workloads touch-write --against baseline\n"
	"  faultline attribute results/latest --workloads mmio --functions\n"
	"  faultline attribute results/latest --static --function direct_page_fault\n"
	"  faultline attribute results/latest -w touch-write --model skylake-avx512,znver3\n"
	"  faultline attribute results/latest -w mmio -v const-fields --folded -\n"
	"  faultline attribute results/latest -w mmio -v baseline,const-fields --flame mmio.svg\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_AGAINST:
		o->against = arg;
		break;
	case OPT_CLASS:
		o->class = arg;
		break;
	case OPT_FUNCTIONS:
		o->functions = true;
		break;
	case OPT_SUMMARY:
		o->summary = true;
		break;
	case OPT_STATIC:
		o->statically = true;
		break;
	case OPT_FUNCTION:
		o->function = arg;
		o->statically = true;
		break;
	case OPT_MODEL:
		strlist__split(&o->cpus, arg, ',');
		break;
	case OPT_FOLDED:
		o->folded = arg;
		break;
	case OPT_FLAME:
		o->flame = arg;
		break;
	case OPT_FORMAT:
		o->format = options__format(state, arg, "text, json");
		break;
	case ARGP_KEY_INIT:
		select__inputs(state, &o->run, &o->cells);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUN, SELECT_CELLS_OF_RIGS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN", doc, children, 0, 0 };

static FILE *open_out(const char *path)
{
	FILE *f = strcmp(path, "-") ? fopen(path, "w") : stdout;

	if (!f)
		die(EXIT_STORAGE, "%s: %s", path, strerror(errno));
	return f;
}

static void close_out(FILE *f, const char *path)
{
	if (f != stdout && fclose(f))
		die(EXIT_STORAGE, "%s: %s", path, strerror(errno));
}

static void write_folded(const struct options *o, const struct attr_cmp *c)
{
	FILE *f = open_out(o->folded);

	report__folded(f, c->column[0].class);
	close_out(f, o->folded);
}

static void write_flame(const struct options *o, const struct attr_cmp *c)
{
	FILE *f = open_out(o->flame);

	report__attribute_flame(f, c);
	close_out(f, o->flame);
}

/* A picture is of the variants that are named, the first being the reference. */
static const char *reference(const struct options *o)
{
	if (o->folded || (o->flame && !o->against))
		return o->variants.item[0];
	return o->against;
}

/* Every model, or none: a table with holes would be compared anyway. */
static void show_models(const struct options *o, const struct attr_cmp *c)
{
	struct model *m = xcalloc(o->cpus.nr, sizeof(*m));
	char err[512];

	for (size_t i = 0; i < o->cpus.nr; i++) {
		int e = model__make(&m[i], c, o->cpus.item[i], err,
				    sizeof(err));

		if (e)
			die(e == -ENOENT ? EXIT_MISSING : e == -EINVAL ?
			    EXIT_UNKNOWN_NAME : e == -ENODATA ?
			    EXIT_NO_DATA : EXIT_RIG, "%s", err);
	}
	report__model_text(stdout, c, m, o->cpus.nr);
	for (size_t i = 0; i < o->cpus.nr; i++)
		model__free(&m[i], c);
	free(m);
}

/* One workload, as the options want it. */
static void show(const struct options *o, const struct run *run,
		 const char *workload, json_t *json, bool first)
{
	struct attr_cmp c = need_attributions(run, o->base, o->profile,
					      workload, o->class,
					      reference(o), &o->variants);

	if (!first && !json)
		putchar('\n');
	if (o->folded)
		write_folded(o, &c);
	else if (o->flame)
		write_flame(o, &c);
	else if (json)
		json_array_append_new(json, report__attribute_json(&c));
	else if (o->cpus.nr)
		show_models(o, &c);
	else if (o->functions)
		for (size_t v = 0; v < c.nr_columns; v++) {
			if (v)
				putchar('\n');
			report__functions_text(stdout, &c, v);
		}
	else
		report__attribute_text(stdout, &c, run);
	attribute__free(&c);
}

/* A view that a report has as well. */
static void show_view(const struct options *o, const struct run *run)
{
	const struct attribute_pick pick = {
		.base = o->base, .profile = o->profile, .against = o->against,
		.class = o->class, .function = o->function,
		.workloads = &o->workloads, .variants = &o->variants,
	};
	struct err e;

	if (o->summary ? attribute_view__summary(stdout, run, &pick, &e) :
			 attribute_view__static(stdout, run, &pick, &e)) {
		fflush(stdout);
		die_err(&e);
	}
}

static _Noreturn void die_no_data(const struct options *o,
				  const struct run *run)
{
	struct err e;

	attribute_view__no_data(run, o->base, o->profile, &e);
	die_err(&e);
}

/* Variants that one of the chosen workloads has an attribution of. */
static void choose_variants(struct options *o, const struct run *run)
{
	struct strlist have = { 0 };

	for (size_t i = 0; i < o->workloads.nr; i++)
		attribute__variants(run, o->base, o->profile,
				    o->workloads.item[i], &have);
	if (o->statically && !o->workloads.nr)
		compare__variants(run, o->base, o->profile, &have);
	select__given(&o->cells, BY_VARIANT, &have, &o->variants);
	strlist__free(&have);
}

static void choose(struct options *o, const struct run *run)
{
	struct strlist have = { 0 };

	compare__bases(run, &have);
	o->base = select__one(&o->cells, BY_BASE, &have);
	strlist__free(&have);
	compare__profiles(run, o->base, &have);
	o->profile = select__one(&o->cells, BY_PROFILE, &have);
	strlist__free(&have);
	attribute__workloads(run, o->base, o->profile, &have);
	select__known_workloads(&o->cells, run, &have);
	select__given(&o->cells, BY_WORKLOAD, &have, &o->workloads);
	if (!o->workloads.nr && !have.nr && !o->statically)
		die_no_data(o, run);
	if (!o->workloads.nr)
		o->workloads = have;
	else
		strlist__free(&have);
	choose_variants(o, run);
	if (o->folded && (o->workloads.nr != 1 || o->variants.nr != 1))
		die(EXIT_USAGE, "--folded takes one of --workloads and one of --variants");
	if (o->flame && (o->workloads.nr != 1 || !o->variants.nr ||
			 o->variants.nr > 2))
		die(EXIT_USAGE, "--flame takes one of --workloads and one or two of --variants");
}

static void print_all(const struct options *o, const struct run *run)
{
	json_t *json = strcmp(o->format, "json") ? NULL : json_array();

	for (size_t i = 0; i < o->workloads.nr; i++)
		show(o, run, o->workloads.item[i], json, !i);
	if (!json)
		return;
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(json);
}

int cmd_attribute(int argc, char **argv)
{
	struct options o = {
		.format = "text",
		.cells.otherwise = { [BY_BASE] = DEFAULT_BASE,
				     [BY_PROFILE] = DEFAULT_PROFILE },
	};
	struct run run;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	need_run(&run, o.run.dir);
	select__one_rig(&run, &o.cells);
	choose(&o, &run);
	if (o.summary || o.statically)
		show_view(&o, &run);
	else
		print_all(&o, &run);
	run__free(&run);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

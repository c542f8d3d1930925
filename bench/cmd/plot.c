// SPDX-License-Identifier: GPL-2.0
/*
 * faultline plot: a picture of a run, alone.
 */
#include <argp.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "draw.h"
#include "need.h"
#include "select.h"

enum { OPT_PICTURE = 256, OPT_OUT, OPT_AGAINST, OPT_LIST };

struct options {
	struct select_run run;
	struct select_cells cells;
	const char *picture, *out, *against;
	bool list;
};

static const struct argp_option option_table[] = {
	{ "picture", OPT_PICTURE, "NAME", 0, "Which (default: what each variant adds)", 0 },
	{ "out", OPT_OUT, "FILE", 0, "The SVG (default NAME.svg)", 0 },
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others are compared with (default baseline)", 0 },
	{ "list", OPT_LIST, NULL, 0, "Which pictures the run has", 0 },
	{ 0 }
};

static const char doc[] =
	"Draw a picture of a run as SVG.\v"
	"Examples:\n"
	"  faultline plot results/latest --list\n"
	"  faultline plot results/latest --profiles retpoline --list\n"
	"  faultline plot results/latest --picture effect-v6.1-off --out a.svg\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_PICTURE:
		o->picture = arg;
		break;
	case OPT_OUT:
		o->out = arg;
		break;
	case OPT_AGAINST:
		o->against = arg;
		break;
	case OPT_LIST:
		o->list = true;
		break;
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->run;
		state->child_inputs[1] = &o->cells;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUN, SELECT_CELLS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN", doc, children, 0, 0 };

static const struct picture *find(const struct pictures *p,
				  const struct options *o)
{
	struct strlist names = { 0 };

	if (!p->nr)
		die(EXIT_NO_DATA, "%s has nothing to compare, so no picture",
		    o->run.dir);
	for (size_t i = 0; i < p->nr; i++) {
		if (!o->picture || !strcmp(p->item[i].name, o->picture))
			return &p->item[i];
		strlist__add(&names, p->item[i].name);
	}
	die(EXIT_UNKNOWN_NAME, "no picture '%s' of this run; there are: %s",
	    o->picture, strlist__join(&names, ", "));
}

int cmd_plot(int argc, char **argv)
{
	struct options o = { 0 };
	struct judge_options how = judge_defaults;
	const struct picture *p;
	struct judgements j = { 0 };
	struct pictures all;
	struct run run;
	bool no_gnuplot;
	char *out, *why;

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	select__read(&run, o.run.dir, &o.cells);
	how.against = o.against;
	need_judgements(&j, &run, &how);
	judgements__keep(&j, &o.cells.s);
	pictures__of(&all, &run, &j);
	for (size_t i = 0; o.list && i < all.nr; i++)
		printf("%-36s %s\n", all.item[i].name, all.item[i].title);
	if (o.list)
		return EXIT_OK;
	p = find(&all, &o);
	out = o.out ? xstrdup(o.out) : xasprintf("%s.svg", p->name);
	if (!o.out && strchr(out, '/'))
		die(EXIT_USAGE, "'%s' is no file's name: say --out", out);
	why = draw_picture(p, &run, &j, out, &no_gnuplot);
	if (why)
		die(no_gnuplot ? EXIT_MISSING : EXIT_RIG, "%s", why);
	puts(out);
	free(out);
	pictures__free(&all);
	judgements__free(&j);
	run__free(&run);
	return EXIT_OK;
}

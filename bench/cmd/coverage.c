// SPDX-License-Identifier: GPL-2.0
/*
 * faultline coverage: which of the lines that a variant changes were executed, and
 * by which workload.
 */
#include <argp.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "coverage.h"
#include "coverage_read.h"
#include "coverage_table.h"
#include "kernels.h"
#include "need.h"
#include "options.h"
#include "packed.h"

enum { OPT_AGAINST = 256, OPT_FORMAT, OPT_SAVE };

struct options {
	struct select_runs runs;
	struct select_cells cells;
	const struct table_format *format;
	const char *against, *save;
};

#define NAME(name) " " #name

static const struct argp_option option_table[] = {
	{ "against", OPT_AGAINST, "VARIANT", 0, "What the others change (default: the variant without patches)", 0 },
	{ "save", OPT_SAVE, "FILE", 0, "Keep what was found, to be printed again without runs and kernels; FILE may end in .xz", 0 },
	{ "format", OPT_FORMAT, "FORMAT", 0, "One of (default text):" TABLE_FORMATS(NAME), 0 },
	{ 0 }
};

static const char doc[] =
	"Say which of the lines that each variant changes were executed, by which workload,\n"
	"and name those that no workload reached.\v"
	"The runs must have been made with: faultline run --attribute. Their kernels must\n"
	"still be built: their line tables say which code a line became. A FILE that --save\n"
	"wrote stands for its runs; several add up.\n\n"
	"Examples:\n"
	"  faultline run --attribute --boots 1\n"
	"  faultline coverage results/latest\n"
	"  faultline coverage results/tcg results/bochs --base v6.1 --format csv\n"
	"  faultline coverage results/latest --save coverage.json.xz\n"
	"  faultline coverage old.json.xz new.json.xz --save coverage.json.xz\n";

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case OPT_AGAINST:
		o->against = arg;
		break;
	case OPT_SAVE:
		o->save = arg;
		break;
	case OPT_FORMAT:
		o->format = options__table_format(state, arg);
		break;
	case ARGP_KEY_INIT:
		select__inputs(state, &o->runs, &o->cells);
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp_child children[] = { SELECT_RUNS, SELECT_CELLS_OF_RIGS, { 0 } };
static const struct argp argp = { option_table, parse, "RUN|FILE...", doc, children, 0, 0 };

/* The kernels of one base, and what their variants are compared with. */
struct base {
	const char *name;
	char *against;
	struct strlist variants;	/* in the order of the runs */
	struct source_lines replaced;	/* of `against`, by all the others */
};

static void join_kernels(struct coverage_variant *v, const struct coverage_kernels *all)
{
	for (size_t i = 0; i < all->nr; i++) {
		const struct coverage_kernel *k = &all->item[i];
		struct coverage_code code;
		struct image *img;
		char why[256], *dir;
		struct err err;

		if (strcmp(k->base, v->base) || strcmp(k->variant, v->variant))
			continue;
		dir = kernels__dir_of(k->base, k->variant, k->profile, k->build_id,
				      k->run, &err);
		if (!dir)
			die_err(&err);
		img = image__open(dir, why, sizeof(why));
		if (!img)
			die(EXIT_MISSING, "%s", why);
		if (!image__has_debug(img))
			die(EXIT_MISSING, "%s has no vmlinux.debug, whose line table is needed; remove the folder and build the kernel again",
			    dir);
		coverage__find_code(&code, v, img);
		for (size_t w = 0; w < k->nr; w++)
			coverage__join(v, &code, k->boot[w].workload,
				       &k->boot[w].executed);
		coverage_code__free(&code);
		image__close(img);
		free(dir);
	}
}

static void add_variants(struct coverage *c, struct base *b,
			 const struct coverage_kernels *all)
{
	for (size_t i = 0; i < b->variants.nr; i++) {
		struct source_lines removed, added;
		struct coverage_variant *v;

		if (!strcmp(b->variants.item[i], b->against))
			continue;
		coverage__changes(b->name, b->against, b->variants.item[i], &removed,
				  &added);
		for (size_t l = 0; l < removed.nr; l++)
			source_lines__add_once(&b->replaced, &removed.item[l]);
		source_lines__sort(&added);
		v = coverage__add(c, b->name, b->variants.item[i], &added);
		join_kernels(v, all);
		source_lines__free(&removed);
		source_lines__free(&added);
	}
}

/* What is changed of the variant that changes nothing itself. */
static void add_counterpart(struct coverage *c, struct base *b,
			    const struct coverage_kernels *all)
{
	struct strlist others = { 0 };
	struct coverage_variant *v;

	if (!strlist__has(&b->variants, b->against) || b->variants.nr < 2)
		return;
	for (size_t i = 0; i < b->variants.nr; i++) {
		if (strcmp(b->variants.item[i], b->against))
			strlist__add(&others, b->variants.item[i]);
	}
	source_lines__sort(&b->replaced);
	v = coverage__add(c, b->name, b->against, &b->replaced);
	v->counterpart = strlist__join(&others, ", ");
	join_kernels(v, all);
	strlist__free(&others);
}

static void add_base(struct coverage *c, const struct options *o, const char *name,
		     const struct coverage_kernels *all)
{
	struct base b = { .name = name };

	b.against = o->against ? xstrdup(o->against) : need_stock(name);
	for (size_t i = 0; i < all->nr; i++) {
		if (!strcmp(all->item[i].base, name) &&
		    !strlist__has(&b.variants, all->item[i].variant))
			strlist__add(&b.variants, all->item[i].variant);
	}
	add_variants(c, &b, all);
	add_counterpart(c, &b, all);
	source_lines__free(&b.replaced);
	strlist__free(&b.variants);
	free(b.against);
}

static bool is_file(const char *path)
{
	struct stat st;

	return !stat(path, &st) && S_ISREG(st.st_mode);
}

/* What --save wrote. */
static void read_saved(struct coverage *c, const char *path)
{
	char why[256], *text;
	json_t *all = NULL;
	struct err err;
	size_t size;

	text = packed__read(path, &size, why, sizeof(why));
	if (text && !*why)
		all = json_loadb(text, size, 0, NULL);
	free(text);
	if (!all)
		die(EXIT_BAD_RECORD, "%s: %s", path, *why ? why : "it is no JSON");
	if (coverage__from_json(c, all, path, &err))
		die_err(&err);
	json_decref(all);
}

static bool all_files(const struct strlist *paths)
{
	for (size_t i = 0; i < paths->nr; i++) {
		if (!is_file(paths->item[i]))
			return false;
	}
	return paths->nr;
}

/* All of them added up. */
static void read_files(struct coverage *c, const struct strlist *paths)
{
	read_saved(c, paths->item[0]);
	for (size_t i = 1; i < paths->nr; i++) {
		struct coverage more;
		struct err err;

		read_saved(&more, paths->item[i]);
		if (coverage__merge(c, &more, &err))
			die_err(&err);
		coverage__free(&more);
	}
}

/* Of a FILE only bases and variants can be chosen: it has all workloads added up. */
static void choose_saved(struct coverage *c, const struct options *o)
{
	const struct selection *s = &o->cells.s;

	if (s->names[BY_WORKLOAD].nr || s->names[BY_PROFILE].nr || s->names[BY_RIG].nr ||
	    s->patterns.nr || o->against)
		die(EXIT_USAGE, "a FILE is not of single cells: --base and --variants choose what of it is printed");
	for (size_t i = 0; i < c->nr; i++)
		c->item[i].hidden = !selection__name(&s->names[BY_BASE], c->item[i].base) ||
				    !selection__name(&s->names[BY_VARIANT],
						     c->item[i].variant);
}

static void save(const struct coverage *c, const char *path)
{
	json_t *all = coverage__to_json(c);
	char *text = json_dumps(all, JSON_COMPACT | JSON_SORT_KEYS);
	size_t n = strlen(path);
	int e = 0;

	if (n > 3 && !strcmp(path + n - 3, ".xz")) {
		e = -packed__write(path, text, strlen(text));
	} else {
		FILE *f = fopen(path, "w");

		if (!f || fputs(text, f) < 0)
			e = errno;
		if (f && fclose(f))
			e = errno;
	}
	if (e)
		die(EXIT_STORAGE, "%s: %s", path, strerror(e));
	free(text);
	json_decref(all);
}

static void read_runs(struct coverage *c, const struct options *o)
{
	const struct strlist *dirs = &o->runs.dirs;
	struct run *run = xcalloc(dirs->nr, sizeof(*run));
	struct coverage_kernels kernels = { 0 };
	struct strlist bases = { 0 };

	for (size_t i = 0; i < dirs->nr; i++) {
		select__read(&run[i], dirs->item[i], &o->cells);
		coverage_kernels__add(&kernels, &run[i], &o->cells.s);
	}
	for (size_t i = 0; i < kernels.nr; i++) {
		if (!strlist__has(&bases, kernels.item[i].base))
			strlist__add(&bases, kernels.item[i].base);
	}
	for (size_t i = 0; i < bases.nr; i++)
		add_base(c, o, bases.item[i], &kernels);
	strlist__free(&bases);
	coverage_kernels__free(&kernels);
	for (size_t i = 0; i < dirs->nr; i++)
		run__free(&run[i]);
	free(run);
}

int cmd_coverage(int argc, char **argv)
{
	struct options o = { .format = table_formats };
	struct coverage c = { 0 };
	struct tables tables = { 0 };

	argp_parse(&argp, argc, argv, 0, NULL, &o);
	if (all_files(&o.runs.dirs)) {
		read_files(&c, &o.runs.dirs);
		choose_saved(&c, &o);
	} else {
		read_runs(&c, &o);
	}
	if (!c.nr)
		die(EXIT_NO_DATA, "nothing that was chosen says which code was executed; record it: faultline run --attribute, with a variant next to the one that it changes");
	if (o.save)
		save(&c, o.save);
	coverage_tables__add(&tables, &c);
	if (!tables.nr)
		die(EXIT_UNKNOWN_NAME, "nothing of %s is of that base and variant", o.runs.dirs.item[0]);
	o.format->write(stdout, &tables);
	tables__free(&tables);
	coverage__free(&c);
	strlist__free(&o.runs.dirs);
	return ferror(stdout) ? EXIT_STORAGE : EXIT_OK;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * Choosing runs, cells and series; see select.h.
 */
#include <stdlib.h>
#include <string.h>

#include "attribute.h"
#include "compare.h"
#include "need.h"
#include "select.h"

#define OPT(by)	(512 + (by))	/* the option of a part of the name */
#define OPT_SELECT	OPT(NR_SELECT_BY)

static error_t parse_run(int key, char *arg, struct argp_state *state)
{
	struct select_run *r = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		if (r->dir)
			argp_error(state, "one RUN, not '%s' as well", arg);
		r->dir = arg;
		return 0;
	case ARGP_KEY_END:
		if (!r->dir && !r->optional)
			argp_error(state, "which RUN? results/latest is the newest");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_runs(int key, char *arg, struct argp_state *state)
{
	struct select_runs *r = state->input;

	switch (key) {
	case ARGP_KEY_ARG:
		strlist__add(&r->dirs, arg);
		return 0;
	case ARGP_KEY_END:
		if (!r->dirs.nr && !r->optional)
			argp_error(state, "which RUN? results/latest is the newest");
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

const struct argp select__run_argp = { .parser = parse_run };
const struct argp select__runs_argp = { .parser = parse_runs };

static error_t parse_cells(int key, char *arg, struct argp_state *state)
{
	struct select_cells *c = state->input;

	switch (key) {
	case 'b':
		key = OPT(BY_BASE);
		break;
	case 'v':
		key = OPT(BY_VARIANT);
		break;
	case 'p':
		key = OPT(BY_PROFILE);
		break;
	case 'w':
		key = OPT(BY_WORKLOAD);
		break;
	case OPT_SELECT:
		if (!selection__parts(arg))
			argp_error(state, "--select: '%s' is not " CELL_PATTERN "[/METRIC]; '*' stands for any of them",
				   arg);
		strlist__add(&c->s.patterns, arg);
		return 0;
	}
	if (key < OPT(0) || key >= OPT(NR_SELECT_BY))
		return ARGP_ERR_UNKNOWN;
	selection__add(&c->s, key - OPT(0), arg);
	return 0;
}

/* What an option is when it is not given follows its help text. */
static char *add_default(int key, const char *text, void *input)
{
	const struct select_cells *c = input;
	const char *otherwise = NULL;

	if (c && key == 'b')
		otherwise = c->otherwise[BY_BASE];
	else if (c && key == 'v')
		otherwise = c->otherwise[BY_VARIANT];
	else if (c && key == 'p')
		otherwise = c->otherwise[BY_PROFILE];
	else if (c && key == 'w')
		otherwise = c->otherwise[BY_WORKLOAD];
	if (!text || !otherwise)
		return (char *)text;
	return xasprintf("%s (default %s)", text, otherwise);
}

/* Spellings of earlier releases, which --help does not show. */
#define ALSO(name)	{ name, 0, NULL, OPTION_ALIAS | OPTION_HIDDEN, NULL, 0 }
#define BASES		{ "base", 'b', "LIST", 0, "Only these bases", 0 }, ALSO("bases")
#define VARIANTS	{ "variants", 'v', "LIST", 0, "Only these variants", 0 }, ALSO("variant")
#define RIGS		{ "rigs", OPT(BY_RIG), "LIST", 0, "Only these rigs", 0 }, ALSO("rig")

static const struct argp_option cell_options[] = {
	BASES,
	VARIANTS,
	{ "profiles", 'p', "LIST", 0, "Only these profiles", 0 }, ALSO("profile"),
	{ "workloads", 'w', "LIST", 0, "Only these workloads", 0 }, ALSO("workload"),
	{ "select", OPT_SELECT, "PATTERN", 0, "Only what matches " CELL_PATTERN "; may be given more than once", 0 },
	{ 0 }
};
static const struct argp_option kernel_options[] = { BASES, VARIANTS, { 0 } };
static const struct argp_option rig_options[] = { RIGS, { 0 } };
static const struct argp_option series_options[] = {
	RIGS,
	{ "machines", OPT(BY_MACHINE), "LIST", 0, "Only these machines", 0 }, ALSO("machine"),
	{ "metrics", OPT(BY_METRIC), "LIST", 0, "Only these metrics: instructions, cycles_hot, cycles_cold, each with _over_baseline, _over_off and _over_direct as well, and instructions_mean; of attributions path_stores, function.NAME.instructions, ..., with _over_baseline", 0 }, ALSO("metric"),
	{ 0 }
};

#define ARGP(options)	{ options, parse_cells, NULL, NULL, NULL, add_default, NULL }

const struct argp select__cells_argp = ARGP(cell_options);
const struct argp select__kernels_argp = ARGP(kernel_options);
const struct argp select__rigs_argp = ARGP(rig_options);
const struct argp select__series_argp = ARGP(series_options);

static void add_once(struct strlist *l, const char *name)
{
	if (!strlist__has(l, name))
		strlist__add(l, name);
}

_Noreturn void select__die_unknown(const char *kind, const char *name,
				  const struct strlist *have)
{
	die(EXIT_UNKNOWN_NAME, "no %s '%s'; there are: %s", kind, name,
	    have->nr ? strlist__join(have, ", ") : "none");
}

/* Add what one name or glob chooses; how many it matched. */
static size_t add_matching(const char *wanted, const struct strlist *have,
			   struct strlist *names)
{
	const struct strlist one = { (char **)&wanted, 1 };
	size_t nr = 0;

	for (size_t i = 0; i < have->nr; i++) {
		if (!selection__name(&one, have->item[i]))
			continue;
		nr++;
		if (!strlist__has(names, have->item[i]))
			strlist__add(names, have->item[i]);
	}
	return nr;
}

void select__names(const char *kind, const struct strlist *wanted,
		   const struct strlist *have, struct strlist *names)
{
	for (size_t i = 0; i < wanted->nr; i++) {
		if (!add_matching(wanted->item[i], have, names))
			select__die_unknown(kind, wanted->item[i], have);
	}
	for (size_t i = 0; i < have->nr && !wanted->nr; i++)
		strlist__add(names, have->item[i]);
}

void select__inputs(struct argp_state *state, void *run, struct select_cells *c)
{
	state->child_inputs[0] = run;
	state->child_inputs[1] = c;
	state->child_inputs[2] = c;
}

static const char *const kinds[NR_SELECT_BY] = {
	[BY_RIG] = "rig", [BY_BASE] = "base", [BY_VARIANT] = "variant",
	[BY_PROFILE] = "profile", [BY_WORKLOAD] = "workload",
};

/* The names and globs of one part: those of its option, or of the patterns. */
void select__wanted(const struct select_cells *c, enum select_by by,
		    struct strlist *wanted)
{
	const struct strlist *given = &c->s.names[by];

	for (size_t i = 0; i < given->nr; i++)
		strlist__add(wanted, given->item[i]);
	for (size_t i = 0; i < c->s.patterns.nr && !given->nr; i++) {
		char *part = selection__part(c->s.patterns.item[i], by);

		if (!strlist__has(wanted, part))
			strlist__add(wanted, part);
		free(part);
	}
}

/*
 * "const-*@all+indirect" or "touch-*+perf": the glob is of a name that there is,
 * and what is after it is put after each of these.
 */
size_t select__matching(const char *wanted, const struct strlist *have,
			struct strlist *names)
{
	const char *suffix = wanted + strcspn(wanted, "@+");
	char *stem = xasprintf("%.*s", (int)(suffix - wanted), wanted);
	struct strlist match = { 0 };
	size_t nr = add_matching(wanted, have, names);

	if (!nr && *suffix)
		nr = add_matching(stem, have, &match);
	for (size_t i = 0; i < match.nr; i++) {
		char *name = xasprintf("%s%s", match.item[i], suffix);

		add_once(names, name);
		free(name);
	}
	strlist__free(&match);
	free(stem);
	return nr;
}

void select__given(const struct select_cells *c, enum select_by by,
		   const struct strlist *have, struct strlist *names)
{
	struct strlist wanted = { 0 };

	select__wanted(c, by, &wanted);
	for (size_t i = 0; i < wanted.nr; i++) {
		const char *name = wanted.item[i];

		if (!selection__is_glob(name))
			add_once(names, name);
		else if (!select__matching(name, have, names))
			select__die_unknown(kinds[by], name, have);
	}
	if (!wanted.nr && c->otherwise[by])
		strlist__split(names, c->otherwise[by], ',');
	strlist__free(&wanted);
}

/* Nothing was asked for, and the default is not among those there are. */
static bool default_is_lacking(const struct select_cells *c, enum select_by by,
			       const struct strlist *have)
{
	struct strlist wanted = { 0 };
	bool lacking;

	select__wanted(c, by, &wanted);
	lacking = !wanted.nr && have->nr && c->otherwise[by] &&
		  !strlist__has(have, c->otherwise[by]);
	strlist__free(&wanted);
	return lacking;
}

char *select__one(const struct select_cells *c, enum select_by by,
		  const struct strlist *have)
{
	static const char *const options[NR_SELECT_BY] = {
		[BY_RIG] = "rigs", [BY_BASE] = "base", [BY_VARIANT] = "variants",
		[BY_PROFILE] = "profiles", [BY_WORKLOAD] = "workloads",
	};
	struct strlist names = { 0 };
	char *name;

	if (!default_is_lacking(c, by, have))
		select__given(c, by, have, &names);
	if (names.nr != 1) {
		const struct strlist *match = names.nr ? &names : have;

		if (!names.nr && have->nr == 1)
			return xstrdup(have->item[0]);
		die(EXIT_USAGE, "which --%s? one is needed, and %s: %s", options[by],
		    names.nr ? "these match" : "there are",
		    match->nr ? strlist__join(match, ", ") : "none");
	}
	name = xstrdup(names.item[0]);
	strlist__free(&names);
	return name;
}

void select__known_workloads(const struct select_cells *c, const struct run *run,
			     const struct strlist *have)
{
	struct strlist wanted = { 0 }, known = { 0 };

	select__wanted(c, BY_WORKLOAD, &wanted);
	need_workloads(&known);
	for (size_t i = 0; i < run->nr; i++)
		add_once(&known, run->record[i]->workload);
	for (size_t i = 0; i < wanted.nr; i++) {
		if (!selection__is_glob(wanted.item[i]) &&
		    !strlist__has(&known, wanted.item[i]))
			select__die_unknown("workload", wanted.item[i],
					    have->nr ? have : &known);
	}
	strlist__free(&known);
	strlist__free(&wanted);
}

struct select_cell select__attributed(const struct select_cells *c,
				      const struct run *run)
{
	struct strlist bases = { 0 }, profiles = { 0 }, workloads = { 0 };
	struct strlist variants = { 0 };
	struct select_cell cell;

	compare__bases(run, &bases);
	cell.base = select__one(c, BY_BASE, &bases);
	compare__profiles(run, cell.base, &profiles);
	cell.profile = select__one(c, BY_PROFILE, &profiles);
	attribute__workloads(run, cell.base, cell.profile, &workloads);
	if (!workloads.nr && selection__empty(&c->s))
		die(EXIT_NO_DATA, "%s has no attribution of %s, profile %s; record one: faultline run --attribute --base %s --profiles %s",
		    run->dir, cell.base, cell.profile, cell.base, cell.profile);
	select__known_workloads(c, run, &workloads);
	cell.workload = select__one(c, BY_WORKLOAD, &workloads);
	attribute__variants(run, cell.base, cell.profile, cell.workload,
			    &variants);
	cell.variant = select__one(c, BY_VARIANT, &variants);
	strlist__free(&variants);
	strlist__free(&workloads);
	strlist__free(&profiles);
	strlist__free(&bases);
	return cell;
}

struct select_cell select__any(const struct select_cells *c)
{
	struct strlist bases = { 0 }, variants = { 0 }, profiles = { 0 };
	struct strlist workloads = { 0 };
	struct select_cell cell;

	catalog__bases(&bases);
	cell.base = select__one(c, BY_BASE, &bases);
	need_variants(cell.base, &variants);
	cell.variant = select__one(c, BY_VARIANT, &variants);
	need_profiles(&profiles);
	cell.profile = select__one(c, BY_PROFILE, &profiles);
	need_workloads(&workloads);
	cell.workload = select__one(c, BY_WORKLOAD, &workloads);
	strlist__free(&workloads);
	strlist__free(&profiles);
	strlist__free(&variants);
	strlist__free(&bases);
	return cell;
}

void select__free_cell(struct select_cell *cell)
{
	free(cell->base);
	free(cell->variant);
	free(cell->profile);
	free(cell->workload);
}

/* Every name of one part that the run's plan or its records have. */
static void names_of_run(const struct run *run, enum select_by by,
			 struct strlist *names)
{
	struct strlist bases = { 0 }, profiles = { 0 };

	for (size_t i = 0; by == BY_RIG && i < run->nr; i++)
		add_once(names, run->record[i]->rig);
	if (by == BY_RIG)
		return;
	compare__bases(run, &bases);
	for (size_t b = 0; b < bases.nr; b++) {
		if (by == BY_BASE)
			add_once(names, bases.item[b]);
		else
			compare__profiles(run, bases.item[b], &profiles);
		for (size_t p = 0; p < profiles.nr && by != BY_BASE; p++) {
			if (by == BY_PROFILE)
				add_once(names, profiles.item[p]);
			else if (by == BY_VARIANT)
				compare__variants(run, bases.item[b],
						  profiles.item[p], names);
			else
				compare__workloads(run, bases.item[b],
						   profiles.item[p], names);
		}
		strlist__free(&profiles);
	}
	strlist__free(&bases);
}

/* Workloads with perf in the host are in no comparison, but in the run. */
static void add_perf_workloads(const struct run *run, struct strlist *names)
{
	for (size_t i = 0; i < run->nr; i++)
		add_once(names, run->record[i]->workload);
}

void select__read(struct run *run, const char *dir,
		  const struct select_cells *c)
{
	static const enum select_by parts[] = { BY_RIG, BY_BASE, BY_PROFILE,
						BY_VARIANT, BY_WORKLOAD };

	need_run(run, dir);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		struct strlist have = { 0 }, names = { 0 };
		char *kind = xasprintf("%s in this run", kinds[parts[i]]);

		names_of_run(run, parts[i], &have);
		if (parts[i] == BY_WORKLOAD)
			add_perf_workloads(run, &have);
		select__names(kind, &c->s.names[parts[i]], &have, &names);
		strlist__free(&names);
		strlist__free(&have);
		free(kind);
	}
}

bool select__variants(const struct select_cells *c, const struct run *run,
		      const char *base, const char *profile,
		      struct strlist *variants)
{
	struct strlist have = { 0 }, all = { 0 }, names = { 0 };
	const struct strlist *wanted = &c->s.names[BY_VARIANT];

	if (!wanted->nr && !c->s.patterns.nr)
		return true;
	compare__variants(run, base, profile, &have);
	strlist__add(&all, "*");
	if (!wanted->nr)
		wanted = &all;
	for (size_t i = 0; i < wanted->nr; i++)
		add_matching(wanted->item[i], &have, &names);
	for (size_t i = 0; i < names.nr; i++) {
		const struct selected is = { .part = {
			[BY_BASE] = base, [BY_PROFILE] = profile,
			[BY_VARIANT] = names.item[i],
		} };

		if (selection__has(&c->s, &is))
			strlist__add(variants, names.item[i]);
	}
	strlist__free(&names);
	strlist__free(&all);
	strlist__free(&have);
	return variants->nr;
}

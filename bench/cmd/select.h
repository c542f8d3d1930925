/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The options by which a command chooses a run, and cells or series. Each is an
 * argp child, so that one option has one name and one help text everywhere. A
 * command names the child's input in ARGP_KEY_INIT:
 *
 *	state->child_inputs[0] = &o->run;
 *	state->child_inputs[1] = &o->cells;
 */
#ifndef FAULTLINE_SELECT_H
#define FAULTLINE_SELECT_H

#include <argp.h>

#include "catalog.h"
#include "run.h"
#include "selection.h"

/* RUN, a folder. */
struct select_run {
	const char *dir;
	bool optional;		/* NULL is an answer as well */
};
extern const struct argp select__run_argp;

/* RUN..., one or more. */
struct select_runs {
	struct strlist dirs;
	bool optional;		/* none is an answer as well */
};
extern const struct argp select__runs_argp;

/* What is chosen, and what a command takes where an option is not given. */
struct select_cells {
	struct selection s;
	const char *otherwise[NR_SELECT_BY];	/* NULL: all */
};
/* --base, --variants, --profiles, --workloads and --select. */
extern const struct argp select__cells_argp;
/* --base and --variants alone. */
extern const struct argp select__kernels_argp;
/* --rigs. */
extern const struct argp select__rigs_argp;
/* --rigs, --machines and --metrics, for the history. */
extern const struct argp select__series_argp;

/* Children for these, in the order of the inputs. */
#define SELECT_RUN	{ &select__run_argp, 0, NULL, 0 }
#define SELECT_RUNS	{ &select__runs_argp, 0, NULL, 0 }
#define SELECT_CELLS	{ &select__cells_argp, 0,	\
	"Which cells (LIST: names or globs, separated by commas):", 1 }
#define SELECT_KERNELS	{ &select__kernels_argp, 0,	\
	"Which kernels (LIST: names or globs, separated by commas):", 1 }
#define SELECT_RIGS	{ &select__rigs_argp, 0, NULL, 1 }
#define SELECT_SERIES	{ &select__series_argp, 0, NULL, 1 }
/* Cells of any rig, after SELECT_RUN or SELECT_RUNS: with select__inputs(). */
#define SELECT_CELLS_OF_RIGS	SELECT_CELLS, SELECT_RIGS

/* The inputs of those: run is what the first of them takes. */
void select__inputs(struct argp_state *state, void *run, struct select_cells *c);

/*
 * The names that a list of names and globs chooses of those there are, in the
 * order of the list; all of them where the list is empty. Dies with
 * EXIT_UNKNOWN_NAME and the names there are where one chooses nothing.
 */
void select__names(const char *kind, const struct strlist *wanted,
		   const struct strlist *have, struct strlist *names);

/* The names and globs of one part: those of its option, or of the patterns. */
void select__wanted(const struct select_cells *c, enum select_by by,
		    struct strlist *wanted);

/*
 * Add the names that a glob matches. Of "const-*@all" or "touch-*+perf" the part
 * up to the mark is matched, and the rest put after each name.
 * Return: how many match.
 */
size_t select__matching(const char *glob, const struct strlist *have,
			struct strlist *names);

/* "no KIND 'NAME'; there are: ..." */
_Noreturn void select__die_unknown(const char *kind, const char *name,
				   const struct strlist *have);

/*
 * The names that are given, in their order: globs stand for what they match of
 * those there are, plain names are taken as they are. Where none is given, the
 * default, or nothing. Dies where a glob matches nothing.
 */
void select__given(const struct select_cells *c, enum select_by by,
		   const struct strlist *have, struct strlist *names);

/*
 * The one name that is chosen of those there are, allocated; the caller frees
 * it. A single name is taken as it is. Where none is given it is the default, or
 * the only one there is. Dies where it is not one, and says which ones there are.
 */
char *select__one(const struct select_cells *c, enum select_by by,
		  const struct strlist *have);

/* One cell; the names are allocated. */
struct select_cell {
	char *base, *variant, *profile, *workload;
};

/* Where one cell is needed: what is taken for an option that is not given. */
#define SELECT_ONE_CELL	{ .otherwise = {		\
	[BY_BASE] = DEFAULT_BASE,			\
	[BY_VARIANT] = REFERENCE,			\
	[BY_PROFILE] = DEFAULT_PROFILE } }

/*
 * The one cell of the run that is chosen and has an attribution; dies where
 * there is none, or more than one.
 */
struct select_cell select__attributed(const struct select_cells *c,
				      const struct run *run);
/*
 * Die with EXIT_UNKNOWN_NAME where a workload is named that neither this program
 * nor the run has, and list those of @have, or all where it is empty.
 */
void select__known_workloads(const struct select_cells *c, const struct run *run,
			     const struct strlist *have);
/* The one cell that is chosen of all that can be measured. */
struct select_cell select__any(const struct select_cells *c);
void select__free_cell(struct select_cell *cell);

/*
 * Read a run of which a command shows what is chosen. Dies with
 * EXIT_UNKNOWN_NAME where a name is not in the run.
 */
void select__read(struct run *run, const char *dir,
		  const struct select_cells *c);

/*
 * The variants that are chosen of a base and profile of the run. Returns false
 * when some were asked for and this table has none of them.
 */
bool select__variants(const struct select_cells *c, const struct run *run,
		      const char *base, const char *profile,
		      struct strlist *variants);

#endif

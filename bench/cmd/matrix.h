/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a run measures: sections, each the product of one base with lists of
 * variants, profiles, workloads and rigs.
 */
#ifndef FAULTLINE_MATRIX_H
#define FAULTLINE_MATRIX_H

#include <jansson.h>

#include "util.h"

struct section {
	char *base;
	struct strlist variants, profiles, workloads;
	struct strlist rigs;	/* as cells name them: "tcg"; "bochs-intel", "bochs-amd" */
};

struct matrix {
	struct section *item;
	size_t nr;
	const char *rig;	/* whose own workloads are among "all" */
	struct strlist rigs;	/* of the sections that are added; none: rig alone */
};

/*
 * Add a section. An empty list means the base's default: all variants, the
 * default profile, all workloads; the word "all" and steps are expanded.
 */
void matrix__add(struct matrix *m, const char *base,
		 const struct strlist *variants,
		 const struct strlist *profiles,
		 const struct strlist *workloads);

/*
 * Add one kernel as it is named to its base's section, which a new base gets
 * with the workloads of the first section, or these, or all.
 */
void matrix__add_one(struct matrix *m, const char *base, const char *variant,
		     const char *profile, const struct strlist *workloads);

/*
 * Whether a base is left out where all are asked for: neither a package nor a tree
 * has its source. It is said with what there is to do.
 */
bool matrix__leaves_out(const char *base);

/*
 * Every base: its variants under every profile, its variants without the
 * direct call under the profiles of the factor table; what base.conf's
 * `also` names and the groups of workloads, under the default profile.
 */
void matrix__add_everything(struct matrix *m);

/* The workloads of the matrix's rig that are in no group. */
void matrix__workloads(const struct matrix *m, const char *base,
		       struct strlist *to);

/* Add the rigs of all sections, each once. */
void matrix__rigs(const struct matrix *m, struct strlist *to);

/* Every workload of every section once more, with this after its name. */
void matrix__add_suffix(struct matrix *m, const char *suffix);

json_t *matrix__to_json(const struct matrix *m);
/* With m->rig set. Return: 0, or -1 when the JSON is no matrix. */
int matrix__from_json(struct matrix *m, const json_t *sections);

#endif

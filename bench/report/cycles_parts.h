/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables of cycles (cycles_table.c, cycles_factors_table.c) share.
 */
#ifndef FAULTLINE_CYCLES_PARTS_H
#define FAULTLINE_CYCLES_PARTS_H

#include "noisy_compare.h"
#include "table.h"

/* The title, "TSC cycles per fault: <what>", and the machine's CPU. */
void cycles_parts__head(struct table *t, const struct run *run,
			const char *base, const char *what);
/* A figure or difference as a cell; "-" where there is none. */
void cycles_parts__value(struct table_grid *g, const struct noisy_value *v);
/* "skipped" or "invalid", where a cell is; NULL: it has a figure, or nothing. */
const char *cycles_parts__word(const struct noisy_cell *c);

/* A row of a table: what its reference alone shows. */
struct cycles_own {
	const struct noisy_own *own;	/* one a mode */
	const struct noisy_cell *ref;
	const double *shows;		/* one a mode; NULL: of no comparison */
};

/* The reference's A/A, its layouts, the harness; then whose the A/A is. */
void cycles_parts__own(struct table *t, const struct noisy_setting *s,
		       const struct cycles_own *row, size_t nr);
/*
 * Of nr cells those that are not all valid, each with its reason; a reason that
 * the next one shares is said once. The cells of a workload follow each other.
 */
void cycles_parts__reasons(struct table *t,
			   const struct noisy_cell *const *cell, size_t nr);
/* By what rule words are said, and what the run's controls say. */
void cycles_parts__rule(struct table *t, const struct noisy_setting *s,
			const struct noisy_rule *rule);
/* The notes under a table: how it was measured, what it is of. */
void cycles_parts__tail(struct table *t, const struct noisy_setting *s,
			const char *base, const struct run *run);

/* cycles_json.c: the members of JSON. */

/* null where there is no number. */
json_t *cycles_json__number(double x);
json_t *cycles_json__head(const struct noisy_setting *s, const char *base);
/* A value, and one that is a difference. */
json_t *cycles_json__value(const struct noisy_value *v);
json_t *cycles_json__difference(const struct noisy_value *v);
/* A cell with its figures, but for what it is compared with. */
json_t *cycles_json__cell(const struct noisy_cell *c);
/* The A/A of a row, one object a mode. */
json_t *cycles_json__own(const struct noisy_own *own, const char *workload,
			 enum cycles_mode m);

#endif

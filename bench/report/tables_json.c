// SPDX-License-Identifier: GPL-2.0
/*
 * Factors and steps as JSON and as CSV: every figure, and why there is none.
 */
#include <inttypes.h>

#include "report.h"

static const char *const dispatches[] = { DISPATCH_DIRECT, DISPATCH_INDIRECT };

/* A cell's figure, or null and why. */
static json_t *figure_json(const struct cmp_cell *c)
{
	json_t *o = json_pack("{sb sb ss}", "exact", c->exact, "skipped",
			      c->skipped, "why", c->why);

	json_object_set_new(o, "typical", c->usable ?
			    json_integer(c->typical) : json_null());
	json_object_set_new(o, "mean", c->usable ? json_real(c->mean) :
			    json_null());
	return o;
}

static json_t *effects_json(const struct factors *x, const struct factor_row *r)
{
	const struct main_effects *m = &r->main;
	json_t *shape = json_object(), *profile = json_object();

	for (size_t s = 0; s < x->shapes.nr; s++)
		json_object_set_new(shape, x->shapes.item[s],
				    json_real(m->shape[s]));
	for (size_t p = 0; p < NR_FACTOR_PROFILES; p++)
		json_object_set_new(profile, x->profiles.item[p],
				    json_real(m->profile[p]));
	return json_pack("{so sf so sf}", "shape", shape, "indirect",
			 m->indirect, "profile", profile, "residual",
			 m->residual);
}

json_t *report__factors_json(const struct factors *x)
{
	json_t *rows = json_array();

	for (size_t w = 0; w < x->nr_rows; w++) {
		const struct factor_row *r = &x->row[w];
		json_t *cells = json_array(), *o;

		for (size_t s = 0; s < x->shapes.nr; s++) {
			for (size_t d = 0; d < NR_DISPATCHES; d++) {
				for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
					o = figure_json(&r->cells[s].at[d][p]);
					json_object_set_new(o, "shape", json_string(x->shapes.item[s]));
					json_object_set_new(o, "dispatch", json_string(dispatches[d]));
					json_object_set_new(o, "profile", json_string(x->profiles.item[p]));
					json_array_append_new(cells, o);
				}
			}
		}
		o = json_pack("{ss so}", "workload", r->workload, "cells", cells);
		if (r->main.complete)
			json_object_set_new(o, "main_effects",
					    effects_json(x, r));
		json_array_append_new(rows, o);
	}
	return json_pack("{ss ss ss so}", "base", x->base, "unit",
			 "instructions", "reference", x->shapes.nr ?
			 x->shapes.item[0] : "", "workloads", rows);
}

void report__factors_csv(FILE *f, const struct factors *x, bool header)
{
	if (header)
		fputs("base,workload,shape,dispatch,profile,exact,typical,mean\n", f);
	for (size_t w = 0; w < x->nr_rows; w++) {
		for (size_t s = 0; s < x->shapes.nr; s++) {
			for (size_t d = 0; d < NR_DISPATCHES; d++) {
				for (size_t p = 0; p < NR_FACTOR_PROFILES; p++) {
					const struct cmp_cell *c =
						&x->row[w].cells[s].at[d][p];

					fprintf(f, "%s,%s,%s,%s,%s,%s,",
						x->base, x->row[w].workload,
						x->shapes.item[s],
						dispatches[d],
						x->profiles.item[p],
						c->exact ? "yes" : "no");
					if (c->usable)
						fprintf(f, "%" PRIu64 ",%.6f",
							c->typical, c->mean);
					else
						fputc(',', f);
					fputc('\n', f);
				}
			}
		}
	}
}

json_t *report__steps_json(const struct steps *s)
{
	json_t *rows = json_array();

	for (size_t w = 0; w < s->nr_rows; w++) {
		const struct step_row *r = &s->row[w];
		json_t *cells = json_array();

		for (size_t i = 0; i < s->nr; i++) {
			json_t *o = figure_json(&r->cell[i]);

			json_object_set_new(o, "step",
					    json_integer(s->number[i]));
			if (r->diff[i].comparable)
				json_object_set_new(o, "added",
						    json_integer(r->diff[i].typical));
			json_object_set_new(o, "same_code",
					    json_boolean(i && r->diff[i].same_code));
			json_array_append_new(cells, o);
		}
		json_array_append_new(rows, json_pack("{ss so}", "workload",
						      r->workload, "steps",
						      cells));
	}
	return json_pack("{ss ss ss ss so}", "base", s->base, "profile",
			 s->profile, "series", s->variant, "unit",
			 "instructions", "workloads", rows);
}

void report__steps_csv(FILE *f, const struct steps *s, bool header)
{
	if (header)
		fputs("base,profile,series,workload,step,exact,typical,mean,added\n", f);
	for (size_t w = 0; w < s->nr_rows; w++) {
		for (size_t i = 0; i < s->nr; i++) {
			const struct cmp_cell *c = &s->row[w].cell[i];

			fprintf(f, "%s,%s,%s,%s,%d,%s,", s->base, s->profile,
				s->variant, s->row[w].workload, s->number[i],
				c->exact ? "yes" : "no");
			if (c->usable)
				fprintf(f, "%" PRIu64 ",%.6f,", c->typical,
					c->mean);
			else
				fputs(",,", f);
			if (s->row[w].diff[i].comparable)
				fprintf(f, "%" PRId64, s->row[w].diff[i].typical);
			fputc('\n', f);
		}
	}
}

// SPDX-License-Identifier: GPL-2.0
/*
 * A comparison as JSON and as CSV: every figure of every cell, nothing
 * rounded away.
 */
#include <inttypes.h>

#include "text.h"

static json_t *cell_json(const struct comparison *c, const struct cmp_row *row,
			 size_t v)
{
	const struct cmp_cell *cell = &row->cell[v];
	const struct cmp_diff *d = &row->diff[v];
	json_t *o = json_pack("{ss ss sI sI sb sb ss}",
			      "workload", row->workload,
			      "variant", c->variants.item[v],
			      "boots", (json_int_t)cell->boots,
			      "valid", (json_int_t)cell->valid,
			      "usable", cell->usable, "exact", cell->exact,
			      "why", cell->why);

	if (cell->usable) {
		json_t *figures = json_pack("{sI sI sI sf sf sf sI sI sI sI sI sI ss}",
			"events", (json_int_t)cell->events,
			"typical", (json_int_t)cell->typical,
			"typical_max", (json_int_t)cell->typical_max,
			"typical_share", cell->share,
			"mean", cell->mean, "mean_max", cell->mean_max,
			"median", (json_int_t)cell->hist.median,
			"min", (json_int_t)cell->hist.min,
			"max", (json_int_t)cell->hist.max,
			"total", (json_int_t)cell->total,
			"clock_floor", (json_int_t)cell->clock_floor,
			"irqs", (json_int_t)cell->irqs,
			"handler_sha256", cell->handler);

		json_object_update_new(o, figures);
	}
	if (d->comparable) {
		json_t *diff = json_pack("{sb sb sI sf sf sf}",
			"exact", d->exact, "same_code", d->same_code,
			"typical", (json_int_t)d->typical,
			"typical_percent", d->typical_percent,
			"mean", d->mean, "mean_percent", d->mean_percent);

		json_object_set_new(o, "difference", diff);
	}
	return o;
}

json_t *report__compare_json(const struct comparison *c)
{
	json_t *cells = json_array(), *o;

	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++)
			json_array_append_new(cells,
					      cell_json(c, &c->row[w], v));
	}
	o = json_pack("{ss ss ss ss ss so}", "base", c->base, "rig", c->rig,
		      "profile", c->profile, "unit", "instructions",
		      "reference", c->variants.item[0], "cells", cells);
	json_object_set_new(o, "aa", json_pack("{sI sI sI}",
			    "pairs", (json_int_t)c->aa_pairs,
			    "bit_equal", (json_int_t)c->aa_zero,
			    "worst", (json_int_t)c->aa_worst));
	json_object_set_new(o, "methods", json_pack("{sI sf sf sI sI}",
			    "cells", (json_int_t)c->methods.cells,
			    "least", c->methods.least, "most", c->methods.most,
			    "limit", (json_int_t)LOOP_LIMIT,
			    "disagree", (json_int_t)c->methods.disagree));
	return o;
}

void report__compare_csv(FILE *f, const struct comparison *c, bool header)
{
	if (header)
		fputs("base,rig,profile,workload,variant,boots,valid,exact,events,typical,typical_share,mean,median,min,max,total,difference,difference_percent,mean_difference,mean_difference_percent,why\n",
		      f);
	for (size_t w = 0; w < c->nr_rows; w++) {
		for (size_t v = 0; v < c->variants.nr; v++) {
			const struct cmp_cell *cell = &c->row[w].cell[v];
			const struct cmp_diff *d = &c->row[w].diff[v];

			fprintf(f, "%s,%s,%s,%s,%s,%zu,%zu,%s,", c->base,
				c->rig, c->profile, c->row[w].workload,
				c->variants.item[v], cell->boots, cell->valid,
				cell->exact ? "yes" : "no");
			if (cell->usable)
				fprintf(f, "%" PRIu64 ",%" PRIu64 ",%.6f,%.6f,%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",%" PRIu64 ",",
					cell->events, cell->typical,
					cell->share, cell->mean,
					cell->hist.median, cell->hist.min,
					cell->hist.max, cell->total);
			else
				fputs(",,,,,,,,", f);
			if (d->comparable)
				fprintf(f, "%" PRId64 ",%.6f,%.6f,%.6f,",
					d->typical, d->typical_percent, d->mean,
					d->mean_percent);
			else
				fputs(",,,,", f);
			text__csv(f, cell->why);
			fputc('\n', f);
		}
	}
}

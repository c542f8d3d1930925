// SPDX-License-Identifier: GPL-2.0
/*
 * A run as Google Benchmark's JSON, one entry a cell: what reads it goes by
 * names, and takes a second entry of one name for another benchmark, or for a
 * change. The figure of a cell is the table's: where its boots or layouts lie by
 * Hodges and Lehmann; of an exact cell they are all the same. Cells with perf in
 * the host are left out: their ticks are perf's too.
 */
#include <string.h>

#include "catalog.h"
#include "compare.h"
#include "full.h"
#include "hodges_lehmann.h"
#include "noisy.h"
#include "rigs.h"

struct cells {
	json_t *all;
	bool rigs;	/* of several: a name says which */
};

/* One more boot of the cell: its figure, in the unit that the label says. */
static void add(const struct cells *c, const struct record *r, const char *mode,
		double figure, const char *unit)
{
	char *name = xasprintf("%s/%s/%s/%s%s%s%s%s", r->base, r->workload,
			       r->variant, r->profile, c->rigs ? "/" : "",
			       c->rigs ? r->rig : "", *mode ? "/" : "", mode);
	json_t *cell = json_object_get(c->all, name);

	if (!cell) {
		cell = json_pack("{ss sI s[]}", "unit", unit, "events",
				 (json_int_t)0, "figures");
		json_object_set_new(c->all, name, cell);
	}
	json_object_set_new(cell, "events",
			    json_integer(json_integer_value(json_object_get(cell, "events")) +
					 (r->events ?: 1)));
	json_array_append_new(json_object_get(cell, "figures"), json_real(figure));
	free(name);
}

/* The typical fault, or the median one where a boot has several figures. */
static void add_exact(const struct cells *c, const struct record *r)
{
	const struct hist_summary s = compare__faults(r);

	if (!r->nr_bins)
		add(c, r, "", r->total, "instructions from bell to bell, not ns");
	else if (r->events == 1)
		add(c, r, "", s.mode, "instructions of a whole boot, not ns");
	else if (hist__stands_out(&s))
		add(c, r, "", s.mode, "instructions of a typical fault, not ns");
	else
		add(c, r, "", s.median, "instructions of the median fault, not ns");
}

static void add_boot(const struct cells *c, const struct record *r)
{
	static const char *const modes[] = { "hot", "cold" };

	if (!record__valid(r) || workload_has_perf(r->workload))
		return;
	for (int m = 0; r->cycles && m < NR_CYCLES_MODES; m++) {
		const struct cycles_series *s = &r->cycles->mode[m];

		if (s->nr)
			add(c, r, modes[m], noisy__layout(s),
			    "TSC cycles per fault, not ns");
	}
	if (!r->cycles)
		add_exact(c, r);
}

static double figure_of(const json_t *figures)
{
	size_t nr = json_array_size(figures);
	double *v = xcalloc(nr, sizeof(*v));
	struct hodges_lehmann h;
	double estimate;

	for (size_t i = 0; i < nr; i++)
		v[i] = json_real_value(json_array_get(figures, i));
	hodges_lehmann__make(&h, v, nr);
	estimate = h.estimate;
	hodges_lehmann__free(&h);
	free(v);
	return estimate;
}

static json_t *entry(const char *name, json_t *cell, size_t index)
{
	double figure = figure_of(json_object_get(cell, "figures"));

	return json_pack("{ss ss ss si si si si si sO sf sf ss sO}",
			 "name", name, "run_name", name,
			 "run_type", "iteration", "family_index", (int)index,
			 "per_family_instance_index", 0,
			 "repetitions", 1, "repetition_index", 0, "threads", 1,
			 "iterations", json_object_get(cell, "events"),
			 "real_time", figure, "cpu_time", figure,
			 "time_unit", "ns", "label", json_object_get(cell, "unit"));
}

json_t *report__full_gbench(const struct full_report *r)
{
	const struct cells cells = { json_object(), r->verdicts->rigs };
	json_t *all = json_array(), *machine, *cell;
	const char *name;

	for (size_t i = 0; i < r->run->nr; i++)
		add_boot(&cells, r->run->record[i]);
	json_object_foreach(cells.all, name, cell) {
		json_array_append_new(all, entry(name, cell, json_array_size(all)));
	}
	json_decref(cells.all);
	machine = json_object_get(r->run->meta, "machine");
	return json_pack("{s{ss ss ss si so so ss si} so}", "context",
			 "date", json_string_value(json_object_get(
					r->run->meta, "started")) ?: "",
			 "host_name", json_string_value(json_object_get(
					machine, "cpu")) ?: "",
			 "executable", "faultline",
			 "num_cpus", (int)json_integer_value(json_object_get(
					machine, "cpus")),
			 "caches", json_array(), "load_avg", json_array(),
			 "library_build_type", "release",
			 "json_schema_version", 1, "benchmarks", all);
}

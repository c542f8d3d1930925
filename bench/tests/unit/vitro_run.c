// SPDX-License-Identifier: GPL-2.0
/*
 * A made-up run of rig vitro for the tests of the command line, the same bytes
 * whenever it is made.
 *
 *	vitro_run DIR [LAYOUTS [WORD...]]
 *
 * hot	there is nothing cold		no-aa	nothing has a second copy
 * trap	a trap fired in layout 2 of const-fields
 * short	struct-by-pointer has fewer blocks in layout 1
 * tcg	records of rig tcg stand among the others
 * still	everything could be set, and there is a PMU
 * same	struct-by-pointer has the handler code of baseline
 * big	everything costs a hundred times as much
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_vitro.h"
#include "rigs.h"
#include "run.h"

static const char *const shapes[] = { "baseline", "struct-by-pointer", "const-fields" };
static const char *const profiles[] = { "off", "retpoline", "retpoline-lfence" };
static const char *const workloads[] = { "touch-write", "write-upgrade", "pre-fault" };

/* TSC cycles per fault, hot; a retpoline costs 37, its LFENCE 12. */
static double cost(size_t w, size_t s, bool indirect, size_t p)
{
	static const double of_workload[] = { 462, 214 };
	static const double of_shape[2][3] = { { 0, -3, -24 }, { 0, 9, 6 } };
	static const double of_call[] = { 1, 37, 12 };
	static const double of_profile[] = { 0, 8, 5 };

	return of_workload[w] + of_shape[w][s] + of_profile[p] +
	       (indirect ? of_call[p] : 0);
}

static bool has(int argc, char **argv, const char *word)
{
	for (int i = 3; i < argc; i++) {
		if (!strcmp(argv[i], word))
			return true;
	}
	return false;
}

static void say_host(struct record *r, bool still)
{
	static const char *const host[][3] = {
		{ "pinned", "cpu 1", "cpu 1" },
		{ "priority", "not raised: Operation not permitted", "fifo 50" },
		{ "memory", "not locked: Cannot allocate memory", "locked" },
		{ "pmu", "not there: perf_event_open says No such file or directory", "ok" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(host); i++)
		json_object_set_new(r->host, host[i][0],
				    json_string(host[i][1 + still]));
	if (!still)
		return;
	r->cycles->pmu[PMU_CYCLES] = 455.5;
	r->cycles->pmu[PMU_INSTRUCTIONS] = 1378.6;
	r->cycles->pmu[PMU_BRANCH_MISSES] = 0.021;
}

static void scale(struct truth *t, double by)
{
	*t = (struct truth) { t->cost * by, t->layout * by, t->machine * by,
			      t->own * by };
}

static struct record *one(int argc, char **argv, size_t w, size_t s,
			  bool indirect, size_t p, uint64_t layout)
{
	struct truth hot = { 0 }, cold = { 0 };
	char *variant = xasprintf("%s%s", shapes[s], indirect ? "+indirect" : "");
	struct record *r;

	if (w < 2) {
		hot = (struct truth) { cost(w, s, indirect, p), 1.5, 40, 3 };
		cold = (struct truth) { 9 * cost(w, s, indirect, p), 60, 400, 90 };
	}
	if (has(argc, argv, "big")) {
		scale(&hot, 100);
		scale(&cold, 100);
	}
	if (has(argc, argv, "hot"))
		cold.cost = 0;
	r = make_vitro(variant, profiles[p], workloads[w], layout, hot, cold,
		       !s && !p && !indirect && !has(argc, argv, "no-aa"));
	if (w == 2)
		make_vitro_none(r, OUTCOME_SKIP, "KVM_PRE_FAULT_MEMORY came with 6.11");
	else
		say_host(r, has(argc, argv, "still"));
	if (has(argc, argv, "trap") && w < 2 && s == 2 && layout == 2)
		make_vitro_none(r, OUTCOME_RIG, "trap: the handler called kvm_flush_remote_tlbs, which nothing stands for");
	if (has(argc, argv, "short") && w < 2 && s == 1 && layout == 1)
		r->cycles->mode[CYCLES_HOT].nr = MADE_BLOCKS / 2;
	if (has(argc, argv, "same") && s == 1) {
		free(r->handler_sha256);
		r->handler_sha256 = xasprintf("handler of baseline%s, %s",
					      indirect ? "+indirect" : "",
					      profiles[p]);
	}
	free(variant);
	return r;
}

static json_t *meta(void)
{
	json_t *o = json_pack("{si ss s{ss} s{ss s[{ss s[sss] s[sss] s[sss]}]} s[]}",
		"schema", RUN_SCHEMA, "id", "20261123T000000Z-vitro",
		"machine", "cpu", "AMD EPYC", "plan", "rig", RIG_VITRO,
		"sections", "base", "v6.1",
		"variants", shapes[0], shapes[1], shapes[2],
		"profiles", profiles[0], profiles[1], profiles[2],
		"workloads", workloads[0], workloads[1], workloads[2],
		"kernels");

	for (size_t i = 0; i < 9; i++)
		json_array_append_new(json_object_get(o, "kernels"),
			json_pack("{ss ss ss ss}", "base", "v6.1", "variant",
				  shapes[i / 3], "profile", profiles[i % 3],
				  "dispatch", "direct"));
	return o;
}

int main(int argc, char **argv)
{
	struct run run = { .meta = meta() };
	uint64_t layouts = argc > 2 ? strtoull(argv[2], NULL, 10) : 6;

	if (argc < 2 || !layouts)
		die(EXIT_USAGE, "vitro_run DIR [LAYOUTS [WORD...]]");
	run.dir = xstrdup(argv[1]);
	if (path_make(run.dir) || run__save_meta(&run))
		die(EXIT_STORAGE, "cannot make %s", run.dir);
	for (uint64_t l = 1; l <= layouts; l++) {
		for (size_t i = 0; i < 3 * 3 * 2 * 3; i++)
			run__append(&run, one(argc, argv, i % 3, i / 3 % 3,
					      i / 9 % 2, i / 18, l));
	}
	if (has(argc, argv, "tcg"))
		run__append(&run, make_record("baseline", "off", "touch-write",
					      1, 2414));
	run__free(&run);
	return 0;
}

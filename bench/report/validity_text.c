// SPDX-License-Identifier: GPL-2.0
/* What of a run counts and what does not, on which machine, and how again. */
#include <stdlib.h>
#include <string.h>

#include "exact.h"
#include "perturb.h"
#include "run_rigs.h"
#include "run_text.h"
#include "text.h"

/* "12 boots of v6.1 pre-fault: skip: came with 6.11", each reason once. */
struct reason {
	const struct record *first;
	size_t nr;
};

static bool same_reason(const struct record *a, const struct record *b)
{
	return a->outcome == b->outcome && !strcmp(a->base, b->base) &&
	       !strcmp(a->workload, b->workload) && !strcmp(a->why, b->why);
}

static void write_reasons(FILE *f, const struct run *run)
{
	struct reason *reason = xcalloc(run->nr + 1, sizeof(*reason));
	size_t nr = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];
		size_t k = 0;

		if (record__valid(r))
			continue;
		while (k < nr && !same_reason(reason[k].first, r))
			k++;
		if (k == nr)
			reason[nr++].first = r;
		reason[k].nr++;
	}
	for (size_t k = 0; k < nr; k++) {
		const struct record *r = reason[k].first;
		char *line = xasprintf("%zu of %s, %s: %s%s%s", reason[k].nr,
				       r->base, r->workload,
				       outcome__name(r->outcome),
				       *r->why ? ": " : "", r->why);

		text__wrapped(f, 2, line);
		free(line);
	}
	free(reason);
}

void report__validity_text(FILE *f, const struct run *run,
			   const struct judgements *j)
{
	const struct exactness e = exact__count(run);
	size_t valid = 0, skipped = 0, expected = 0;

	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		valid += record__valid(r);
		skipped += r->outcome == OUTCOME_SKIP;
		expected += record__valid(r) && r->expect.nr > 0;
	}
	fprintf(f, "records       %zu: %zu valid, %zu skipped, %zu invalid; %zu lines are no records\n",
		run->nr, valid, skipped, run->nr - valid - skipped, run->bad);
	fprintf(f, "denominator   KVM's counters were checked against what was provoked in\n"
		"              %zu of the valid ones\n", expected);
	if (e.cells) {
		char *layouts = perturb__layouts_text(e.seeds);

		fprintf(f, e.seeds > 1 ?
			"exact         %zu of %zu cells, over %s\n" :
			"exact         %zu of %zu cells: replayed, one layout, bit by bit\n",
			e.exact, e.cells, layouts);
		free(layouts);
	}
	if (e.noisy)
		fprintf(f, "layouts       %zu of %zu cells measured, in %zu link layouts at most\n",
			e.measured, e.noisy, e.layouts);
	if (j->aa_pairs)
		fprintf(f, "A/A           the same code twice differed in %zu of %zu\n",
			j->aa_differ, j->aa_pairs);
	else
		fprintf(f, "A/A           nothing was measured twice: --boots 2 or more does\n");
	if (valid < run->nr) {
		fputs("not valid\n", f);
		write_reasons(f, run);
	}
}

static void write_object(FILE *f, const char *name, json_t *o)
{
	const char *key;
	json_t *value;

	json_object_foreach(o, key, value) {
		char *dump = json_is_string(value) ? NULL :
			     json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
		char *line = xasprintf("%s %s: %s", name, key, dump ?:
				       json_string_value(value));

		text__wrapped(f, 0, line);
		free(line);
		free(dump);
	}
}

void report__machine_text(FILE *f, const struct run *run)
{
	struct strlist rigs = { 0 };

	write_object(f, "machine", json_object_get(run->meta, "machine"));
	run__rigs(run, &rigs);
	for (size_t i = 0; i < rigs.nr; i++) {
		const char *name = rigs.nr > 1 ? rigs.item[i] : "rig";

		write_object(f, name, run__rig_object(run, rigs.item[i]));
	}
	strlist__free(&rigs);
}

void report__reproduce_text(FILE *f, const struct run *run)
{
	json_t *tool = json_object_get(run->meta, "tool"), *k;
	const json_t *changed = json_object_get(tool, "changed");
	const char *revision = json_string_value(json_object_get(tool, "revision"));
	size_t i;

	if (!revision || !strcmp(revision, "unknown"))
		fputs("# the revision of Faultline is unknown: it was in no git repository of its own\n", f);
	else
		fprintf(f, "git checkout %s%s\n", revision,
			json_is_true(changed) ? "  # and what was not committed" :
			json_is_null(changed) ? "  # git did not say what was not committed" : "");
	text__run_command(f, "build/", run);
	fputs("\nkernels, all that they are made of in run.json\n", f);
	json_array_foreach(json_object_get(run->meta, "kernels"), i, k) {
		const char *base = "", *variant = "", *profile = "", *release = "";
		const char *sum = "";
		char *line;

		json_unpack(k, "{s?s s?s s?s s?s s?s}", "base", &base, "variant",
			    &variant, "profile", &profile, "release", &release,
			    "vmlinux_sha256", &sum);
		line = xasprintf("%s %s %s: %s, vmlinux %.12s", base, variant,
				 profile, release, sum);
		text__wrapped(f, 2, line);
		free(line);
	}
}

/* The same cell's judgement in the other run: its hot one, if it has modes. */
static const struct judgement *same_cell(const struct judgements *j,
				      const struct judgement *k)
{
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *o = &j->item[i];

		if (!strcmp(o->base, k->base) && !strcmp(o->profile, k->profile) &&
		    !strcmp(o->variant, k->variant) && strcmp(o->mode, "cold") &&
		    !strcmp(o->workload, k->workload))
			return o;
	}
	return NULL;
}

static const char *agreement(const struct judgement *insns,
			     const struct judgement *cycles)
{
	if (insns->is == JUDGED_NONE || cycles->is == JUDGED_NONE)
		return "no verdict";
	if (insns->is == cycles->is)
		return "agree";
	if (insns->is == JUDGED_SAME)
		return "cycles only";
	if (cycles->is == JUDGED_SAME)
		return "insns only";
	return "DISAGREE";
}

size_t report__beside_text(FILE *f, const struct judgements *insns,
			   const struct judgements *cycles)
{
	const struct judgement *before = NULL;
	size_t nr = 0, disagree = 0;

	fprintf(f, "%-15s %-26s %6s %8s  %s\n", "workload", "variant", "insns",
		"cycles", "hot");
	for (size_t i = 0; i < insns->nr; i++) {
		const struct judgement *k = &insns->item[i];
		const struct judgement *o = same_cell(cycles, k);
		const char *word;

		if (!o || !(k->diff == k->diff) || !(o->diff == o->diff))
			continue;
		if (!before || strcmp(k->base, before->base) ||
		    strcmp(k->profile, before->profile))
			fprintf(f, "%s, profile %s\n", k->base, k->profile);
		before = k;
		nr++;
		word = agreement(k, o);
		disagree += !strcmp(word, "DISAGREE");
		fprintf(f, "%-15.15s %-26.26s %+6.0f %+8.1f  %s\n", k->workload,
			k->variant, k->diff, o->diff, word);
	}
	fprintf(f, "\n%zu of %zu disagree: fewer instructions and more cycles, or the reverse\n",
		disagree, nr);
	return nr;
}

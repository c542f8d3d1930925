// SPDX-License-Identifier: GPL-2.0
/*
 * How many boots a run has and how long they will take: by what they took in the
 * newest run of the same folder, else by what the rig's facts assume.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs.h"
#include "need.h"
#include "rigs.h"
#include "util.h"

double jobs__seconds_a_boot(const char *results, const struct rig_facts *rig)
{
	char *dir = xasprintf("%s/latest", results);
	struct run run = { 0 };
	double sum = 0;
	size_t n = 0;

	if (run__readable(dir)) {
		need_run(&run, dir);
		for (size_t i = 0; i < run.nr; i++) {
			if (!record__valid(run.record[i]) ||
			    rigs__facts(run.record[i]->rig) != rig)
				continue;
			sum += run.record[i]->wall_s;
			n++;
		}
		run__free(&run);
	}
	free(dir);
	return n ? sum / n : 0;
}

/* Processes, not cells: a base's cells of one boot are measured in turns. */
static void estimate_together(const struct session *s)
{
	const struct job *last = NULL;
	size_t cells = 0, skips = 0, processes = 0;

	for (size_t i = 0; i < s->nr_jobs; i++) {
		const struct job *j = &s->job[i];

		skips += !!j->skip;
		if (j->skip)
			continue;
		cells++;
		processes += !last || last->boot.boot != j->boot.boot ||
			     strcmp(last->boot.base, j->boot.base);
		last = j;
	}
	fprintf(stderr, "  %-7s %zu records out of %zu processes, each another link layout",
		"PLAN", cells, processes);
	fprintf(stderr, skips ? ", %zu skips\n" : "\n", skips);
}

double jobs__boots_s(const struct session *s, size_t boots)
{
	return boots * (s->seconds_a_boot ?: rig__facts(s->rig)->boot_s) / s->workers;
}

void jobs__estimate(const struct session *s)
{
	size_t boots = 0, skips = 0, copies = 0;
	double each = s->seconds_a_boot ?: rig__facts(s->rig)->boot_s;
	char text[32];

	if (s->rig->boot_together) {
		estimate_together(s);
		return;
	}
	for (size_t i = 0; i < s->nr_jobs; i++) {
		boots += !s->job[i].skip;
		skips += !!s->job[i].skip;
		copies += s->job[i].copies.nr;
	}
	fprintf(stderr, "  %-7s %zu boots", "PLAN", boots);
	if (copies)
		fprintf(stderr, " for %zu records (same kernel, same boot)",
			boots + copies);
	if (skips)
		fprintf(stderr, ", %zu skips", skips);
	fprintf(stderr, ", about %s (%.1f s per boot %s, %u at a time)\n",
		duration_text(jobs__boots_s(s, boots), text), each,
		s->seconds_a_boot ? "in the newest run" : "assumed", s->workers);
}

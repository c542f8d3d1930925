// SPDX-License-Identifier: GPL-2.0
/*
 * Make a run of N made-up records of rig tcg. No test, but a helper of
 * those that want a large run, or one with names that mean harm.
 *
 *	run_fill DIR RECORDS [NAME [all]]
 *
 * NAME: of the tenth variant, the first workload and the machine, in place of
 * theirs; with "all" of the base and the profile as well.
 *
 * Variants "v1" and on cost one instruction more each than baseline.
 */
#include <stdlib.h>
#include <string.h>

#include "made.h"
#include "run.h"

#define VARIANTS	20
#define BOOTS		2

int main(int argc, char **argv)
{
	const size_t records = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	size_t nr = 0;
	struct run run;
	struct err e;

	const char *const name = argc > 3 ? argv[3] : NULL;

	if (argc < 3 || argc > 5 || !records)
		die(EXIT_USAGE, "run_fill DIR RECORDS [NAME [all]]");
	if (run__create(&run, argv[1], json_pack(
		"{si ss ss s[ss] s{ss sb} s{ss si ss} s{s[]} s[] s{ss}}",
		"schema", 2, "started", "2026-11-22T00:00:00Z",
		"state", "finished", "command", "made", name ?: "up",
		"tool", "revision", "0123456789abcdef", "changed", 0,
		"machine", "cpu", name ?: "made", "cpus", 2,
		"kernel", "6", "plan", "sections", "kernels", "rig", "name", "tcg"), &e))
		die_err(&e);
	for (size_t i = 0; nr < records; i++) {
		for (size_t v = 0; v < VARIANTS && nr < records; v++) {
			char *variant = v ? xasprintf("v%zu", v) : xstrdup("baseline");
			char *workload = !i && name ? xstrdup(name) :
						      xasprintf("w%zu", i);

			if (v == 10 && name) {
				free(variant);
				variant = xstrdup(name);
			}
			for (uint64_t b = 1; b <= BOOTS; b++, nr++) {
				char err[200], *line;
				struct record *r = make_record(variant,
						argc > 4 ? name : "off",
						workload, b, 2400 + v);

				if (argc > 4) {
					free(r->base);
					r->base = xstrdup(name);
				}

				/* Appending syncs one by one: too slow here. */
				line = record__line(r);
				record__free(r);
				r = record__parse(line, strlen(line), err, sizeof(err));
				if (!r)
					die(EXIT_INTERNAL, "run_fill: %s", err);
				free(line);
				run.record = xrealloc(run.record, (run.nr + 1) * sizeof(r));
				run.record[run.nr++] = r;
			}
			free(variant);
			free(workload);
		}
	}
	char *path = run__path(&run, "records.jsonl");
	FILE *f = fopen(path, "w");

	for (size_t i = 0; f && i < run.nr; i++) {
		char *line = record__line(run.record[i]);

		fputs(line, f);
		free(line);
	}
	if (!f || fclose(f))
		die(EXIT_STORAGE, "%s cannot be written", path);
	puts(run.dir);
	return 0;
}

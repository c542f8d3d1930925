// SPDX-License-Identifier: GPL-2.0
/*
 * A run: the input is its run.json, over the records of a small run that is
 * made here. Whatever can be read is compared, judged and made points of.
 */
#include "fuzz.h"
#include "compare.h"
#include "points.h"
#include "run.h"
#include "../unit/made.h"

static void make_records(void)
{
	static const char *const variants[] = { "baseline", "const-fields" };
	char *all = xstrdup("");

	for (size_t i = 0; i < 4; i++) {
		struct record *r = make_record(variants[i % 2], "off",
					       "touch-write", 1 + i / 2, 2400);
		char *line = record__line(r);
		char *longer = xasprintf("%s%s", all, line);

		free(all);
		free(line);
		all = longer;
		record__free(r);
	}
	fuzz_file("run/records.jsonl", all, strlen(all));
	free(all);
}

static void use(struct run *run)
{
	struct points p;
	struct err e;

	if (points__of_run(&p, run, &e)) {
		fuzz_error(&e);
		return;
	}
	/* Of each cell two figures; of the one that is no baseline, a difference. */
	MUST(p.nr == 5 && p.cells == 2);
	points__free(&p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool made;
	struct run run;
	struct err e;
	char *path;

	if (!made)
		make_records();
	made = true;
	fuzz_file("run/run.json", data, size);
	path = xasprintf("%s/run", fuzz_dir());
	if (run__read(&run, path, &e)) {
		fuzz_error(&e);
	} else {
		use(&run);
		run__free(&run);
	}
	free(path);
	return 0;
}

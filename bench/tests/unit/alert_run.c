// SPDX-License-Identifier: GPL-2.0
/*
 * A night of its own made from a committed run: another id, start and revision,
 * and, where a slowdown is planted, that many instructions more in every fault of
 * one variant and workload, in one function of its attribution. No test, but a
 * helper of alert.bats.
 *
 *	alert_run FROM TO ID STARTED REVISION [VARIANT WORKLOAD FUNCTION N [same]]
 *
 * same	the handler's code is the same nevertheless
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attribution.h"
#include "run.h"

static const char *variant, *workload, *function;
static int64_t more;
static bool same_code;

static void slow_record(struct record *r)
{
	r->total += more * r->events;
	for (size_t i = 0; i < r->nr_bins; i++)
		r->bin[i].ticks += more;
	if (same_code)
		return;
	free(r->handler_sha256);
	r->handler_sha256 = xstrdup("a slow handler");
}

/* The file itself where nothing was planted. */
static void take_attribution(const struct run *from, const struct run *to,
			     const struct record *r, int64_t n)
{
	char *path = run__attribution(from, r), *new = run__attribution(to, r);
	struct attribution a;
	char err[512];

	/* Of a packed run one boot has it for all. */
	if (!path_exists(path))
		goto out;
	if (!n) {
		if (symlink(path, new))
			die(EXIT_STORAGE, "cannot make %s", new);
		goto out;
	}
	if (attribution__read(&a, path, err, sizeof(err)))
		die(EXIT_BAD_RECORD, "%s", err);
	for (size_t c = 0; c < a.nr; c++) {
		struct attr_class *class = &a.item[c];

		class->figures.insns += n;
		for (size_t i = 0; i < class->func.nr; i++) {
			if (!strcmp(class->func.item[i].name, function))
				class->func.item[i].cost.insns += n;
		}
	}
	if (attribution__write(&a, new))
		die(EXIT_STORAGE, "cannot write %s", new);
	attribution__free(&a);
out:
	free(new);
	free(path);
}

int main(int argc, char **argv)
{
	struct run from, to = { 0 };
	struct err e;
	char *dir;

	if (argc != 6 && argc != 10 && argc != 11)
		die(EXIT_USAGE, "alert_run FROM TO ID STARTED REVISION [VARIANT WORKLOAD FUNCTION N [same]]");
	if (run__read(&from, argv[1], &e))
		die_err(&e);
	to = (struct run) { .dir = argv[2], .meta = json_deep_copy(from.meta) };
	json_object_set_new(to.meta, "id", json_string(argv[3]));
	json_object_set_new(to.meta, "started", json_string(argv[4]));
	json_object_set_new(json_object_get(to.meta, "tool"), "revision",
			    json_string(argv[5]));
	if (argc > 6) {
		variant = argv[6];
		workload = argv[7];
		function = argv[8];
		more = strtoll(argv[9], NULL, 10);
		same_code = argc > 10;
	}
	dir = run__path(&to, "attribution");
	if (path_make(dir) || run__save_meta(&to))
		die(EXIT_STORAGE, "cannot make %s", dir);
	for (size_t i = 0; i < from.nr; i++) {
		struct record *r = record__copy(from.record[i], &e);

		bool slow = variant && !strcmp(r->variant, variant) &&
			    !strcmp(r->workload, workload);

		if (slow)
			slow_record(r);
		take_attribution(&from, &to, r, slow ? more : 0);
		if (run__append(&to, r))
			die(EXIT_STORAGE, "cannot write into %s", to.dir);
	}
	return 0;
}

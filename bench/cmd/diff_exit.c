// SPDX-License-Identifier: GPL-2.0
/*
 * The exit codes of git bisect run; see diff_exit.h.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff_exit.h"
#include "run_rigs.h"

static bool said;	/* the code of a verdict, not that of an error */

/* Is it a commit that could not be measured, and not this machine or the command line? */
static bool is_of_commit(int code)
{
	return code == EXIT_PATCH || code == EXIT_BUILD ||
	       code == EXIT_WRONG_SOURCE || code == EXIT_NO_DATA ||
	       (code >= EXIT_PANIC && code < EXIT_BAD_RECORD);
}

static void map(int code, void *arg)
{
	(void)arg;
	if (said || !code)
		return;
	fflush(NULL);
	_exit(code == EXIT_INTERRUPTED ? EXIT_INTERRUPTED :
	      is_of_commit(code) ? DIFF_EXIT_SKIP : DIFF_EXIT_STOP);
}

void diff_exit__begin(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (!strncmp(argv[i], "--exit", strlen("--exit"))) {
			on_exit(map, NULL);
			return;
		}
	}
}

static void say(const struct limit *l, const char *workload,
		const struct cmp_cell *c, const struct limit_answer *a)
{
	printf("%s: %lu", workload, compare__fault(c));
	if (l->absolute)
		printf(", above %.0f\n", l->most);
	else
		printf(", %+.0f, which is more than %+.0f\n", a->by, l->most);
}

/* What one line is said of: the first cell that is more, the first that is unsaid. */
struct exceeded {
	const struct limit *limit;
	size_t more, unsaid;
};

/* All cells of one rig. */
static void judge_rig(struct exceeded *e, const struct section *sec,
		      const struct run *run, const char *start, const char *end)
{
	for (size_t k = 0; k < sec->profiles.nr * sec->workloads.nr; k++) {
		const char *profile = sec->profiles.item[k / sec->workloads.nr];
		const char *workload = sec->workloads.item[k % sec->workloads.nr];
		struct cmp_cell a = compare__cell(run, sec->base, profile, start, workload);
		struct cmp_cell c = compare__cell(run, sec->base, profile, end, workload);
		struct limit_answer x = limit__judge(e->limit, &a, &c);
		char *name = sec->rigs.nr > 1 ?
			     xasprintf("%s, rig %s", workload, run__rig(run)) :
			     xstrdup(workload);

		if (x.says == LIMIT_UNSAID && !e->unsaid++)
			printf("%s: cannot be said: %s\n", name, x.why ?: "it has no figure");
		if (x.says == LIMIT_EXCEEDED && !e->more++)
			say(e->limit, name, &c, &x);
		free(name);
	}
}

int diff_exit__code(const struct session *s, const struct diff_subject *d,
		    const struct limit *l)
{
	const struct section *sec = &s->matrix.item[0];
	const char *start = d->commits.item[0].name;
	const char *end = d->commits.item[d->commits.nr - 1].name;
	struct exceeded e = { .limit = l };
	struct run_views v;

	run__views(&v, &s->run);
	for (size_t i = 0; i < v.nr; i++)
		judge_rig(&e, sec, &v.item[i], start, end);
	run__free_views(&v);
	if (!e.more && !e.unsaid)
		printf("not more expensive\n");
	said = true;
	return e.more ? DIFF_EXIT_MORE : e.unsaid ? DIFF_EXIT_SKIP : DIFF_EXIT_NOT_MORE;
}

// SPDX-License-Identifier: GPL-2.0
/*
 * The exit codes of git bisect run; see diff_exit.h.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "diff_exit.h"

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

int diff_exit__code(const struct session *s, const struct diff_subject *d,
		    const struct limit *l)
{
	const struct section *sec = &s->matrix.item[0];
	const char *start = d->commits.item[0].name;
	const char *end = d->commits.item[d->commits.nr - 1].name;
	size_t more = 0, unsaid = 0;

	for (size_t k = 0; k < sec->profiles.nr * sec->workloads.nr; k++) {
		const char *profile = sec->profiles.item[k / sec->workloads.nr];
		const char *workload = sec->workloads.item[k % sec->workloads.nr];
		struct cmp_cell a = compare__cell(&s->run, sec->base, profile, start, workload);
		struct cmp_cell c = compare__cell(&s->run, sec->base, profile, end, workload);
		struct limit_answer x = limit__judge(l, &a, &c);

		if (x.says == LIMIT_UNSAID && !unsaid++)
			printf("%s: cannot be said: %s\n", workload, x.why ?: "it has no figure");
		if (x.says == LIMIT_EXCEEDED && !more++)
			say(l, workload, &c, &x);
	}
	if (!more && !unsaid)
		printf("not more expensive\n");
	said = true;
	return more ? DIFF_EXIT_MORE : unsaid ? DIFF_EXIT_SKIP : DIFF_EXIT_NOT_MORE;
}

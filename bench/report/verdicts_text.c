// SPDX-License-Identifier: GPL-2.0
/* Judgements with their reasons, at most 75 columns. */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "text.h"

/* Of one workload and mode, and for the same reason: one line for all. */
static bool same_line(const struct judgement *a, const struct judgement *b)
{
	return judgement__same_table(a, b) && !strcmp(a->workload, b->workload) &&
	       !strcmp(a->mode, b->mode) && !strcmp(a->reason, b->reason);
}

/* k and those after it that share its line; how many were passed. */
static size_t print_line(FILE *f, const struct judgements *j, size_t i)
{
	const struct judgement *k = &j->item[i];
	struct strlist variants = { 0 };
	size_t n = 0;
	char *names, *line;

	for (; i + n < j->nr; n++) {
		if (!same_line(k, k + n))
			break;
		strlist__add(&variants, k[n].variant);
	}
	names = strlist__join(&variants, ", ");
	line = xasprintf("%s%s%s, %s: %s", k->workload, *k->mode ? " " : "",
			 k->mode, names, k->reason);
	text__wrapped(f, 2, line);
	free(line);
	free(names);
	strlist__free(&variants);
	return n;
}

size_t report__verdicts_text(FILE *f, const struct judgements *j)
{
	size_t count[NR_JUDGED] = { 0 }, nr = 0, next = 0;
	const struct judgement *before = NULL;
	char *all;

	text__wrapped(f, 0, j->answer);
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];

		if (!before || !judgement__same_table(k, before))
			fprintf(f, "\n%s, profile %s%s%s\n", k->base, k->profile,
				j->rigs ? ", rig " : "", j->rigs ? k->rig : "");
		if (i >= next)
			next = i + print_line(f, j, i);
		before = k;
		count[k->is]++;
		nr++;
	}
	all = judgements__counts(j, count);
	fputc('\n', f);
	text__wrapped(f, 0, all);
	free(all);
	if (j->aa_pairs)
		fprintf(f, "A/A: the same code twice differed in %zu of %zu\n",
			j->aa_differ, j->aa_pairs);
	return nr;
}

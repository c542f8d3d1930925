// SPDX-License-Identifier: GPL-2.0
/* Judgements with their reasons, at most 75 columns. */
#include <string.h>

#include "report.h"
#include "text.h"

static bool picked(const struct verdicts_pick *p, const struct judgement *j)
{
	return (!p->bases->nr || strlist__has(p->bases, j->base)) &&
	       (!p->profiles->nr || strlist__has(p->profiles, j->profile)) &&
	       (!p->variants->nr || strlist__has(p->variants, j->variant));
}

size_t report__verdicts_text(FILE *f, const struct judgements *j,
			     const struct verdicts_pick *p)
{
	size_t count[NR_JUDGED] = { 0 }, nr = 0;
	const struct judgement *before = NULL;

	text__wrapped(f, 0, j->answer);
	for (size_t i = 0; i < j->nr; i++) {
		const struct judgement *k = &j->item[i];
		char *line;

		if (!picked(p, k))
			continue;
		if (!before || strcmp(k->base, before->base) ||
		    strcmp(k->profile, before->profile))
			fprintf(f, "\n%s, profile %s\n", k->base, k->profile);
		line = xasprintf("%s, %s: %s", k->workload, k->variant,
				 k->reason);
		text__wrapped(f, 2, line);
		free(line);
		before = k;
		count[k->is]++;
		nr++;
	}
	fprintf(f, "\n%zu slower, %zu faster, %zu no difference, %zu no verdict\n",
		count[JUDGED_WORSE], count[JUDGED_BETTER], count[JUDGED_SAME],
		count[JUDGED_NONE]);
	if (j->aa_pairs)
		fprintf(f, "A/A: the same code twice differed in %zu of %zu\n",
			j->aa_differ, j->aa_pairs);
	return nr;
}

// SPDX-License-Identifier: GPL-2.0
/* See counters_checked.h. */
#include <stdlib.h>
#include <string.h>

#include "counters_checked.h"

/* What tells how a fault ended, and so tells one workload's from another's. */
static const char *const fault_counters[] = {
	"pf_taken", "pf_fixed", "pf_fast", "pf_emulate", "pf_spurious",
};

static void add_once(struct strlist *l, const char *name)
{
	if (!strlist__has(l, name))
		strlist__add(l, name);
}

static void add_record(struct counters_checked *c, const struct record *r)
{
	for (size_t i = 0; i < r->expect.nr; i++) {
		const char *stat = r->expect.item[i].name;
		char *name = xasprintf("%.*s", (int)strcspn(stat, "<>"), stat);

		add_once(&c->checked, name);
		free(name);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fault_counters); i++) {
		if (!numbers__find(&r->stats, fault_counters[i]))
			add_once(&c->lacks, fault_counters[i]);
	}
}

void counters_checked__of(struct counters_checked *c, const struct run *run,
			  const char *base, const char *profile)
{
	*c = (struct counters_checked) { 0 };
	for (size_t i = 0; i < run->nr; i++) {
		const struct record *r = run->record[i];

		if (record__valid(r) && r->expect.nr &&
		    !strcmp(r->base, base) && !strcmp(r->profile, profile))
			add_record(c, r);
	}
}

void counters_checked__free(struct counters_checked *c)
{
	strlist__free(&c->checked);
	strlist__free(&c->lacks);
}

// SPDX-License-Identifier: GPL-2.0
/* See exact_table.h. */
#include "exact_table.h"
#include "report.h"

void exact_table__head(struct table *t, const struct run *run,
		       const char *what)
{
	json_t *rig = json_object_get(run->meta, "rig");
	const char *qemu = json_string_value(json_object_get(rig, "qemu"));

	table__title(t, "Instructions per fault: %s", what);
	if (qemu)
		table__line(t, "%.*s", REPORT_COLUMNS, qemu);
}

void exact_table__reason(struct table *t, const struct cmp_cell *c,
			 const char *where, const char *without)
{
	const char *state = c->usable ? "not exact" : c->skipped ? "skipped" :
			    !c->boots ? without : "invalid";

	if (!c->usable || !c->exact)
		table__reason(t, table__string(t, "%s: %s", state, where),
			      c->why);
}

json_t *exact_table__figure(const struct cmp_cell *c)
{
	return json_pack("{sb sb ss so so}", "exact", c->exact,
			 "skipped", c->skipped, "why", c->why, "typical",
			 c->usable ? json_integer(c->typical) : json_null(),
			 "mean", c->usable ? json_real(c->mean) : json_null());
}

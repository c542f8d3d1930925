// SPDX-License-Identifier: GPL-2.0
/* See exact_table.h. */
#include <inttypes.h>
#include <stdlib.h>

#include "base_note.h"
#include "exact_table.h"
#include "report.h"
#include "rigs.h"
#include "run_rigs.h"

void exact_table__head(struct table *t, const struct run *run,
		       const char *base, const char *what)
{
	char *emulator = run__emulator(run);

	table__title(t, "Instructions per fault: %s", what);
	if (emulator)
		table__line(t, "%.*s", REPORT_COLUMNS, emulator);
	free(emulator);
	base_note__add(t, base);
}

const char *exact_table__rig(struct table *t, const struct run *run)
{
	const char *rig = run__rig(run);

	return rigs__names_model(rig) ? table__string(t, ", rig %s", rig) : "";
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

json_t *exact_table__modes(const struct cmp_cell *c)
{
	struct cmp_mode mode[CMP_MODES];
	const size_t nr = compare__modes(c, mode);
	json_t *all = json_array();

	for (size_t i = 0; i < nr; i++)
		json_array_append_new(all, json_pack("[I f]",
				      (json_int_t)mode[i].ticks, mode[i].share));
	return all;
}

json_t *exact_table__figure(const struct cmp_cell *c)
{
	const bool one = c->usable && !c->several;

	return json_pack("{sb sb ss so so so}", "exact", c->exact,
			 "skipped", c->skipped, "why", c->why, "typical",
			 one ? json_integer(c->typical) : json_null(),
			 "modes", exact_table__modes(c), "mean",
			 c->usable && !c->vcpus ? json_real(c->mean) : json_null());
}

void exact_table__typical(struct table_grid *g, const struct cmp_cell *c,
			  const char *none)
{
	if (!c->usable)
		grid__word(g, c->skipped ? "skipped" : none);
	else if (c->several)
		grid__word(g, "several");
	else
		grid__number(g, c->typical);
}

void exact_table__several(struct table *t, const struct cmp_cell *c,
			  const char *where)
{
	char *modes;

	if (!c->usable || !c->several)
		return;
	modes = compare__modes_text(c);
	table__note(t, "several", "%s\n%s", where, modes);
	free(modes);
}

void exact_table__see_rep(struct rep_seen *s, const struct cmp_diff *d,
			  const char *where)
{
	char *line;

	if (!d->comparable)
		return;
	s->known += d->rep.known;
	s->unknown += !d->rep.known && d->by.diff;
	if (!d->rep.matters)
		return;
	line = xasprintf("%s: %+" PRId64 " and not %+" PRId64, where,
			 d->rep.diff, d->by.diff);
	strlist__add(&s->lines, line);
	free(line);
}

void exact_table__rep(struct table *t, struct rep_seen *s)
{
	char *all = strlist__join(&s->lines, "\n");

	if (s->lines.nr)
		table__note(t, "rep", "one an iteration; counted once, the difference is\n%s",
			    all);
	else if (s->known)
		table__note(t, "rep", "one an iteration; counted once, no difference has another\n"
			    "sign or is another by more than a fifth");
	else if (s->unknown)
		table__note(t, "rep", "one an iteration; counted once: faultline run --attribute");
	free(all);
	strlist__free(&s->lines);
	*s = (struct rep_seen) { 0 };
}

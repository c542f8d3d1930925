// SPDX-License-Identifier: GPL-2.0
/* See select_rig.h. */
#include <stdlib.h>
#include <string.h>

#include "run_rigs.h"
#include "select_rig.h"

void select__keep_rig(struct run *run, const char *rig)
{
	struct run view;

	run__view(&view, run, rig);
	for (size_t i = 0; i < run->nr; i++) {
		if (strcmp(run->record[i]->rig, rig))
			record__free(run->record[i]);
	}
	run__forget_index(run);
	json_decref(run->meta);
	free(run->record);
	*run = view;
}

void select__one_rig(struct run *run, const struct select_cells *c)
{
	struct strlist have = { 0 };
	char *rig;

	run__rigs(run, &have);
	if (!have.nr)
		return;
	rig = select__one(c, BY_RIG, &have);
	if (!strlist__has(&have, rig))
		select__die_unknown("rig in this run", rig, &have);
	if (have.nr > 1)
		select__keep_rig(run, rig);
	free(rig);
	strlist__free(&have);
}

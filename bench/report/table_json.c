// SPDX-License-Identifier: GPL-2.0
/*
 * Tables as JSON: an array of what the builders know, nothing rounded away.
 */
#include "table.h"

void table_json__write(FILE *f, const struct tables *t)
{
	json_t *all = json_array();

	for (size_t i = 0; i < t->nr; i++)
		json_array_append(all, t->item[i]->json);
	json_dumpf(all, f, JSON_INDENT(2));
	fputc('\n', f);
	json_decref(all);
}

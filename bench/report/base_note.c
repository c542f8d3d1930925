// SPDX-License-Identifier: GPL-2.0
/*
 * What its base.conf says of a base; see base_note.h.
 */
#include <stdlib.h>

#include "base_note.h"
#include "catalog.h"

void base_note__add(struct table *t, const char *base)
{
	struct err e;
	char *differs = catalog__base_value(base, "differs", &e);

	if (differs && *differs) {
		table__reason(t, table__string(t, "%s is not built as other bases are",
					       base), differs);
		if (t->json)
			json_object_set_new(t->json, "base_differs",
					    json_string(differs));
	}
	free(differs);
}

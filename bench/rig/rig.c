// SPDX-License-Identifier: GPL-2.0
/*
 * The list of rigs, and what they share when a machine is looked at.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

const struct rig *const rigs[] = {
	&rig_tcg,
	&rig_vitro,
	NULL	/* EOL */
};

const struct rig *rig__find(const char *name)
{
	struct strlist names = { 0 };

	for (size_t i = 0; rigs[i]; i++) {
		if (!strcmp(rigs[i]->name, name))
			return rigs[i];
		strlist__add(&names, rigs[i]->name);
	}
	catalog__need("rig", name, &names);
	return NULL;
}

void findings__add(struct findings *f, bool ok, const char *mend,
		   const char *fmt, ...)
{
	struct finding *item;
	va_list ap;

	f->item = xrealloc(f->item, (f->nr + 1) * sizeof(*f->item));
	item = &f->item[f->nr++];
	item->ok = ok;
	item->mend = ok || !mend ? NULL : xstrdup(mend);
	va_start(ap, fmt);
	if (vasprintf(&item->what, fmt, ap) < 0)
		die(EXIT_INTERNAL, "out of memory");
	va_end(ap);
}

void findings__program(struct findings *f, const char *program,
		       const char *package)
{
	char *path = spawn__which(program);
	char *mend = xasprintf("apt-get install -y %s", package);

	findings__add(f, path != NULL, mend, "%s: %s", program,
		      path ? path : "not found");
	free(mend);
	free(path);
}

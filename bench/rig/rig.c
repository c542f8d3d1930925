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
	&rig_metal,
	&rig_nested,
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

static void add(struct findings *f, bool ok, bool optional, const char *mend,
		const char *fmt, va_list ap)
{
	struct finding *item;

	f->item = xrealloc(f->item, (f->nr + 1) * sizeof(*f->item));
	item = &f->item[f->nr++];
	item->ok = ok;
	item->optional = optional;
	item->mend = ok || !mend ? NULL : xstrdup(mend);
	item->what = xvasprintf(fmt, ap);
}

void findings__add(struct findings *f, bool ok, const char *mend,
		   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, ok, false, mend, fmt, ap);
	va_end(ap);
}

void findings__note(struct findings *f, bool ok, const char *mend,
		    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, ok, true, mend, fmt, ap);
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

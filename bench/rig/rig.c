// SPDX-License-Identifier: GPL-2.0
/*
 * The list of rigs, and what their doctors share.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "rig.h"

extern const struct rig *const __start_rigs[], *const __stop_rigs[];

/* The linker orders the pointers by file; the table of facts has the order. */
static const struct rig *of_row(const struct rig_facts *row)
{
	/* the linker puts both around one array */
	// cppcheck-suppress comparePointers
	for (const struct rig *const *p = __start_rigs; p < __stop_rigs; p++) {
		if (!strcmp((*p)->name, row->name))
			return *p;
	}
	return NULL;
}

const struct rig *rig__nth(size_t i)
{
	const struct rig *rig;

	for (size_t row = 0; rigs__row(row); row++) {
		rig = of_row(rigs__row(row));
		if (rig && !i--)
			return rig;
	}
	return NULL;
}

const struct rig *rig__default(void)
{
	return of_row(rigs__default());
}

/* "tcg-none" names a rig and a model that it lacks. */
static int check_model(const struct rig *rig, const char *name, struct err *err)
{
	const char *model = name + strlen(rig->name);
	struct strlist names = { 0 };
	char *kind = xasprintf("CPU model of rig %s", rig->name);
	const struct rig_model *m;
	int r = 0;

	for (size_t i = 0; (m = rigs__model_of(rig->name, i)); i++)
		strlist__add(&names, m->name);
	if (*model)
		r = catalog__check_name(kind, model + 1, &names, err);
	strlist__free(&names);
	free(kind);
	return r;
}

const struct rig *rig__find(const char *name, struct err *err)
{
	const char *row = rigs__facts(name)->name;
	struct strlist names = { 0 };
	const struct rig *rig;

	for (size_t i = 0; (rig = rig__nth(i)); i++) {
		if (!strcmp(rig->name, row))
			break;
		strlist__add(&names, rig->name);
	}
	if (!rig)
		catalog__check_name("rig", name, &names, err);
	strlist__free(&names);
	return !rig || check_model(rig, name, err) ? NULL : rig;
}

static char *only_of(const struct workload *w)
{
	struct strlist rigs = { 0 };
	char *names, *why;

	strlist__split(&rigs, w->rig, ' ');
	names = strlist__join(&rigs, " or ");
	why = xasprintf("only the rig %s has this workload", names);
	free(names);
	strlist__free(&rigs);
	return why;
}

char *rig__cannot(const struct rig *rig, const struct rig_model *model,
		  const struct profile *p, const struct workload *w)
{
	if (!workload__fits(w, rig->name))
		return only_of(w);
	if (!strcmp(w->tables, "ept") && model && strcmp(model->vendor, VENDOR_INTEL))
		return xasprintf("Intel's tables: the CPU model %s is of %s", model->name, model->vendor);
	return rig->cannot ? rig->cannot(model, p, w) : NULL;
}

static void add(struct findings *f, bool ok, bool optional, const char *fix,
		const char *fmt, va_list ap)
{
	struct finding *item;

	f->item = xrealloc(f->item, (f->nr + 1) * sizeof(*f->item));
	item = &f->item[f->nr++];
	item->ok = ok;
	item->optional = optional;
	item->fix = ok || !fix ? NULL : xstrdup(fix);
	item->what = xvasprintf(fmt, ap);
}

void findings__add(struct findings *f, bool ok, const char *fix,
		   const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, ok, false, fix, fmt, ap);
	va_end(ap);
}

void findings__note(struct findings *f, bool ok, const char *fix,
		    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(f, ok, true, fix, fmt, ap);
	va_end(ap);
}

void findings__program(struct findings *f, const char *program,
		       const char *package)
{
	char *path = spawn__which(program);
	char *fix = xasprintf("apt-get install -y %s", package);

	findings__add(f, path != NULL, fix, "%s: %s", program,
		      path ? path : "not found");
	free(fix);
	free(path);
}
